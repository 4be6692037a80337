"""The messages that a person finds in Umahiri, and how many of them are new."""

from django.core.cache import cache
from django.utils import timezone

from lms.accounts.models import User
from lms.messaging.models import Message
from lms.organisations.scoping import every_organisation

KEPT_SECONDS = 60 * 60 * 12  # as long as a session


def _key(user_id):
    return f"messages-unread:{user_id}"


def unread_count(user: User) -> int:
    """How many messages `user` has not read; asked of the database once, then of the cache."""
    count = cache.get(_key(user.pk))
    if count is None:
        with every_organisation():  # a person's own messages, whoever wrote them
            count = Message.objects.in_app_of(user).filter(read_at__isnull=True).count()
        cache.set(_key(user.pk), count, KEPT_SECONDS)
    return count


def forget_unread(user_id: int) -> None:
    cache.delete(_key(user_id))


def mark_read(user: User, pk: int | None = None) -> None:
    """Mark one of `user`'s messages as read, or all of them."""
    with every_organisation():  # a person's own messages, whoever wrote them
        unread = Message.objects.in_app_of(user).filter(read_at__isnull=True)
        (unread.filter(pk=pk) if pk else unread).update(read_at=timezone.now())
    forget_unread(user.pk)
