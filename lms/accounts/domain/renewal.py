"""Changing the keys that seal: after it, only the first key is needed."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from lms.accounts.domain.identifiers import hashes_of
from lms.accounts.models import IdentityProvider, StaffIdentifier
from lms.accounts.sealing import seal, unseal

SEALED_IN_AUTHENTICATORS = ("secret", "seed")


@transaction.atomic
def renew_seals() -> int:
    """Seal with the first key everything that any of the keys sealed; return how much that was."""
    renewed = 0
    for record in StaffIdentifier.objects.select_for_update().iterator():
        value = unseal(record.value)
        record.value = seal(value)
        record.value_hash = hashes_of(record.country_code, record.scheme, value)[0]
        record.save(update_fields=["value", "value_hash"])
        renewed += 1
    for authenticator in Authenticator.objects.select_for_update().iterator():
        sealed = [name for name in SEALED_IN_AUTHENTICATORS if name in authenticator.data]
        for name in sealed:
            authenticator.data[name] = seal(unseal(authenticator.data[name]))
        if sealed:
            authenticator.save(update_fields=["data"])
            renewed += 1
    for provider in IdentityProvider.objects.exclude(secret="").select_for_update():
        provider.secret = seal(unseal(provider.secret))
        provider.save(update_fields=["secret"])
        renewed += 1
    return renewed
