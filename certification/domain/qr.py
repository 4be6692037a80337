"""What a QR code carries: COSE_Sign1 (RFC 9052, ES256) over a few claims, in base32.

Base32 and an upper-case address keep the whole code in the QR standard's alphanumeric mode, and the
signature lets anyone with our public key check it without a network.
"""

import binascii
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from django.conf import settings

from certification.domain.keys import qr_public_key, qr_signing_key

ES256, ALGORITHM, KEY_ID, COSE_SIGN1_TAG = -7, 1, 4, 18
# 1, 4 and 6 are CWT's own claims (RFC 8392); ours are negative.
ISSUER, EXPIRES, ISSUED = 1, 4, 6
SERIAL, NAME, TITLE, HOURS, RECORD = -1, -2, -3, -4, -5
HALF = 32  # bytes of r, and of s, on P-256
RECORD_BYTES = 16  # of the snapshot's SHA-256
LONGEST = 4000


@dataclass(frozen=True)
class Claims:
    """What a genuine QR code says."""

    serial: str
    name: str
    title: str
    hours: str
    record: str
    issued_at: int


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def sign_claims(snapshot: dict, snapshot_sha256: str, *, at: datetime) -> str:
    """Return the signed payload of a certificate's QR code."""
    claims = {
        ISSUER: urlsplit(settings.SITE_URL).hostname,
        ISSUED: int(at.timestamp()),
        SERIAL: snapshot["serial"],
        NAME: snapshot["name"],
        TITLE: snapshot["title"]["en"],
        HOURS: snapshot["hours"],
        RECORD: bytes.fromhex(snapshot_sha256)[:RECORD_BYTES],
    }
    if snapshot["valid_until"]:
        claims[EXPIRES] = int(
            datetime.fromisoformat(f"{snapshot['valid_until']['iso']}T23:59:59+03:00").timestamp()
        )
    identifier, key = qr_signing_key()
    protected = cbor2.dumps({ALGORITHM: ES256, KEY_ID: identifier}, canonical=True)
    payload = cbor2.dumps(claims, canonical=True)
    r, s = decode_dss_signature(
        key.sign(_to_be_signed(protected, payload), ec.ECDSA(hashes.SHA256()))
    )
    signature = r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")
    message = cbor2.CBORTag(COSE_SIGN1_TAG, [protected, {}, payload, signature])
    return _encode(message)


def _encode(message: cbor2.CBORTag) -> str:
    return b32encode(cbor2.dumps(message, canonical=True)).decode().rstrip("=")


def read_claims(text: str) -> Claims | None:
    """Return what a QR payload says if we signed exactly that, else None."""
    if len(text) > LONGEST:
        return None
    try:
        message = cbor2.loads(b32decode(text + "=" * (-len(text) % 8)))
        protected, unprotected, payload, signature = message.value
        if message.tag != COSE_SIGN1_TAG or unprotected != {} or _encode(message) != text:
            # nothing may stand beside what the signature covers
            return None
        headers = cbor2.loads(protected)
        key = qr_public_key(headers[KEY_ID]) if headers[ALGORITHM] == ES256 else None
        if key is None or len(signature) != 2 * HALF:
            return None
        r, s = int.from_bytes(signature[:HALF], "big"), int.from_bytes(signature[HALF:], "big")
        key.verify(
            encode_dss_signature(r, s),
            _to_be_signed(protected, payload),
            ec.ECDSA(hashes.SHA256()),
        )
        claims = cbor2.loads(payload)
        return Claims(
            claims[SERIAL],
            claims[NAME],
            claims[TITLE],
            claims[HOURS],
            claims[RECORD].hex(),
            claims[ISSUED],
        )
    except (
        binascii.Error,
        cbor2.CBORError,
        InvalidSignature,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ):  # whatever is not our own message, in whichever way
        return None


def qr_address(payload: str) -> str:
    return f"{settings.SITE_URL.upper()}/V/{payload}"
