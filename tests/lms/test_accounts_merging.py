"""Duplicate accounts: found, made one, and taken apart so that nothing is different."""

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.domain.enrolment import enrol
from courses.models import Enrolment
from lms.accounts.domain import set_identifier
from lms.core.errors import Refused
from lms.organisations.domain import join_organisation, subtree_scope
from lms.organisations.memberships import give_role
from lms.organisations.merging import (
    find_duplicates,
    merge_accounts,
    plain_email,
    plain_name,
    undo_merge,
)
from lms.organisations.models import Membership, Merge, Role
from lms.organisations.scoping import every_organisation
from tests import factories

LEDGERS = {"organisations_merge", "audit_logentry"}


def everything():
    """Every row of every table but the ledgers of what was done."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    rows = {}
    with connection.cursor() as cursor:
        for table in sorted(tables - LEDGERS):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


@pytest.fixture
def centre(world):
    with subtree_scope(world.centre):
        yield world


@pytest.fixture
def twin(centre):
    """The learner once more, by phone, with what both may have and what only one can."""
    twin = factories.member(centre.nyeri, name="NJOROGE, Wambui", email=None, phone="+254712345678")
    join_organisation(twin, centre.kenya, Role.COORDINATOR)
    set_identifier(twin, "KE", "UPN", "2", by=None)
    set_identifier(twin, "KE", "PF", "7", by=None)
    set_identifier(centre.learner, "KE", "UPN", "1", by=None)
    EmailAddress.objects.create(user=twin, email="w@example.org", verified=True, primary=True)
    give_role(centre.stranger, centre.rwanda, Role.RELEASER, by=centre.administrator)
    return twin


def join(world, kept, merged, by=None):
    return merge_accounts(kept, merged, world.centre, by=by or world.administrator)


def test_what_belongs_to_the_person_goes_to_the_account_that_stays(centre, twin):
    other_run = enrol(twin, factories.run(), centre.nyeri)

    merge = join(centre, centre.learner, twin)

    centre.learner.refresh_from_db()
    twin.refresh_from_db()
    other_run.refresh_from_db()
    assert other_run.user == centre.learner
    assert (centre.learner.phone, twin.phone, twin.is_active) == ("+254712345678", None, False)
    assert centre.learner.memberships.filter(role=Role.COORDINATOR).exists()
    assert sorted(centre.learner.identifiers.values_list("scheme", flat=True)) == ["PF", "UPN"]
    resting = {(entry["model"], entry["field"]) for entry in merge.left}
    assert resting == {("organisations.Membership", "user"), ("accounts.StaffIdentifier", "user")}


def test_what_lies_with_another_country_goes_along_and_comes_back(world):
    with every_organisation():  # the test's own
        twin = factories.member(world.nyeri)
        join_organisation(twin, world.rwanda)
        elsewhere = enrol(twin, factories.run(), world.rwanda)

    def holder():
        with every_organisation():  # as above
            return Enrolment.objects.get(pk=elsewhere.pk).user

    with subtree_scope(world.kenya):
        merge = merge_accounts(world.learner, twin, world.kenya, by=world.administrator)
    assert holder() == world.learner

    with subtree_scope(world.kenya):
        undo_merge(merge, by=world.administrator)
    assert holder() == twin


def test_a_merge_and_its_undoing_leave_everything_as_it_was(centre, twin):
    enrol(twin, factories.run(), centre.nyeri)
    before = everything()

    merge = join(centre, centre.learner, twin)
    assert everything() != before
    undo_merge(merge, by=centre.administrator)

    assert everything() == before


SCHEMES = st.sets(st.sampled_from(["UPN", "PF", "TSC"]))
ROLES = st.sets(st.sampled_from([Role.LEARNER, Role.COORDINATOR, Role.INSTRUCTOR]), min_size=1)


@pytest.mark.parametrize("way", ["keep the first", "keep the second"])
def test_undoing_is_exact_whatever_both_had(way, centre):
    made = iter(range(10**6))

    def account(schemes, roles, runs, has_phone):
        number = next(made)
        person = factories.user(phone=f"+2547000{number:05}" if has_phone else None)
        for role in roles:
            join_organisation(person, centre.kenya, role)
        for scheme in schemes:
            set_identifier(person, "KE", scheme, f"{scheme}{number}", by=None)
        for run in runs:
            enrol(person, run, centre.kenya)
        return person

    runs = [factories.run() for _ in range(2)]

    @settings(deadline=None, max_examples=25)
    @given(
        schemes=st.tuples(SCHEMES, SCHEMES),
        roles=st.tuples(ROLES, ROLES),
        phones=st.tuples(st.booleans(), st.booleans()),
        split=st.lists(st.booleans(), min_size=2, max_size=2),
    )
    def law(schemes, roles, phones, split):
        taken = ([], [])
        for run, side in zip(runs, split, strict=True):
            taken[side].append(run)
        first, second = map(account, schemes, roles, taken, phones)
        pair = (first, second) if way == "keep the first" else (second, first)
        before = everything()
        undo_merge(join(centre, *pair), by=centre.administrator)
        assert everything() == before

    law()


def test_two_places_in_one_run_cannot_be_joined(centre, twin):
    enrol(twin, centre.run, centre.nyeri)
    before = everything()

    with pytest.raises(Refused) as refusal:
        join(centre, centre.learner, twin)

    assert refusal.value.code == "cannot_join"
    assert "enrolment" in str(refusal.value)
    assert everything() == before


@pytest.mark.parametrize("helper", ["kenyan_coordinator", "registrar", "rwandan_coordinator"])
def test_only_administrators_above_both_join(helper, centre, twin):
    with pytest.raises(Refused) as refusal:
        join(centre, centre.learner, twin, by=getattr(centre, helper))
    assert refusal.value.code == "not_administrator"


def test_an_administrator_of_a_country_joins_no_one_of_another(centre, twin):
    kenyan = factories.member(centre.kenya, Role.ADMINISTRATOR)

    with pytest.raises(Refused) as refusal:
        merge_accounts(centre.learner, centre.stranger, centre.kenya, by=kenyan)
    assert refusal.value.code == "stranger"
    join_organisation(twin, centre.rwanda, Role.COORDINATOR)
    with pytest.raises(Refused) as refusal:
        merge_accounts(centre.learner, twin, centre.kenya, by=kenyan)
    assert refusal.value.code == "wider_rights"


def test_nobody_joins_their_own_account(centre, twin):
    with pytest.raises(Refused) as refusal:
        join(centre, centre.administrator, twin)
    assert refusal.value.code == "wider_rights"


def test_one_account_is_not_two(centre):
    with pytest.raises(Refused) as refusal:
        join(centre, centre.learner, centre.learner)
    assert refusal.value.code == "one_account"


def test_a_closed_account_is_not_joined(centre, twin):
    join(centre, centre.learner, twin)

    with pytest.raises(Refused) as refusal:
        join(centre, centre.learner, twin)
    assert refusal.value.code == "account_closed"


def test_merges_are_undone_once_and_in_order(centre, twin):
    third = factories.member(centre.nyeri)
    first = join(centre, centre.learner, twin)
    second = join(centre, third, centre.learner)

    with pytest.raises(Refused) as refusal:
        undo_merge(first, by=centre.administrator)
    assert refusal.value.code == "later_merge"
    undo_merge(second, by=centre.administrator)
    undo_merge(first, by=centre.administrator)
    with pytest.raises(Refused) as refusal:
        undo_merge(first, by=centre.administrator)
    assert refusal.value.code == "merge_undone"


def test_what_came_after_the_merge_stays_with_the_account_that_stayed(centre, twin):
    merge = join(centre, centre.learner, twin)
    later = enrol(centre.learner, factories.run(), centre.nyeri)
    undo_merge(merge, by=centre.administrator)

    assert Enrolment.objects.get(pk=later.pk).user == centre.learner


def test_the_closed_account_is_signed_out(centre, twin):
    browser = Client()
    browser.force_login(twin)
    join(centre, centre.learner, twin)

    assert browser.get(reverse("accounts:profile")).status_code == 302


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "A.Were@example.org"}, {"email": "a.were+lms@EXAMPLE.org"}),
        ({"phone": "+254712345678"}, {"phone": "+250712345678"}),
        ({"name": "Sing\u2019Oei Abraham Korir"}, {"name": "abraham korir SING\u02bcOEI"}),
        ({"name": "José Ng'eno"}, {"name": "Ng\u2019eno, Jose"}),
    ],
)
def test_what_looks_like_one_person_is_found(one, other, centre):
    first = factories.member(centre.nyeri, **{"name": "Somebody", **one})
    second = factories.member(centre.nyeri, **{"name": "Anybody", **other})

    assert [(pair.first, pair.second) for pair in find_duplicates(centre.kenya)] == [
        (first, second)
    ]


def test_one_name_in_two_organisations_is_no_duplicate(centre):
    factories.member(centre.nyeri, name="Akinyi Were")
    factories.member(centre.rwanda, name="Akinyi Were")

    assert find_duplicates(centre.centre) == []


@given(name=st.text(max_size=40), local=st.from_regex(r"[a-z]{1,9}", fullmatch=True))
def test_plain_forms_are_stable(name, local):
    assert plain_name(plain_name(name)) == plain_name(name)
    assert plain_email(f"{local.upper()}+x@Example.org") == f"{local}@example.org"


def test_duplicates_are_joined_and_taken_apart_on_the_pages(world, client):
    with subtree_scope(world.kenya):
        twin = factories.member(world.nyeri, name="Wambui  Njoroge")
    client.force_login(world.administrator)
    listed = reverse("organisations:duplicate_list", args=["kenya"])
    page = client.get(listed).content.decode()
    address = reverse("organisations:merge", args=["kenya", world.learner.pk, twin.pk])
    assert address in page

    assert client.get(address).status_code == 200
    assert client.post(address)["Location"] == listed
    with subtree_scope(world.kenya):
        merge = Merge.objects.get()
    assert "Take Wambui Njoroge apart again" in client.get(listed).content.decode()
    client.post(reverse("organisations:merge_undo", args=["kenya", merge.pk]))
    twin.refresh_from_db()
    assert twin.is_active
    assert Membership.objects.filter(user=twin).exists()


def test_two_accounts_are_chosen_by_their_addresses(world, client):
    client.force_login(world.administrator)
    data = {"kept": world.learner.email, "merged": world.kenyan_coordinator.email}

    response = client.post(reverse("organisations:duplicate_list", args=["kenya"]), data)

    pair = [world.learner.pk, world.kenyan_coordinator.pk]
    assert response["Location"] == reverse("organisations:merge", args=["kenya", *pair])


@pytest.mark.parametrize("rows", [1, 3])
def test_finding_costs_the_same_for_one_pair_and_for_many(rows, centre, django_assert_num_queries):
    for number in range(rows):
        for _ in range(2):
            factories.member(centre.nyeri, name=f"Twin {'abc'[number]}")

    with django_assert_num_queries(2):
        assert len(find_duplicates(centre.kenya)) == rows
