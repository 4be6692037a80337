"""Second steps, passwords, addresses and sessions of one's own account."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from lms.accounts.domain import end_sessions
from lms.accounts.domain.sessions import IDLE_SECONDS, SEEN_AT
from lms.accounts.models import SentMessage
from tests import factories

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def _sms(settings):
    settings.SMS_GATEWAY = "kept"


@pytest.fixture
def person(db):
    return factories.user("Zuhura Ali", email="zuhura@example.org", phone="+254712345678")


def sign_in(client, person, *, seconds_ago=0):
    """Signed in by a code, so long ago."""
    client.force_login(person)
    session = client.session
    record = {"method": "code", "at": time.time() - seconds_ago}
    session["account_authentication_methods"] = [record]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


def app_code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def mailed_code():
    return re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]


GUARDED = [
    ("accounts:password", []),
    ("accounts:address", ["email"]),
    ("accounts:address_confirm", []),
    ("mfa_activate_totp", []),
    ("mfa_add_webauthn", []),
    ("mfa_view_recovery_codes", []),
    ("mfa_generate_recovery_codes", []),
    ("mfa_download_recovery_codes", []),
    ("mfa_deactivate_totp", []),
]


@pytest.mark.parametrize(("name", "arguments"), GUARDED)
def test_what_changes_the_way_in_asks_again_who_it_is(name, arguments, client, person):
    sign_in(client, person, seconds_ago=3600)
    address = reverse(name, args=arguments)

    for response in (client.get(address), client.post(address)):
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("accounts:confirm"))


def test_who_it_is_can_be_shown_by_a_code_to_the_address_of_the_account(client, person):
    sign_in(client, person, seconds_ago=3600)
    address = reverse("accounts:confirm")
    next_page = reverse("accounts:password")

    client.post(address, {"send": "1"})
    assert mail.outbox[-1].to == ["zuhura@example.org"]
    wrong = client.post(address, {"code": "000000", "next": next_page})
    assert "newest code" in wrong.content.decode()
    response = client.post(address, {"code": mailed_code(), "next": next_page})

    assert response["Location"] == next_page
    assert client.get(next_page).status_code == 200


def test_a_code_is_used_up_after_five_tries(client, person):
    sign_in(client, person, seconds_ago=3600)
    address = reverse("accounts:confirm")
    client.post(address, {"send": "1"})

    for _ in range(5):
        client.post(address, {"code": "000000"})
    client.post(address, {"code": mailed_code()})

    assert client.get(reverse("accounts:password")).status_code == 302


def test_who_it_is_can_be_shown_by_password(client, person):
    person.set_password("ten-characters")
    person.save()
    sign_in(client, person, seconds_ago=3600)
    address = reverse("accounts:confirm")

    assert client.post(address, {"password": "another one"}).status_code == 200
    assert client.post(address, {"password": "ten-characters"}).status_code == 302
    assert client.get(reverse("accounts:password")).status_code == 200


def test_the_confirmation_leads_to_no_other_site(client, person):
    person.set_password("ten-characters")
    person.save()
    sign_in(client, person, seconds_ago=3600)
    data = {"password": "ten-characters", "next": "https://elsewhere.example/"}

    response = client.post(reverse("accounts:confirm"), data)

    assert response["Location"] == reverse("accounts:profile")


def test_where_there_is_a_second_step_a_code_by_mail_does_not_confirm(client, person):
    TOTP.activate(person, SECRET)
    sign_in(client, person, seconds_ago=3600)

    page = client.get(reverse("accounts:password"))
    assert page["Location"].startswith(reverse("mfa_reauthenticate"))
    answer = client.post(reverse("accounts:confirm"), {"send": "1"})
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert not mail.outbox
    client.post(reverse("mfa_reauthenticate"), {"code": app_code()})
    assert client.get(reverse("accounts:password")).status_code == 200


def test_a_password_is_set_changed_and_removed(client, person):
    sign_in(client, person)
    elsewhere = Client()
    elsewhere.force_login(person)
    address = reverse("accounts:password")

    assert client.post(address, {"new_password1": "short"}).context["form"].errors
    assert client.post(address, {"new_password1": "simba twiga ndovu"}).status_code == 302
    person.refresh_from_db()
    assert person.check_password("simba twiga ndovu")
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302
    client.post(address, {"remove": "1"})
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert client.get(reverse("accounts:profile")).status_code == 200


@pytest.mark.usefixtures("_sms")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_new_address_is_taken_when_its_code_is_shown_and_the_old_ones_are_told(client, settings):
    settings.EMAIL_BACKEND = "lms.accounts.messages.KeptMailBackend"
    person = factories.user("Zuhura Ali", email="zuhura@example.org", phone="+254712345678")
    sign_in(client, person)

    client.post(reverse("accounts:address", args=["email"]), {"contact": "new@example.org"})
    person.refresh_from_db()
    assert person.email == "zuhura@example.org"
    code = re.search(r"\b\d{6}\b", SentMessage.objects.get(recipient="new@example.org").body)[0]
    client.post(reverse("accounts:address_confirm"), {"code": code})

    person.refresh_from_db()
    assert person.email == "new@example.org"
    told = SentMessage.objects.filter(body__contains="was changed")
    assert sorted(told.values_list("recipient", flat=True)) == [
        "+254712345678",
        "zuhura@example.org",
    ]


def test_an_address_of_another_account_is_not_given_away_nor_told_of(client, person):
    factories.user(email="taken@example.org")
    sign_in(client, person)
    answers = [
        client.post(reverse("accounts:address", args=["email"]), {"contact": contact})["Location"]
        for contact in ("free@example.org", "taken@example.org")
    ]

    assert answers[0] == answers[1]
    assert mail.outbox[-1].to == ["taken@example.org"]
    assert not re.search(r"\b\d{6}\b", mail.outbox[-1].body)


def test_signing_out_everywhere_ends_every_session_without_touching_them(client, person):
    other_phone, others_phone = Client(), Client()
    stranger = factories.user("Someone Else")
    for browser, who in ((client, person), (other_phone, person), (others_phone, stranger)):
        browser.force_login(who)
    rows = Session.objects.count()

    client.post(reverse("accounts:sessions_end"))

    assert Session.objects.count() == rows - 1  # that of the one who asked, who is signed out
    for browser, status in ((client, 302), (other_phone, 302), (others_phone, 200)):
        assert browser.get(reverse("accounts:profile")).status_code == status


def test_ending_sessions_costs_the_same_however_many_there_are(person, django_assert_num_queries):
    for _ in range(3):
        Client().force_login(person)

    ContentType.objects.get_for_model(person)  # cached by whoever asks first
    with django_assert_num_queries(7):
        end_sessions(person, by=None)


def shared_sign_in(client, person):
    person.set_password("ten-characters")
    person.save()
    data = {"login": person.email, "password": "ten-characters", "is_shared": "on"}
    client.post(reverse("account_login"), data)


def test_a_shared_device_forgets_the_person_when_the_browser_closes(client, person):
    shared_sign_in(client, person)
    page = client.get(reverse("accounts:profile"))

    assert client.session.get_expire_at_browser_close()
    assert "no-store" in page["Cache-Control"]
    assert page["X-Shared-Device"] == "1"


def test_a_shared_device_that_was_left_alone_signs_the_person_out(client, person):
    shared_sign_in(client, person)
    session = client.session
    session[SEEN_AT] = int(time.time()) - IDLE_SECONDS + 60
    session.save()
    assert client.get(reverse("accounts:profile")).status_code == 200
    session = client.session
    assert session[SEEN_AT] >= int(time.time()) - 5
    session[SEEN_AT] = int(time.time()) - IDLE_SECONDS
    session.save()

    assert client.get(reverse("accounts:profile")).status_code == 302


def test_a_shared_device_is_remembered_through_a_sign_in_by_code(client, person):
    client.post(reverse("account_request_login_code"), {"contact": person.email, "is_shared": "on"})
    code = re.search(r"\d{3}-?\d{3}", mail.outbox[-1].body)[0]
    client.post(reverse("account_confirm_login_code"), {"code": code})

    page = client.get(reverse("accounts:profile"))
    assert page["X-Shared-Device"] == "1"


def test_an_own_device_keeps_the_session(client, person):
    client.force_login(person)

    assert "X-Shared-Device" not in client.get(reverse("accounts:profile"))


@pytest.fixture
def _required(settings):
    settings.STAFF_SECOND_FACTOR = True


STAFF_PAGES = ["/o/kenya/learners/", "/staff/", "/cms/"]


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("page", STAFF_PAGES)
def test_staff_without_a_second_step_are_led_to_one(page, client, world):
    client.force_login(world.administrator)

    response = client.get(page)
    assert response["Location"].startswith(reverse("accounts:second_step"))
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("page", STAFF_PAGES)
def test_staff_with_a_second_step_come_through(page, client, world):
    TOTP.activate(world.administrator, SECRET)
    client.force_login(world.administrator)

    assert "second-step" not in client.get(page).get("Location", "")


@pytest.mark.usefixtures("_required")
def test_recovery_codes_alone_are_no_second_step(client, world):
    Authenticator.objects.create(
        user=world.administrator, type=Authenticator.Type.RECOVERY_CODES, data={}
    )
    client.force_login(world.administrator)

    assert client.get("/staff/").status_code == 302


@pytest.mark.usefixtures("_required")
def test_learners_are_asked_for_nothing(client, world):
    client.force_login(world.learner)

    assert client.get(reverse("courses:dashboard")).status_code == 200
    assert client.get("/staff/").status_code == 403


def test_the_demo_asks_its_staff_for_no_second_step(tmp_path):
    from lms.settings import config

    nothing = tmp_path / "none"
    assert config.load({}, nothing)["staff_second_factor"] is True
    assert config.load({"LMS_DEMO": "1"}, nothing)["staff_second_factor"] is False
    both = {"LMS_DEMO": "1", "LMS_STAFF_SECOND_FACTOR": "1"}
    assert config.load(both, nothing)["staff_second_factor"] is True


def test_an_app_is_set_up_and_then_asked_for(client, person):
    sign_in(client, person)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).context["form"].errors

    done = client.post(reverse("mfa_activate_totp"), {"code": app_code(secret)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(done["Location"]).context["unused_codes"]
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))

    guest = Client()
    person.set_password("ten-characters")
    person.save()
    data = {"login": person.email, "password": "ten-characters"}
    answer = guest.post(reverse("account_login"), data)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert guest.get(reverse("accounts:profile")).status_code == 302
    assert guest.get(reverse("mfa_authenticate")).status_code == 200
    guest.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert guest.get(reverse("accounts:profile")).status_code == 200


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_generate_recovery_codes"]
)
def test_the_pages_of_the_second_step_open_without_inline_script(name, client, person):
    TOTP.activate(person, SECRET)
    sign_in(client, person)

    page = client.get(reverse(name))
    assert page.status_code == 200
    scripts = re.findall(r"<script[^>]*>", page.content.decode())
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


@pytest.mark.usefixtures("_required")
def test_the_page_of_the_second_step_leads_on_when_it_is_done(client, world):
    TOTP.activate(world.administrator, SECRET)
    client.force_login(world.administrator)

    page = client.get(reverse("accounts:second_step"), {"next": "/o/kenya/learners/"})
    assert 'href="/o/kenya/learners/"' in page.content.decode()
    page = client.get(reverse("accounts:second_step"), {"next": "https://elsewhere.example/"})
    assert 'href="https://elsewhere' not in page.content.decode()
