"""The second step of a sign-in: an app's code or a passkey."""

from allauth.mfa.models import Authenticator


def has_second_factor(user) -> bool:
    """Recovery codes alone are none: they stand in for an app or a passkey."""
    return (
        Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists()
    )
