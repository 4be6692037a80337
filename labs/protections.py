"""Which protections this machine cannot give the labs, in the reader's language."""

from django.conf import settings
from django.utils.translation import gettext

from labs.sandbox.capabilities import missing


def missing_sentences() -> list[str]:
    """What staff must know of, and what to do about it; empty if all is well."""
    homes = settings.LABS_DATA_DIR / "homes"
    return [p.told_by(gettext) for p in missing(homes)]
