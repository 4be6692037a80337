"""Signing keys: made at first need, encrypted files outside the database.

A dump of the database is not a signing key, and neither is a copy of the folder without SECRET_KEY.
The newest key of a purpose signs; older ones stay, so that what they signed can be checked.
"""

import os
import tempfile
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ROOT_YEARS = 25
SEAL_YEARS = 15  # viewers call a seal expired when its certificate is, so it outlives the key's use
MOST_DIGITS = 6  # of a key's number
# RFC 9336, and emailProtection beside it: NSS, and with it LibreOffice and Okular, asks for that.
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


def keys_folder() -> Path:
    return Path(settings.DATA_DIR) / "keys" / "certification"


def _passphrase(secret: str) -> bytes:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"certification keys")
    return urlsafe_b64encode(derived.derive(secret.encode()))


def _keep(path: Path, content: bytes) -> None:
    """Write for the owner alone, whole or not at all, and never over what another wrote."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.link(draft, path)
    except FileExistsError:
        return  # another process of ours was first: its key counts
    finally:
        Path(draft).unlink()


@cache
def _load(path: Path, secret: str) -> ec.EllipticCurvePrivateKey:
    """Opened once in a process; opening is slow on purpose."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), _passphrase(secret))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be opened: SECRET_KEY is not the one that the signing keys were made with.",
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ImproperlyConfigured(f"{path} does not hold a P-256 key.")
    return key


def _key(name: str) -> ec.EllipticCurvePrivateKey:
    path = keys_folder() / f"{name}.pem"
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        pem = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(_passphrase(settings.SECRET_KEY)),
        )
        _keep(path, pem)
    return _load(path, settings.SECRET_KEY)


def qr_signing_key() -> tuple[bytes, ec.EllipticCurvePrivateKey]:
    """Return the newest key for QR codes and its short identifier."""
    numbers = [int(path.stem.removeprefix("qr-")) for path in keys_folder().glob("qr-*.pem")]
    number = max(numbers, default=1)
    return str(number).encode(), _key(f"qr-{number}")


def qr_public_key(identifier: bytes) -> ec.EllipticCurvePublicKey | None:
    """Return the public half of the QR key `identifier`, or None if we never had it."""
    number = identifier.decode("ascii", "replace")
    # a stranger's number may be longer than a file's name can be
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return None
    path = keys_folder() / f"qr-{int(number)}.pem"
    return _load(path, settings.SECRET_KEY).public_key() if path.exists() else None


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kenya School of Government"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ],
    )


def _usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate(subject, public_key, signer, years, extensions) -> bytes:
    issuer, issuer_key = signer
    begin = datetime.now(UTC) - timedelta(days=1)  # for clocks that run behind ours
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public_key)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365 * years))
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    made = builder.sign(issuer_key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM)


def root_certificate() -> x509.Certificate:
    """Return our own root, which anyone may install to have their viewer trust the seals."""
    path = keys_folder() / "root.crt"
    if not path.exists():
        key = _key("root")
        name = _name("Umahiri certificates, root")
        extensions = [
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (_usage(is_root=True), True),
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        ]
        _keep(path, _certificate(name, key.public_key(), (name, key), ROOT_YEARS, extensions))
    return x509.load_pem_x509_certificate(path.read_bytes())


def seal_key() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Return the key that seals PDF files, and its certificate under our root."""
    root = root_certificate()
    key = _key("seal-1")
    path = keys_folder() / "seal-1.crt"
    if not path.exists():
        root_identifier = x509.SubjectKeyIdentifier.from_public_key(root.public_key())
        extensions = [
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_usage(is_root=False), True),
            (
                x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]),
                False,
            ),
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_identifier),
                False,
            ),
        ]
        subject = _name("Umahiri certificates, seal 1")
        _keep(
            path,
            _certificate(
                subject,
                key.public_key(),
                (root.subject, _key("root")),
                SEAL_YEARS,
                extensions,
            ),
        )
    return key, x509.load_pem_x509_certificate(path.read_bytes())
