"""The QR code: what it says is signed, and anything else is refused."""

from datetime import UTC, datetime

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


@shared
@given(data=st.data())
def test_a_code_with_one_letter_edited_is_refused(data):
    payload = sign_claims(snapshot(), DIGEST, at=NOW)
    at = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(st.sampled_from([letter for letter in BASE32 if letter != payload[at]]))

    assert read_claims(payload[:at] + other + payload[at + 1 :]) is None


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
