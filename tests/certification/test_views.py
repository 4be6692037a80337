"""The pages: for everyone, for the holder, for those who release."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.domain.releases import prepare_release, revoke_award
from certification.domain.serials import format_serial
from certification.domain.verification import name_begins
from certification.models import Achievement, Award, AwardState, Release, ReleaseState
from certification.views.public import TRIES
from lms.organisations.models import Membership, Role
from lms.organisations.scoping import every_organisation
from tests import factories


def url(name, *arguments):
    return reverse(f"certification:{name}", args=arguments)


def body(response):
    return " ".join(response.content.decode().split())


def check(client, serial, name="Wambui", **options):
    return client.post(url("verify"), {"serial": serial, "name": name}, **options)


def sign(client, release, *, before=lambda: None):
    """Read the list as the releaser, and press the button."""
    page = client.get(url("release_detail", "centre", release.pk)).content.decode()
    read = re.search(r'name="read" value="(\w+)"', page)[1]
    before()
    return client.post(url("release", "centre", release.pk), {"read": read}, follow=True)


def test_anyone_checks_by_serial_and_name(award, client):
    answer = check(client, f" {award.serial.lower().replace('-', ' ')} ", "njo", follow=True)

    assert answer.redirect_chain == [(url("award", award.public_id), 302)]
    for words in ("Valid", "Wambui Njoroge", award.serial, "Nyeri County", "Kenya School"):
        assert words in body(answer)


def test_a_wrong_check_digit_is_said_to_be_mistyped(award, client):
    wrong = award.serial[:-1] + str((int(award.serial[-1]) + 1) % 10)

    assert "mistyped" in body(check(client, wrong))


def test_an_unknown_serial_is_said_not_to_be_ours(award, client):
    assert "We have not issued" in body(check(client, format_serial("KSG", 2026, 999)))


def test_another_name_shows_nothing_of_the_holder(award, client):
    page = body(check(client, award.serial, "Otieno"))

    assert "Not issued to this name" in page
    assert "Wambui" not in page.replace('value="Otieno"', "")


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("Wanjiru Ng'ang'a", "nga", True),
        ("Wanjiru Ng'ang'a", "Wanjiru Ng\u2019ang\u2019a", True),
        ("Wanjikũ wa Thiong\u2019o", "WANJIKU", True),
        ("Wanjiru Ng'ang'a", "wa", False),
        ("Wanjiru Ng'ang'a", "jir", False),
        ("Wanjiru Ng'ang'a", "---", False),
        ("Li Wu", "wu", True),
        ("محمد عبد الرحمن", "محمد", True),
    ],
)
def test_a_name_is_known_by_its_first_letters(name, typed, expected):
    assert name_begins(name, typed) == expected


def test_a_proposed_award_is_not_public(proposed, client):
    assert client.get(url("award", proposed.public_id)).status_code == 404


def test_a_void_certificate_is_void_for_everyone(award, world, client):
    with every_organisation():
        revoke_award(award, by=world.releaser, category="error", reason="Issued to a namesake.")

    for address in (url("award", award.public_id), url("scanned", award.qr)):
        page = body(client.get(address))
        assert "VOID" in page
        assert "Issued to a namesake." in page
        assert "Our register confirms" not in page


def test_a_scanned_code_shows_the_register(award, client):
    page = body(client.get(url("scanned", award.qr)))

    assert "The QR code is signed by us" in page
    assert "Wambui Njoroge" in page


def test_an_edited_code_is_said_to_be_altered(award, client):
    middle = len(award.qr) // 2
    edited = award.qr[:middle] + ("A" if award.qr[middle] != "A" else "B") + award.qr[middle + 1 :]

    answer = client.get(url("scanned", edited))

    assert answer.status_code == 404
    assert "altered" in body(answer)
    assert "Wambui" not in body(answer)


def test_an_expired_certificate_says_so(world, client):
    with every_organisation():
        award = factories.issued_award(world)
        Award.objects.filter(pk=award.pk).update(state=AwardState.EXPIRED, valid_until="2026-01-31")

    page = body(client.get(url("award", award.public_id)))

    assert "Expired" in page
    assert "31 January 2026" in page


def test_a_replaced_certificate_leads_to_the_new_one(award, world, client):
    client.force_login(world.registrar)
    client.post(url("award_replace", "centre", award.public_id))
    with every_organisation():
        new = Award.objects.waiting().get()
        release = prepare_release(world.centre, [new], by=world.registrar)
    client.force_login(world.releaser)
    sign(client, release)

    page = body(client.get(url("award", award.public_id)))

    assert "Replaced" in page
    assert url("award", new.public_id) in page


def test_too_many_checks_from_an_address_wait_a_minute(award, client):
    for _ in range(TRIES):
        assert check(client, "KSG-2026-000001-1").status_code == 200

    answer = check(client, award.serial)

    assert answer.status_code == 429
    assert "Wait a minute" in body(answer)
    assert check(client, award.serial, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_behind_our_proxy_the_proxy_s_word_counts(award, client, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(TRIES):
        made_up = f"198.51.100.{number}, 192.0.2.9"
        check(client, "KSG-2026-000001-1", HTTP_X_FORWARDED_FOR=made_up)

    answer = check(client, award.serial, HTTP_X_FORWARDED_FOR="203.0.113.5, 192.0.2.9")

    assert answer.status_code == 429


def test_the_root_certificate_is_public(client):
    assert client.get(url("root")).content.startswith(b"-----BEGIN CERTIFICATE-----")


def test_a_learner_sees_and_downloads_their_own(award, world, client):
    client.force_login(world.learner)

    page = body(client.get(url("mine")))
    answer = client.get(url("download", award.public_id))

    assert award.serial in page
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert answer["Content-Disposition"] == f'attachment; filename="{award.serial}.pdf"'


def test_a_certificate_stays_its_holder_s_after_leaving(award, world, client):
    Membership.objects.filter(user=world.learner).delete()
    client.force_login(world.learner)

    assert award.serial in body(client.get(url("mine")))
    assert client.get(url("download", award.public_id)).status_code == 200


def test_what_is_proposed_is_being_prepared(proposed, world, client):
    client.force_login(world.learner)

    assert "Being prepared" in body(client.get(url("mine")))
    assert client.get(url("download", proposed.public_id)).status_code == 404


def test_a_void_certificate_has_no_file(award, world, client):
    with every_organisation():
        revoke_award(award, by=world.releaser, category="error", reason="Issued in error.")
    client.force_login(world.learner)

    assert client.get(url("download", award.public_id)).status_code == 404
    assert "Issued in error." in body(client.get(url("mine")))


def test_nobody_downloads_another_s(award, world, client):
    assert client.get(url("download", award.public_id)).status_code == 302  # to sign in

    for person in (world.stranger, world.registrar, world.kenyan_coordinator):
        client.force_login(person)

        assert client.get(url("download", award.public_id)).status_code == 404


def test_two_people_release_through_their_pages(proposed, world, client):
    client.force_login(world.registrar)
    assert "Wambui Njoroge" in body(client.get(url("release_list", "centre")))
    answer = client.post(url("release_prepare", "centre"), {"awards": [proposed.pk]})
    with every_organisation():
        release = Release.objects.get()
    assert answer["Location"] == url("release_detail", "centre", release.pk)
    assert "another person has to release it" in body(client.get(answer["Location"]))

    client.force_login(world.releaser)
    assert "Release these certificates" in body(client.get(answer["Location"]))
    page = body(sign(client, release))

    assert "1 certificate is issued." in page
    assert "KSG-" in page


def test_whoever_prepared_is_refused_at_the_door(proposed, world, client):
    factories.join_organisation(world.registrar, world.centre, Role.RELEASER)
    world.registrar.is_superuser = True
    world.registrar.save()
    with every_organisation():
        release = prepare_release(world.centre, [proposed], by=world.registrar)
    client.force_login(world.registrar)

    answer = client.post(url("release", "centre", release.pk))

    assert answer.status_code == 409
    with every_organisation():
        assert Release.objects.get().state == ReleaseState.OPEN


def test_preparing_nobody_tells_so(proposed, world, client):
    client.force_login(world.registrar)

    answer = client.post(url("release_prepare", "centre"), {}, follow=True)

    assert "Choose at least one person" in body(answer)


def test_a_list_goes_back_with_a_reason(proposed, world, client):
    with every_organisation():
        release = prepare_release(world.centre, [proposed], by=world.registrar)
    client.force_login(world.releaser)

    assert client.post(url("release_back", "centre", release.pk), {}).status_code == 422
    page = client.post(
        url("release_back", "centre", release.pk),
        {"note": "The name is misspelt."},
        follow=True,
    )

    assert "The name is misspelt." in body(page)


def test_voiding_asks_first_and_then_does_it(award, world, client):
    client.force_login(world.registrar)
    found = body(client.get(url("award_list", "centre"), {"q": "njoroge"}))
    assert url("award_void", "centre", award.public_id) in found
    address = url("award_void", "centre", award.public_id)
    assert "cannot be undone" in body(client.get(address))
    assert client.post(address, {"category": "error"}).status_code == 200

    client.post(address, {"category": "error", "reason": "Issued in error."})

    with every_organisation():
        assert Award.objects.get().state == AwardState.REVOKED
    assert "not valid any more" in body(client.get(address))


def test_a_search_that_finds_nothing_says_so(award, world, client):
    client.force_login(world.releaser)

    page = body(client.get(url("award_list", "centre"), {"q": "nobody of that name"}))

    assert "No certificate matches." in page


STAFF_VIEWS = ["release_list", "award_list", "release_detail", "award_void"]
STAFF_ACTIONS = ["release_prepare", "release", "release_back", "award_replace"]


def ask_staff(client, name, award, organisation="centre"):
    arguments = {
        "release_detail": [award.release_id],
        "release": [award.release_id],
        "release_back": [award.release_id],
        "award_void": [award.public_id],
        "award_replace": [award.public_id],
    }.get(name, [])
    method = client.post if name in STAFF_ACTIONS else client.get
    return method(url(name, organisation, *arguments)).status_code


def test_staff_pages_are_for_those_with_the_role(award, world, client):
    def answers(organisation="centre"):
        names = STAFF_VIEWS + STAFF_ACTIONS
        return {ask_staff(client, name, award, organisation) for name in names}

    assert answers() == {302}  # to sign in

    client.force_login(world.learner)
    assert answers() == {404}

    client.force_login(world.rwandan_coordinator)
    assert answers() == {404}
    assert answers("rwanda") == {403, 404}

    client.force_login(world.trainer)
    assert answers() == {403}


def test_another_country_s_registrar_finds_nothing(award, world, client):
    client.force_login(factories.member(world.rwanda, Role.REGISTRAR))

    assert award.serial not in body(client.get(url("award_list", "rwanda")))
    for name in ("release_detail", "award_void", "award_replace"):
        assert ask_staff(client, name, award, "rwanda") == 404


@pytest.mark.parametrize("name", ["release_list", "award_list"])
def test_staff_lists_cost_the_same_for_more_people(world, client, name):
    client.force_login(world.registrar)
    with every_organisation():
        factories.issued_award(world)
        factories.proposed_award(world.foreign_enrolment)
    client.get(url(name, "centre"))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name, "centre"))
        counts.append(len(queries))
        with every_organisation():
            for _more in range(2):
                person = factories.member(world.nyeri)
                other = factories.enrol(person, world.run, world.nyeri)
                factories.proposed_award(other)
                third = factories.enrol(factories.member(world.nyeri), world.run, world.nyeri)
                factories.issued_award(world, third)

    assert counts[0] == counts[1]


def test_an_administrator_edits_achievements(award, client):
    achievement = Achievement.objects.get()
    address = reverse("wagtailsnippets_certification_achievement:edit", args=[achievement.pk])

    client.force_login(factories.user(is_staff=True, is_superuser=True))
    page = client.get(address)

    assert page.status_code == 200
    assert "Words on the certificate" in body(page)


def test_strange_addresses_are_answered(world, client):
    client.force_login(world.registrar)

    assert client.get("/verify/%00/").status_code == 404
    assert client.get("/V/%00").status_code == 404
    assert client.get("/me/certificates/%00/download/").status_code == 404
    assert client.get(url("award_list", "centre"), {"q": "\x00"}).status_code == 200


def test_a_name_that_changed_under_the_reader_s_eyes_is_not_released(proposed, world, client):
    def rename():
        world.learner.full_name = "Someone Else"
        world.learner.save()

    with every_organisation():
        release = prepare_release(world.centre, [proposed], by=world.registrar)
    client.force_login(world.releaser)

    answer = sign(client, release, before=rename)

    assert answer.status_code == 409
    assert "Read it again" in body(answer)
    with every_organisation():
        assert Award.objects.issued().count() == 0
    assert "1 certificate is issued." in body(sign(client, release))
