"""What a QR code carries: COSE_Sign1 (RFC 9052, ES256) over a few claims, in base32.

Base32 and an upper-case address keep the whole code in the QR standard's alphanumeric mode, and the
signature lets anyone with our public key check it without a network.
"""

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
# CBOR's own bytes (RFC 8949): heads of byte strings, and of what comes before ours
SHORT, ONE_BYTE_LENGTH, TWO_BYTE_LENGTH = 0x40, 0x58, 0x59
PREFIX, EMPTY_MAP, HEADERS_PREFIX = b"\xd2\x84", b"\xa0", b"\xa2\x01\x26\x04"
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
        key.sign(_to_be_signed(protected, payload), ec.ECDSA(hashes.SHA256())),
    )
    signature = r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")
    return _encode(protected, payload, signature)


def _encode(protected: bytes, payload: bytes, signature: bytes) -> str:
    message = cbor2.CBORTag(COSE_SIGN1_TAG, [protected, {}, payload, signature])
    return b32encode(cbor2.dumps(message, canonical=True)).decode().rstrip("=")


def _read_string(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the CBOR byte string at `at` and where it ends; ValueError or IndexError if none is."""
    head = data[at]
    if SHORT <= head < ONE_BYTE_LENGTH:
        begin, size = at + 1, head - SHORT
    elif head == ONE_BYTE_LENGTH:
        begin, size = at + 2, data[at + 1]
    elif head == TWO_BYTE_LENGTH:
        begin, size = at + 3, int.from_bytes(data[at + 1 : at + 3], "big")
    else:
        raise ValueError("not a byte string")
    return data[begin : begin + size], begin + size


def _split(text: str) -> tuple[bytes, bytes, bytes]:
    """Return protected headers, payload and signature of a message in exactly our own form.

    Strangers' bytes meet no general CBOR reader before their signature is checked.
    """
    data = b32decode(text + "=" * (-len(text) % 8))
    protected, at = _read_string(data, len(PREFIX))
    payload, at = _read_string(data, at + len(EMPTY_MAP))
    signature, at = _read_string(data, at)
    if len(signature) != 2 * HALF or _encode(protected, payload, signature) != text:
        raise ValueError("not one of ours")
    return protected, payload, signature


def _key_of(protected: bytes) -> ec.EllipticCurvePublicKey:
    identifier, _end = _read_string(protected, len(HEADERS_PREFIX))
    if protected != cbor2.dumps({ALGORITHM: ES256, KEY_ID: identifier}, canonical=True):
        raise ValueError("other headers than ours")
    key = qr_public_key(identifier)
    if key is None:
        raise ValueError("a key that we never had")
    return key


def read_claims(text: str) -> Claims | None:
    """Return what a QR payload says if we signed exactly that, else None."""
    if len(text) > LONGEST:
        return None
    try:
        protected, payload, signature = _split(text)
        r, s = int.from_bytes(signature[:HALF], "big"), int.from_bytes(signature[HALF:], "big")
        _key_of(protected).verify(
            encode_dss_signature(r, s),
            _to_be_signed(protected, payload),
            ec.ECDSA(hashes.SHA256()),
        )
    except (IndexError, InvalidSignature, ValueError):  # not our message, in whichever way
        return None
    claims = cbor2.loads(payload)
    return Claims(
        serial=claims[SERIAL],
        name=claims[NAME],
        title=claims[TITLE],
        hours=claims[HOURS],
        record=claims[RECORD].hex(),
        issued_at=claims[ISSUED],
    )


def qr_address(payload: str) -> str:
    return f"{settings.SITE_URL.upper()}/V/{payload}"
