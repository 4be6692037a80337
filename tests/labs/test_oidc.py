"""What the labs are told of a person, and the keys behind it."""

import re

import pytest
from allauth.idp.oidc.models import Client

from courses.domain.enrolment import withdraw
from labs.oidc import Adapter, kept_key, lab_claims
from labs.setup import prepare_hub
from lms.organisations.scoping import every_organisation


def test_the_labs_learn_an_opaque_name_that_stays(enrolment):
    claims = lab_claims(enrolment.user)

    assert claims == lab_claims(enrolment.user)
    assert re.fullmatch(r"l[0-9a-f]{12}", claims["lab_id"])
    assert claims["enrolments"] == [str(enrolment.pk)]
    assert enrolment.user.email not in str(claims)


def test_an_ended_enrolment_is_not_told(enrolment):
    with every_organisation():
        withdraw(enrolment, by=None)

    assert lab_claims(enrolment.user)["enrolments"] == []


def test_a_person_is_found_again_by_what_is_told(enrolment):
    adapter = Adapter()
    told = adapter.get_user_sub(None, enrolment.user)

    assert adapter.get_user_by_sub(None, told) == enrolment.user
    assert adapter.get_user_by_sub(None, "7") is None


def test_the_key_is_made_once_and_kept_private(tmp_path):
    path = tmp_path / "keys" / "oidc.pem"
    key = kept_key(path)

    assert kept_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["oidc.pem"]


def test_preparing_twice_leaves_one_client_and_the_same_secrets(db, settings):
    hub = prepare_hub()
    before = {name: hub.secret(name) for name in ("client_secret", "service_token")}
    secret = Client.objects.get().secret
    prepare_hub()

    assert {name: hub.secret(name) for name in before} == before
    client = Client.objects.get(pk="jupyterhub")
    assert client.secret == secret
    assert client.check_secret(before["client_secret"])
    assert client.get_redirect_uris() == [f"{settings.LABS_HUB_URL}/hub/oauth_callback"]


@pytest.mark.parametrize("name", ["client_secret", "service_token", "cookie_secret", "hub.json"])
def test_secrets_are_readable_by_their_owner_alone(db, name):
    assert (prepare_hub().state / name).stat().st_mode & 0o777 == 0o600
