"""Roles as data: one table says what each may do, a page shows it, administrators give and end them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from rules.permissions import permissions

from lms.audit.models import LogEntry
from lms.core.errors import Refused
from lms.organisations.memberships import end_role, give_role
from lms.organisations.models import STAFF_ROLES, Membership, Role
from lms.organisations.roles import PERMISSIONS, organisations_where
from tests import factories

OF_AN_ORGANISATION = [
    name
    for name in PERMISSIONS
    if not name.endswith(("view_enrolment", "view_attempt", "view_submission", "view_award"))
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", OF_AN_ORGANISATION)
def test_the_table_and_the_predicates_agree(permission, role, world):
    person = factories.member(world.kenya, role)
    may = role in PERMISSIONS[permission].roles

    assert person.has_perm(permission, world.kenya) is may
    assert person.has_perm(permission, world.nyeri) is may
    assert not person.has_perm(permission, world.centre)
    assert not person.has_perm(permission, world.rwanda)
    assert organisations_where(person, permission).filter(pk=world.nyeri.pk).exists() is may


def test_asked_about_a_kind_at_large_the_answer_is_no(world):
    """Wagtail's history of the site asks so, of each kind of thing in the log."""
    kinds = [name for name in permissions if "." in name and ".view_" in name]

    given = {name for name in kinds if world.administrator.has_perm(name)}
    assert given == {"accounts.view_sentmessage", "reports.view_home"}  # of no thing


def test_a_role_that_has_ended_carries_nothing(world):
    world.administrator.memberships.update(until_at=timezone.now() - timedelta(seconds=1))

    assert not world.administrator.has_perm("organisations.give_role", world.kenya)


def test_the_page_of_permissions_shows_the_table_and_the_holders(world, client):
    client.force_login(world.kenyan_coordinator)
    page = client.get(reverse("organisations:permission_list", args=["kenya"])).content.decode()

    for permission in PERMISSIONS.values():
        assert str(permission.sentence).replace("'", "&#x27;") in page
    assert page.count(">yes<") == sum(
        len(permission.roles & set(STAFF_ROLES)) for permission in PERMISSIONS.values()
    )
    assert "Halima Abdi" in page
    assert "Otieno Ouma" in page  # the Centre's trainer serves Kenya too
    assert "Mugisha Jean" not in page


def test_an_administrator_gives_a_role_and_it_is_logged(world, client):
    client.force_login(world.administrator)
    address = reverse("organisations:role_give", args=["kenya"])
    data = {
        "person": world.learner.email,
        "role": "data_protection",
        "unit": "Registry",
        "grade_scheme": "CSG",
        "grade": "9",
    }

    assert client.post(address, data).status_code == 302

    membership = Membership.objects.get(role=Role.DATA_PROTECTION)
    assert (membership.user, membership.organisation) == (world.learner, world.kenya)
    assert (membership.unit, membership.grade_scheme, membership.grade) == ("Registry", "CSG", "9")
    entry = LogEntry.objects.get(action="organisations.role_given")
    assert (entry.user, entry.organisation) == (world.administrator, world.kenya)


def test_the_last_day_of_a_role_is_whole(world, client):
    client.force_login(world.administrator)
    today = timezone.localdate()
    data = {"person": world.learner.email, "role": "coordinator", "until_on": today.isoformat()}

    client.post(reverse("organisations:role_give", args=["kenya"]), data)

    until_at = timezone.localtime(
        Membership.objects.get(user=world.learner, role="coordinator").until_at
    )
    assert (until_at.date(), until_at.hour) == (today + timedelta(days=1), 0)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"person": "nobody@example.org"}, "person"),
        ({"person": "12"}, "person"),
        ({"role": "king"}, "role"),
        ({"until_on": "2001-01-01"}, "until_on"),
        ({"grade": "9"}, "grade_scheme"),
    ],
)
def test_a_mistake_in_giving_a_role_is_told_at_its_field(data, field, world, client):
    client.force_login(world.administrator)
    valid = {"person": world.learner.email, "role": "coordinator"}

    page = client.post(reverse("organisations:role_give", args=["kenya"]), valid | data)

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]


@pytest.mark.parametrize("helper", ["kenyan_coordinator", "trainer", "registrar"])
def test_only_administrators_give_roles(helper, world, client):
    person = getattr(world, helper)
    client.force_login(person)

    assert client.get(reverse("organisations:role_give", args=["kenya"])).status_code == 403
    with pytest.raises(Refused) as refusal:
        give_role(world.learner, world.kenya, Role.COORDINATOR, by=person)
    assert refusal.value.code == "not_administrator"


def test_nobody_gives_themselves_a_role(world):
    with pytest.raises(Refused) as refusal:
        give_role(world.administrator, world.centre, Role.RELEASER, by=world.administrator)

    assert refusal.value.code == "own_role"


def test_an_administrator_reaches_no_higher_than_their_own_organisation(world):
    kenyan = factories.member(world.kenya, Role.ADMINISTRATOR)

    give_role(world.learner, world.nyeri, Role.COORDINATOR, by=kenyan)
    for above in (world.centre, world.rwanda):
        with pytest.raises(Refused):
            give_role(world.learner, above, Role.COORDINATOR, by=kenyan)


def test_a_role_held_already_is_refused_with_a_sentence(world):
    until = timezone.now() + timedelta(days=3)
    give_role(world.learner, world.kenya, Role.COORDINATOR, by=world.administrator, until_at=until)

    with pytest.raises(Refused) as refusal:
        give_role(world.learner, world.kenya, Role.COORDINATOR, by=world.administrator)
    assert refusal.value.code == "role_held"


def test_ending_a_role_ends_it_at_once_and_only_once(world, client):
    client.force_login(world.administrator)
    membership = world.kenyan_coordinator.memberships.get()
    address = reverse("organisations:role_end", args=["kenya", membership.pk])

    assert client.post(address).status_code == 302
    assert not world.kenyan_coordinator.memberships.current().exists()
    assert client.post(address).status_code == 404
    with pytest.raises(Refused):
        end_role(membership, by=world.administrator)


def test_an_administrator_is_ended_by_another(world):
    with pytest.raises(Refused) as refusal:
        end_role(world.administrator.memberships.get(), by=world.administrator)

    assert refusal.value.code == "own_role"


def test_people_are_found_by_name_and_role_within_the_organisation(world, client):
    client.force_login(world.kenyan_coordinator)
    address = reverse("organisations:people_list", args=["kenya"])

    def names(**query):
        return [str(row.user) for row in client.get(address, query).context["page"]]

    assert names() == ["Halima Abdi", "Wambui Njoroge"]
    assert names(q="njoro wam") == ["Wambui Njoroge"]
    assert names(q="uwase") == []
    assert names(role="coordinator") == ["Halima Abdi"]
    assert "End the role" not in client.get(address).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_people_costs_the_same_for_one_and_for_many(
    rows, world, client, django_assert_num_queries
):
    client.force_login(world.administrator)
    for number in range(rows):
        factories.member(world.nyeri, name=f"Person {number}")

    with django_assert_num_queries(9):
        client.get(reverse("organisations:people_list", args=["nyeri-county"]), {"q": "person"})
