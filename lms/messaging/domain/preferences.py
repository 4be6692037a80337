"""What people want to get, and how they say stop."""

from zoneinfo import ZoneInfo

from django.core import signing
from django.db import transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.messaging.models import MessagePreference

OPT_OUT_SALT = "messaging.opt_out"


def preference_of(user: User) -> MessagePreference:
    """What `user` chose, or the defaults, not saved."""
    try:
        return user.message_preference
    except MessagePreference.DoesNotExist:
        return MessagePreference(user=user)


def zone_of(preference: MessagePreference, organisation) -> ZoneInfo:
    """The zone whose nights are the person's: theirs, or that of the organisation."""
    return ZoneInfo(
        preference.time_zone or organisation.time_zone or timezone.get_default_timezone_name()
    )


def opt_out_token(user: User) -> str:
    """What the link in a mail carries, so that nobody has to sign in to stop the news."""
    return signing.dumps(user.pk, salt=OPT_OUT_SALT)


def person_of_token(token: str) -> User | None:
    """The person who got the link; None for a token that we did not make. It has no end, as mails have none."""
    try:
        return User.objects.filter(pk=signing.loads(token, salt=OPT_OUT_SALT)).first()
    except signing.BadSignature:
        return None


@transaction.atomic
def stop_news(user: User, *, only_sms: bool = False) -> None:
    """Send `user` no more news, or none by text message; a second call changes nothing."""
    By = MessagePreference.By  # noqa: N806  a class
    preference, _created = MessagePreference.objects.select_for_update().get_or_create(user=user)
    keeps_mail = only_sms and preference.promotional_by in {By.BOTH, By.EMAIL}
    preference.promotional_by = By.EMAIL if keeps_mail else By.NONE
    preference.save(update_fields=["promotional_by"])
