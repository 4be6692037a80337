"""Sign-in through an organisation's own server, against a small real one on this machine."""

import base64
import hashlib
import json
from threading import Thread
from urllib.parse import parse_qs, parse_qsl, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.urls import reverse

from lms.accounts.domain.renewal import renew_seals
from lms.accounts.models import IdentityProvider
from lms.accounts.sealing import seal, unseal
from lms.audit.models import LogEntry
from tests import factories
from tests.lms.test_accounts_security import sign_in


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


class Server:
    """An OpenID provider that signs one person in without asking: codes once, PKCE held to."""

    def __init__(self):
        self.http = make_server("127.0.0.1", 0, self, handler_class=Quiet)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.facts = {
            "sub": "u-1",
            "id": 77,
            "id_number": "12345678",
            "first_name": "Zuhura",
            "last_name": "Ali",
            "name": "Zuhura Ali",
            "email": "victim@example.org",
            "mobile_number": "0712345678",
            "kra_pin": "A012345678Z",
            "dob": "1990-01-01",
            "gender": "F",
        }
        self.codes, self.seen = {}, []
        self.token_sub = "u-1"
        Thread(target=self.http.serve_forever, args=[0.02], daemon=True).start()

    def __call__(self, environ, start_response):
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = dict(parse_qsl(environ["wsgi.input"].read(size).decode()))
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        status, answer = self.answer(environ["PATH_INFO"], query, body, environ)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def answer(self, path, query, body, environ):
        self.seen.append(path)
        if path == "/.well-known/openid-configuration":
            return "200 OK", {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/token":
            challenge = self.codes.pop(body.get("code"), None)
            digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
            proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if challenge != proof or body.get("client_secret") != "s3cret":
                return "400 Bad Request", {"error": "invalid_grant"}
            claims = {
                "iss": self.url,
                "aud": "umahiri",
                "sub": self.token_sub,
                "exp": 2**32,
                "iat": 1,
            }
            token = jwt.encode(claims, "x" * 32, algorithm="HS256")
            return "200 OK", {"access_token": "t0ken", "token_type": "Bearer", "id_token": token}
        if path == "/userinfo":
            in_header = environ.get("HTTP_AUTHORIZATION") == "Bearer t0ken"
            if in_header or query.get("access_token") == "t0ken":
                self.seen.append("by header" if in_header else "by query")
                return "200 OK", self.facts
        return "401 Unauthorized", {}

    def sign_in(self, address):
        """What a browser brings back from the authorization page at `address`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code{len(self.codes)}-{asked['state']}"
        self.codes[code] = asked["code_challenge"]
        return asked["redirect_uri"], {"code": code, "state": asked["state"]}


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def discovered(server, world):
    return IdentityProvider.objects.create(
        organisation=world.kenya,
        name="Kenya's server",
        client_id="umahiri",
        secret=seal("s3cret"),
        issuer=server.url,
        phone_claim="mobile_number",
    )


@pytest.fixture
def by_hand(server, world):
    return IdentityProvider.objects.create(
        organisation=world.kenya,
        name="eCitizen",
        client_id="umahiri",
        secret=seal("s3cret"),
        authorize_url=f"{server.url}/oauth/authorize",
        token_url=f"{server.url}/token",
        userinfo_url=f"{server.url}/userinfo",
        has_token_in_query=True,
        scope="openid",
        id_claim="id",
        name_claims="first_name, last_name",
        phone_claim="mobile_number",
    )


def go(client, server, start):
    address, answer = server.sign_in(start["Location"])
    return client.get(urlsplit(address).path, answer)


def connect(client, server, provider, person):
    sign_in(client, person)
    start = client.post(reverse("accounts:identity_connect", args=[provider.pk]))
    return go(client, server, start)


def sign_in_through(client, server, provider):
    start = client.post(reverse("identity_login", args=[provider.key]))
    return go(client, server, start)


@pytest.mark.parametrize("kind", ["discovered", "by_hand"])
def test_a_connected_identity_signs_in(kind, server, world, client, request):
    provider = request.getfixturevalue(kind)
    done = connect(client, server, provider, world.learner)
    assert done["Location"] == reverse("accounts:identities")
    assert "Zuhura Ali" in client.get(done["Location"]).content.decode()

    guest = Client()
    sign_in_through(guest, server, provider)

    assert guest.session["_auth_user_id"] == str(world.learner.pk)
    assert LogEntry.objects.filter(action="accounts.identity_connected").count() == 1


def test_only_identifier_names_e_mail_and_mobile_are_kept(server, by_hand, world, client):
    connect(client, server, by_hand, world.learner)
    account = SocialAccount.objects.get()

    assert account.uid == "77"
    assert account.extra_data == {
        "id": "77",
        "name": "Zuhura Ali",
        "email": "victim@example.org",
        "phone": "0712345678",
    }
    assert not SocialToken.objects.exists()
    email = world.learner.email
    world.learner.refresh_from_db()
    assert world.learner.email == email


def test_addresses_set_by_hand_need_no_discovery_and_the_token_goes_as_the_server_wants(
    server, by_hand, world, client
):
    connect(client, server, by_hand, world.learner)

    assert "/.well-known/openid-configuration" not in server.seen
    assert "by query" in server.seen
    assert "by header" not in server.seen


@pytest.mark.parametrize("kind", ["discovered", "by_hand"])
def test_an_unknown_identity_signs_nobody_in_whatever_its_e_mail(
    kind, server, world, client, request
):
    provider = request.getfixturevalue(kind)
    factories.user("The Victim", email="victim@example.org")
    server.facts["email_verified"] = True

    page = sign_in_through(client, server, provider)

    assert page.status_code == 403
    assert "no account here is connected" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()


def test_connecting_asks_again_who_it_is(server, discovered, world, client):
    sign_in(client, world.learner, seconds_ago=3600)
    refused = client.post(reverse("accounts:identity_connect", args=[discovered.pk]))
    assert refused["Location"].startswith(reverse("accounts:confirm"))

    # nor through the door of the sign-in
    start = client.post(reverse("identity_login", args=[discovered.key]), {"process": "connect"})
    assert go(client, server, start)["Location"] == reverse("accounts:confirm")
    assert not SocialAccount.objects.exists()


def test_an_identity_of_another_account_is_not_taken_over(server, discovered, world, client):
    connect(Client(), server, discovered, world.learner)
    connect(client, server, discovered, world.stranger)

    assert SocialAccount.objects.get().user == world.learner


def test_a_second_step_is_asked_for_all_the_same(server, discovered, world, client):
    from allauth.mfa.totp.internal.auth import TOTP

    connect(Client(), server, discovered, world.learner)
    TOTP.activate(world.learner, "JBSWY3DPEHPK3PXP")

    answer = sign_in_through(client, server, discovered)

    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session


def test_facts_of_another_person_than_the_token_s_are_refused(server, discovered, world, client):
    connect(Client(), server, discovered, world.learner)
    server.token_sub = "u-2"

    page = sign_in_through(client, server, discovered)

    assert "did not sign you in" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_stolen_answer_is_worth_nothing_in_another_browser(server, discovered, world, client):
    connect(Client(), server, discovered, world.learner)
    start = Client().post(reverse("identity_login", args=[discovered.key]))

    go(client, server, start)

    assert "_auth_user_id" not in client.session


def test_a_link_cannot_widen_what_is_asked_for(server, by_hand, client):
    address = reverse("identity_login", args=[by_hand.key])
    start = client.post(f"{address}?scope=everything&auth_params=prompt%3Dnone")

    asked = parse_qs(urlsplit(start["Location"]).query)
    assert asked["scope"] == ["openid"]
    assert "prompt" not in asked


def test_a_disconnected_identity_signs_in_no_more(server, discovered, world, client):
    connect(client, server, discovered, world.learner)
    account = SocialAccount.objects.get()
    others = Client()
    sign_in(others, world.stranger)
    address = reverse("accounts:identity_disconnect", args=[account.pk])
    assert others.post(address).status_code == 404

    client.post(address)

    assert not SocialAccount.objects.exists()


def test_a_server_that_is_not_offered_is_not_there(discovered, client):
    IdentityProvider.objects.update(is_active=False)

    assert client.post(reverse("identity_login", args=[discovered.key])).status_code == 404
    assert "s server" not in client.get(reverse("accounts:organisation_sign_in")).content.decode()


def test_the_sign_in_page_lets_its_forms_lead_to_the_servers(server, by_hand, client):
    page = client.get(reverse("accounts:organisation_sign_in"))

    assert "eCitizen" in page.content.decode()
    policy = page["Content-Security-Policy"]
    assert server.url in policy.split("form-action")[1].split(";")[0]
    assert server.url not in client.get(reverse("account_login"))["Content-Security-Policy"]


FORM = {
    "name": "eCitizen",
    "client_id": "umahiri",
    "client_secret": "s3cret",
    "authorize_url": "https://id.example.org/authorize",
    "token_url": "https://id.example.org/token",
    "userinfo_url": "https://id.example.org/me",
    "scope": "openid",
    "id_claim": "id",
    "name_claims": "name",
    "email_claim": "email",
    "phone_claim": "mobile",
    "is_active": "on",
}


def test_an_administrator_sets_a_server_and_its_secret_is_sealed(world, client):
    client.force_login(world.administrator)

    client.post(reverse("organisations:provider_new", args=["kenya"]), FORM)
    provider = IdentityProvider.objects.get()
    assert "s3cret" not in provider.secret
    assert unseal(provider.secret) == "s3cret"

    address = reverse("organisations:provider_edit", args=["kenya", provider.pk])
    page = client.get(address).content.decode()
    assert reverse("identity_callback", args=[provider.key]) in page
    assert "s3cret" not in page
    client.post(address, FORM | {"client_secret": "", "name": "Renamed"})
    provider.refresh_from_db()
    assert (provider.name, unseal(provider.secret)) == ("Renamed", "s3cret")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"token_url": ""}, "issuer"),
        ({"token_url": "http://id.example.org/token"}, "token_url"),
        ({"issuer": "not an address"}, "issuer"),
        ({"client_id": ""}, "client_id"),
    ],
)
def test_a_mistake_in_a_server_is_told_at_its_field(change, field, world, client):
    client.force_login(world.administrator)

    page = client.post(reverse("organisations:provider_new", args=["kenya"]), FORM | change)

    assert list(page.context["form"].errors) == [field]


def test_secrets_are_sealed_again_with_a_new_key(discovered, settings):
    old = settings.IDENTIFIER_KEYS
    settings.IDENTIFIER_KEYS = ["new", *old]
    renew_seals()
    settings.IDENTIFIER_KEYS = ["new"]

    discovered.refresh_from_db()
    assert unseal(discovered.secret) == "s3cret"
