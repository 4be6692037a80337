"""Signing up and in: one address, one code, no captcha, nothing told about who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from lms.accounts.models import SentMessage, User
from lms.accounts.validators import phone_to_e164, read_contact, validate_full_name
from tests import factories


@pytest.fixture
def _demo(settings):
    settings.DEMO = True
    settings.SMS_GATEWAY = "kept"
    settings.EMAIL_BACKEND = "lms.accounts.messages.KeptMailBackend"


def newest_code():
    return re.search(r"\d{3}-?\d{3}", SentMessage.objects.first().body)[0]


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize(
    ("contact", "field", "stored"),
    [
        ("Wanjiru@Example.org", "email", "wanjiru@example.org"),
        ("0712 345 678", "phone", "+254712345678"),
        ("+250 788 123 456", "phone", "+250788123456"),
    ],
)
def test_sign_up_by_one_address_and_a_code(contact, field, stored, client, db):
    client.post(reverse("account_signup"), {"full_name": " Wanjiru  Ng'ang'a ", "contact": contact})
    assert SentMessage.objects.first().recipient == stored

    response = client.post(reverse("account_confirm_login_code"), {"code": newest_code()})

    person = User.objects.get()
    assert response.status_code == 302
    assert person.full_name == "Wanjiru Ng'ang'a"
    assert getattr(person, field) == stored
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.usefixtures("_demo")
def test_a_wrong_code_signs_no_one_in(client, db):
    client.post(reverse("account_signup"), {"full_name": "Wanjiru", "contact": "w@example.org"})

    page = client.post(reverse("account_confirm_login_code"), {"code": "000000"})

    assert page.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize("contact", ["akinyi@example.org", "+254712345678"])
def test_sign_in_by_code(contact, client, db):
    person = factories.user(email="akinyi@example.org", phone="+254712345678")

    client.post(reverse("account_request_login_code"), {"contact": contact})
    client.post(reverse("account_confirm_login_code"), {"code": newest_code()})

    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.usefixtures("_demo")
def test_asking_for_a_code_tells_no_one_who_has_an_account(client, db):
    factories.user(email="known@example.org")
    answers = [
        client.post(reverse("account_request_login_code"), {"contact": contact})["Location"]
        for contact in ("known@example.org", "unknown@example.org")
    ]

    assert answers[0] == answers[1]


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize(
    ("known", "unknown"),
    [("known@example.org", "other@example.org"), ("+254712345678", "+254712345679")],
)
def test_signing_up_tells_only_the_holder_that_there_is_an_account(known, unknown, client, db):
    factories.user(email="known@example.org", phone="+254712345678")
    answers = []
    for contact in (unknown, known):
        client.cookies.clear()
        sent = client.post(
            reverse("account_signup"), {"full_name": "Someone Else", "contact": contact}
        )
        page = client.get(sent["Location"])
        answers.append((sent.status_code, sent["Location"], page.status_code))
    message = SentMessage.objects.first()

    assert answers[0] == answers[1]
    assert User.objects.count() == 2
    assert message.recipient == known
    assert "already has an" in message.body


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_change_phone",
        "account_verify_phone",
        "account_reauthenticate",
        "wagtailadmin_password_reset",
    ],
)
def test_no_page_takes_an_address_that_nobody_checked(name, client, world):
    client.force_login(world.administrator)

    assert client.get(reverse(name)).status_code == 404


def test_wagtail_has_no_sign_in_of_its_own(client, world):
    credentials = {"username": world.administrator.email, "password": "ten-characters"}
    world.administrator.set_password("ten-characters")
    world.administrator.save()

    response = client.post(f"{reverse('wagtailadmin_login')}?next=/cms/pages/", credentials)

    assert response["Location"] == "/accounts/login/?next=/cms/pages/"
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("_demo")
def test_codes_are_not_sent_again_and_again(client, world, settings):
    settings.ACCOUNT_RATE_LIMITS = {}  # the tests have none otherwise

    def ask():
        client.cookies.clear()
        return client.post(
            reverse("account_request_login_code"), {"contact": world.learner.email}
        ).status_code

    assert [ask() for _ in range(4)] == [302, 302, 302, 200]
    assert SentMessage.objects.count() == 3


@pytest.mark.usefixtures("_demo")
def test_limits_count_the_address_that_the_proxy_noted(client, world, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def ask(number, noted):
        client.cookies.clear()
        contact = {"contact": f"person{number}@nowhere.example"}
        invented = f"192.0.2.{number}"
        headers = {"X-Forwarded-For": f"{invented}, {noted}"}
        return client.post(
            reverse("account_request_login_code"), contact, headers=headers
        ).status_code

    assert [ask(number, "198.51.100.1") for number in range(21)] == [302] * 20 + [200]
    assert ask(21, "198.51.100.2") == 302


@pytest.mark.parametrize(
    "data",
    [
        {"full_name": "", "contact": "w@example.org"},
        {"full_name": "12345", "contact": "w@example.org"},
        {"full_name": "Wanjiru", "contact": "not an address"},
        {"full_name": "Wanjiru", "contact": "w@nowhere"},
        {"full_name": "Wanjiru", "contact": "0712"},
    ],
)
def test_a_mistake_at_sign_up_is_told_and_kept(data, client, db):
    page = client.post(reverse("account_signup"), data)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert data["contact"] in page.content.decode()


def test_without_a_gateway_a_phone_is_refused_with_a_sentence(client, db):
    page = client.post(reverse("account_signup"), {"full_name": "Wanjiru", "contact": "0712345678"})

    assert page.status_code == 409
    assert "e-mail" in page.content.decode()


def test_staff_sign_in_with_a_password(client, db):
    person = factories.user(email="trainer@example.org")
    person.set_password("ten-characters")
    person.save()

    client.post(
        reverse("account_login"), {"login": "trainer@example.org", "password": "ten-characters"}
    )

    assert client.session["_auth_user_id"] == str(person.pk)


def test_browsers_keep_no_page_of_a_signed_in_person(client, world):
    address = reverse("courses:catalogue")
    before = client.get(address)
    client.force_login(world.learner)

    assert not before.has_header("Cache-Control")
    assert client.get(address)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "name",
    [
        "Ng'ang'a wa Kamau",
        "Sing\u2019Oei",
        "ሰላም ተስፋዬ",
        "عبد الله",
        "J. P. Ochieng'-Odera",
        "Zoë Ñúñez",
    ],
)
def test_names_of_all_kinds_are_names(name):
    validate_full_name(name)


@pytest.mark.parametrize("name", ["", "12", "<b>x</b>", "a@b.c", "Mary 0712345678"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValidationError):
        validate_full_name(name)


@pytest.mark.parametrize(
    "text", ["0712345678", "712345678", "254712345678", "+254 712 345 678", "0712-345-678"]
)
def test_kenyan_phones_are_read_in_all_their_forms(text):
    assert phone_to_e164(text) == "+254712345678"


def test_a_contact_is_an_e_mail_or_a_phone():
    assert read_contact(" A@B.org ") == ("email", "a@b.org")
    assert read_contact("0112 345 678") == ("phone", "+254112345678")


def test_sent_messages_are_for_the_demo_alone(client, world, settings):
    client.force_login(world.administrator)
    address = reverse("accounts:sentmessage_list")

    assert client.get(address).status_code == 404
    settings.DEMO = True
    assert client.get(address).status_code == 200


def test_the_chosen_language_follows_the_person_to_another_device(client, db):
    person = factories.user("Zuhura Ali", language="en")
    client.force_login(person)
    client.post(reverse("accounts:profile"), {"full_name": "Zuhura Ali", "language": "sw"})
    person.refresh_from_db()
    assert person.language == "sw"

    another_device = Client()
    another_device.force_login(person)
    assert "Akaunti yangu" in another_device.get(reverse("accounts:profile")).content.decode()


@pytest.mark.usefixtures("_demo")
def test_an_address_that_an_administrator_replaced_opens_the_account_no_more(client, db):
    person = factories.user("Zuhura Ali", email="old@example.org")
    EmailAddress.objects.create(user=person, email="old@example.org", verified=True, primary=True)
    administrator = factories.user("Mutua Kilonzo", is_superuser=True, is_staff=True)
    client.force_login(administrator)
    address = reverse("wagtailusers_users:edit", args=[person.pk])
    data = {"full_name": "Zuhura Ali", "email": "new@example.org", "phone": "", "is_active": "on"}
    assert client.post(address, data).status_code == 302

    guest = Client()
    guest.post(reverse("account_request_login_code"), {"contact": "old@example.org"})

    assert "no account" in SentMessage.objects.first().body
