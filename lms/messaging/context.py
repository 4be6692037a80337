"""How many messages the reader has not read: asked by the frame of every page, so the cache answers."""

from django.utils.functional import SimpleLazyObject

from lms.messaging.domain.inbox import unread_count


def unread(request):

    def count():
        user = getattr(request, "user", None)  # an error page may come before sign-in is read
        return unread_count(user) if user and user.is_authenticated else 0

    return {"unread_messages": SimpleLazyObject(count)}
