"""The QR code: what it says is signed, and anything else is refused."""

import random
from base64 import b32encode
from datetime import UTC, datetime

import pytest
import segno
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.domain import keys
from certification.domain.qr import qr_address, read_claims, sign_claims
from certification.domain.serials import format_serial

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
DIGEST = "ab" * 32
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# one folder of keys serves all examples of a test
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def snapshot(name="Wanjikũ wa Thiong'o", title="AI Basics for Public Officers"):
    return {
        "serial": format_serial("KSG", 2026, 1),
        "name": name,
        "title": {"en": title},
        "hours": "6",
        "valid_until": None,
    }


@shared
@given(name=st.text(min_size=1, max_size=200), title=st.text(min_size=1, max_size=200))
def test_what_was_signed_is_read_back(name, title):
    claims = read_claims(sign_claims(snapshot(name, title), DIGEST, at=NOW))

    assert (claims.name, claims.title, claims.record) == (name, title, DIGEST[:32])


def test_a_code_with_any_letter_edited_is_refused():
    payload = sign_claims(snapshot(), DIGEST, at=NOW)
    edited = [
        payload[:at] + other + payload[at + 1 :]
        for at, letter in enumerate(payload)
        for other in BASE32
        if other != letter
    ]
    header = [code for code in edited if code[20:] == payload[20:]]  # every one that shapes it

    for code in (*header, *random.Random(1).sample(edited, 1500)):
        assert read_claims(code) is None


def test_what_is_added_or_cut_is_refused():
    payload = sign_claims(snapshot(), DIGEST, at=NOW)

    for code in (payload + "A" * 8, payload[:-1], payload.lower(), payload + "=", "", "A"):
        assert read_claims(code) is None


@pytest.mark.parametrize("start", [b"\xd2" * 2000, b"\x81" * 2400, b"\xd2\x84\x5b" + b"\xff" * 8])
def test_what_would_tire_a_reader_is_refused(start):
    assert read_claims(b32encode(start).decode().rstrip("=")) is None


@shared
@given(text=st.one_of(st.text(max_size=300), st.text(BASE32, max_size=300)))
def test_anything_else_is_refused(text):
    assert read_claims(text) is None


def test_a_code_signed_with_another_key_is_refused(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "forger"
    payload = sign_claims(snapshot(), DIGEST, at=NOW)
    assert read_claims(payload)

    settings.DATA_DIR = tmp_path / "ours"
    sign_claims(snapshot(), DIGEST, at=NOW)

    assert read_claims(payload) is None


def test_a_key_with_an_endless_number_is_none_of_ours():
    assert keys.qr_public_key(b"9" * 1000) is None


def test_an_older_key_still_checks_what_it_signed():
    payload = sign_claims(snapshot(), DIGEST, at=NOW)
    newer = keys.keys_folder() / "qr-2.pem"
    try:
        keys._key("qr-2")
        assert keys.qr_signing_key()[0] == b"2"
        assert read_claims(sign_claims(snapshot(), DIGEST, at=NOW))
        assert read_claims(payload)
    finally:
        newer.unlink()


def test_the_whole_code_stays_in_alphanumeric_mode(settings):
    settings.SITE_URL = "https://learn.umahiri.example"
    address = qr_address(sign_claims(snapshot(), DIGEST, at=NOW))

    code = segno.make(address, error="m", micro=False, boost_error=False, mask=2)

    assert code.mode == "alphanumeric"
    assert code.version <= 14


def test_keys_are_for_their_owner_alone_and_encrypted():
    keys.seal_key()
    keys.qr_signing_key()

    files = list(keys.keys_folder().glob("*.pem"))
    assert files
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()
