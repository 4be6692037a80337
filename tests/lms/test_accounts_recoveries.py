"""Supervised recovery: two helpers, a code at the new address, everything else ends."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.audit.models import LogEntry
from lms.core.errors import InvalidTransition, Refused
from lms.organisations.domain import subtree_scope
from lms.organisations.models import Recovery, Role
from lms.organisations.recoveries import (
    approve_recovery,
    complete_recovery,
    open_recovery,
    refuse_recovery,
)
from tests import factories

NEW = ("email", "new@example.org")
WHY = {"reason": "Lost the phone.", "checked": "Came with the staff card."}


@pytest.fixture
def kenya(world):
    with subtree_scope(world.kenya):
        yield world


@pytest.fixture
def second(kenya):
    return factories.member(kenya.kenya, Role.COORDINATOR, name="Second Helper")


def opened(world, **values):
    values = {"by": world.kenyan_coordinator, **WHY, **values}
    return open_recovery(values.pop("user", world.learner), world.kenya, NEW, **values)


def code_in(message):
    return re.search(r"\b\d{8}\b", message.body)[0]


def test_the_whole_way(world, client, django_capture_on_commit_callbacks):
    second = factories.member(world.kenya, Role.ADMINISTRATOR, name="Second Helper")
    learner = world.learner
    old = learner.email
    TOTP.activate(learner, "JBSWY3DPEHPK3PXP")
    learners_browser = Client()
    learners_browser.force_login(learner)

    client.force_login(world.kenyan_coordinator)
    data = {"person": old, "contact": NEW[1], **WHY}
    assert (
        client.post(reverse("organisations:recovery_new", args=["kenya"]), data).status_code == 302
    )
    with subtree_scope(world.kenya):
        recovery = Recovery.objects.get()
    address = reverse("organisations:recovery_decide", args=["kenya", recovery.pk])
    assert client.post(address, {"approve": "1"}).status_code == 409
    client.force_login(second)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, {"approve": "1"}).status_code == 302
    to_new, to_old = mail.outbox
    assert (to_new.to, to_old.to) == ([NEW[1]], [old])
    assert "tell your coordinator" in to_old.body

    person = Client()
    page = reverse("organisations:recovery_complete", args=[recovery.public_id])
    assert page in to_new.body
    assert person.post(page, {"code": "00000000"}).status_code == 200
    assert learners_browser.get(reverse("accounts:profile")).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert person.post(page, {"code": code_in(to_new)}).status_code == 302

    learner.refresh_from_db()
    with subtree_scope(world.kenya):
        recovery.refresh_from_db()
    assert (learner.email, learner.phone) == (NEW[1], None)
    assert recovery.state == Recovery.State.DONE
    assert not Authenticator.objects.filter(user=learner).exists()
    assert learners_browser.get(reverse("accounts:profile")).status_code == 302
    assert mail.outbox[-1].to == [old]
    actions = set(LogEntry.objects.values_list("action", flat=True))
    assert {
        "organisations.recovery_opened",
        "organisations.recovery.approved",
        "organisations.recovery.done",
        "accounts.recovered",
    } <= actions
    assert person.get(page).status_code == 200
    assert person.post(page, {"code": code_in(to_new)}).status_code == 409


@pytest.mark.parametrize("helper", ["learner", "trainer", "rwandan_coordinator", "registrar"])
def test_only_helpers_of_the_organisation_open_one(helper, kenya):
    person = getattr(kenya, helper)
    user = factories.member(kenya.nyeri) if helper == "learner" else kenya.learner

    with pytest.raises(Refused) as refusal:
        opened(kenya, by=person, user=user)
    assert refusal.value.code == "not_helper"


def test_nobody_recovers_their_own_account(kenya, second):
    with pytest.raises(Refused) as refusal:
        opened(kenya, user=kenya.kenyan_coordinator)
    assert refusal.value.code == "own_account"
    recovery = opened(kenya, user=second)
    with pytest.raises(Refused) as refusal:
        approve_recovery(recovery, by=second)
    assert refusal.value.code == "own_account"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REGISTRAR, Role.INSTRUCTOR])
def test_a_person_who_may_do_more_is_not_recovered_by_one_who_may_do_less(role, kenya):
    mighty = factories.member(kenya.kenya, role)

    with pytest.raises(Refused) as refusal:
        opened(kenya, user=mighty)
    assert refusal.value.code == "wider_rights"
    above = factories.member(kenya.centre, Role.ADMINISTRATOR)
    assert opened(kenya, user=mighty, by=above)


def test_rights_elsewhere_count_too(kenya):
    mighty = factories.member(kenya.nyeri)
    factories.join_organisation(mighty, kenya.rwanda, Role.COORDINATOR)

    with pytest.raises(Refused) as refusal:
        opened(kenya, user=mighty)
    assert refusal.value.code == "wider_rights"


def test_a_stranger_to_the_organisation_is_refused(kenya):
    with pytest.raises(Refused) as refusal:
        opened(kenya, user=kenya.stranger)
    assert refusal.value.code == "stranger"


def test_an_address_of_another_account_is_refused(kenya):
    factories.user(email=NEW[1])

    with pytest.raises(Refused) as refusal:
        opened(kenya)
    assert refusal.value.code == "address_taken"


def test_one_is_open_at_a_time_until_it_expires(kenya):
    first = opened(kenya)
    with pytest.raises(Refused) as refusal:
        opened(kenya)
    assert refusal.value.code == "recovery_open"
    Recovery.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert opened(kenya)
    first.refresh_from_db()
    assert first.state == Recovery.State.EXPIRED


def test_after_a_day_it_can_neither_be_approved_nor_finished(kenya, second):
    recovery = opened(kenya)
    recovery.expires_at = timezone.now() - timedelta(seconds=1)
    recovery.save()
    with pytest.raises(Refused) as refusal:
        approve_recovery(recovery, by=second)
    assert refusal.value.code == "recovery_expired"

    Recovery.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    recovery.refresh_from_db()
    approve_recovery(recovery, by=second)
    Recovery.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused) as refusal:
        complete_recovery(recovery, "00000000")
    assert refusal.value.code == "recovery_expired"


def test_five_wrong_codes_close_it(kenya, second, django_capture_on_commit_callbacks):
    recovery = opened(kenya)
    with django_capture_on_commit_callbacks(execute=True):
        approve_recovery(recovery, by=second)

    assert [complete_recovery(recovery, "x") for _ in range(5)] == [False] * 5
    with pytest.raises(Refused) as refusal:
        complete_recovery(recovery, code_in(mail.outbox[0]))
    assert refusal.value.code == "too_many_tries"


def test_it_can_be_refused_and_then_nothing_happens(kenya, second):
    recovery = opened(kenya)
    refuse_recovery(recovery, by=second)

    with pytest.raises(InvalidTransition):
        approve_recovery(recovery, by=second)
    kenya.learner.refresh_from_db()
    assert kenya.learner.email != NEW[1]


def test_the_code_is_kept_as_a_hash_alone(kenya, second, django_capture_on_commit_callbacks):
    recovery = opened(kenya)
    with django_capture_on_commit_callbacks(execute=True):
        approve_recovery(recovery, by=second)

    row = Recovery.objects.values_list().get()
    assert not any(code_in(mail.outbox[0]) in str(column) for column in row)


@pytest.mark.parametrize("missing", ["person", "contact", "reason", "checked"])
def test_what_is_missing_is_told_at_its_field(missing, world, client):
    client.force_login(world.kenyan_coordinator)
    data = {"person": world.learner.email, "contact": NEW[1], **WHY, missing: ""}

    page = client.post(reverse("organisations:recovery_new", args=["kenya"]), data)

    assert list(page.context["form"].errors) == [missing]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(
    rows, kenya, client, django_assert_num_queries
):
    for _ in range(rows):
        opened(kenya, user=factories.member(kenya.nyeri))
    client.force_login(kenya.administrator)

    with django_assert_num_queries(5):
        page = client.get(reverse("organisations:recovery_list", args=["kenya"]))
    assert page.content.decode().count("<article") == rows


def test_nobody_sees_their_own_recovery(kenya, client):
    opened(kenya, user=factories.member(kenya.kenya, Role.COORDINATOR, email="own@example.org"))
    client.force_login(Recovery.objects.get().user)

    page = client.get(reverse("organisations:recovery_list", args=["kenya"]))
    assert "No recovery yet." in page.content.decode()
