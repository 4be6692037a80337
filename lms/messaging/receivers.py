"""News from sign-in: the count in the page's head is looked up there, once, and not by the next page."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from lms.messaging.domain.inbox import forget_unread, unread_count


@receiver(user_logged_in)
def count_unread(user, **_kwargs):
    forget_unread(user.pk)
    unread_count(user)
