"""What is stored so that a copy of the database alone does not tell it: identifiers and secrets of others.

The first of the keys seals; every one of them opens, so that keys are changed without a pause.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def _sealer():
    digests = (
        hashlib.sha256(b"umahiri.seal:" + key.encode()).digest() for key in settings.IDENTIFIER_KEYS
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> str:
    return _sealer().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    return _sealer().decrypt(sealed.encode()).decode()


def keyed_hashes(salt: str, text: str) -> list[str]:
    """What `text` is found by: HMAC-SHA256 under each key, the first key's first."""
    return [
        salted_hmac(salt, text, secret=key, algorithm="sha256").hexdigest()
        for key in settings.IDENTIFIER_KEYS
    ]
