"""The second fence: PostgreSQL itself keeps raw SQL to the open scope, in every record's table."""

import threading

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import NotSupportedError, ProgrammingError, connection, transaction
from django.db.models import Count
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from courses.models import Cohort, Enrolment
from lms.organisations import fence
from lms.organisations.domain import subtree_scope
from lms.organisations.middleware import ScopeMiddleware
from lms.organisations.models import Kind, Organisation
from lms.organisations.scoping import Record, every_organisation, scope
from lms.organisations.tasks import scoped_task
from tests import factories
from tests.architecture.canaries import KENYA, LEARNER, RECORDS, RWANDA

pytestmark = pytest.mark.postgresql


def rows(table="courses_enrolment", key="id"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM {table}")
        return {pk for (pk,) in cursor.fetchall()}


def setting():
    """What the connection itself remembers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('umahiri.organisations', true)")
        return cursor.fetchone()[0]


def test_every_record_s_table_is_fenced(db):
    assert {model._meta.db_table for model in fence.records()} <= set(fence.policies())
    assert fence.fence_gaps() == []


def test_a_table_that_lost_its_policy_is_told_of_and_mended(db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE courses_cohort NO FORCE ROW LEVEL SECURITY")
    assert "courses_cohort" in fence.fence_gaps()[0]

    fence.fence_tables()

    assert fence.fence_gaps() == []


def test_a_role_that_passes_policies_is_told_of(db, client, monkeypatch):
    assert client.get("/health/ready").json()["fence"] == "closed"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE courses_cohort DISABLE ROW LEVEL SECURITY")

    assert "courses_cohort" in client.get("/health/ready").json()["fence"][0]


def test_raw_sql_sees_the_scope_alone(canary_world):
    """As the plain role that production connects as: `fence_gaps` is empty."""
    kept = canary_world.kept
    for model in RECORDS:
        table, key = model._meta.db_table, model._meta.pk.column
        rwandan = set(kept[RWANDA].get(model, []))
        kenyan = {*kept[LEARNER].get(model, []), *kept[KENYA].get(model, [])}

        with subtree_scope(canary_world.rwanda):
            assert rows(table, key) == rwandan, table
        with subtree_scope(canary_world.kenya):
            assert rows(table, key) & kenyan, table
            assert not rows(table, key) & rwandan, table
        with every_organisation():  # what is tested
            assert rows(table, key) >= kenyan | rwandan, table
        with scope(Organisation.objects.none()):
            assert rows(table, key) == set(), table
        assert rows(table, key) == set(), table


# what has an organisation and no policy → why
UNFENCED = {
    "accounts.IdentityProvider": "is asked for before anyone has signed in",
    "assessments.ItemBank": "authored, and may be shared",
    "audit.LogEntry": "is written where no scope is open, and read by auditors of the platform",
    "certification.Issuer": "stands on public certificates",
    "courses.Adaptation": "authored",
    "organisations.Membership": "scopes are made of it",
    "organisations.News": "public",
    "organisations.Organisation": "scopes are made of it",
    "organisations.PartnerAgreement": "is asked for where people enrol, under each country's",
    "organisations.Portal": "public",
    "practicals.PracticalSession": "people of organisations below its host sit in it",
}


def test_every_table_with_an_organisation_is_fenced_or_says_why_not(db):
    fenced, bare = set(fence.policies()), set()
    for model in apps.get_models(include_auto_created=True):
        parents = [each.related_model for each in model._meta.fields if each.is_relation]
        is_about = any(issubclass(each, Organisation | Record) for each in parents if each)
        if is_about and model._meta.db_table not in fenced:
            bare.add(model._meta.label)

    assert bare == set(UNFENCED)


def test_writing_into_another_organisation_is_refused(world):
    with subtree_scope(world.rwanda):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            factories.cohort(world.kenya, world.run)
        cohort = factories.cohort(world.rwanda, world.run)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Cohort._base_manager.filter(pk=cohort.pk).update(organisation=world.kenya)
        assert Enrolment._base_manager.filter(pk=world.enrolment.pk).update(rank=1) == 0
        assert Enrolment._base_manager.filter(pk=world.enrolment.pk).delete()[0] == 0


def test_relations_that_pass_by_the_scope_meet_the_fence(world):
    with subtree_scope(world.rwanda):
        enrolment = Enrolment.objects.get()
        enrolment.pk = world.enrolment.pk
        with pytest.raises(Enrolment.DoesNotExist):
            enrolment.refresh_from_db()


def test_scopes_follow_each_other_and_nest(world):
    kenyan, rwandan = {world.enrolment.pk}, {world.foreign_enrolment.pk}
    with subtree_scope(world.kenya):
        assert rows() == kenyan
        with subtree_scope(world.rwanda):
            assert rows() == rwandan
        with every_organisation():  # what is tested
            assert rows() == kenyan | rwandan
        assert rows() == kenyan
    assert rows() == set()


def test_a_rolled_back_savepoint_brings_no_scope_back(world):
    with subtree_scope(world.kenya):
        assert rows() == {world.enrolment.pk}
    with subtree_scope(world.rwanda):
        point = transaction.savepoint()
        assert rows() == {world.foreign_enrolment.pk}
        transaction.savepoint_rollback(point)
        assert rows() == {world.foreign_enrolment.pk}
    assert rows() == set()


def test_a_scope_learns_of_organisations_that_begin_in_it(world):
    with subtree_scope(world.kenya):
        assert rows("courses_cohort") == set()
        county = factories.organisation(world.kenya, "Laikipia County", Kind.COUNTY)

        cohort = factories.cohort(county, world.run)

        assert rows("courses_cohort") == {cohort.pk}


def test_a_scope_costs_no_query_and_no_message_of_its_own(world):
    with subtree_scope(world.kenya), CaptureQueriesContext(connection) as queries:
        list(Enrolment.objects.all())
        Enrolment.objects.aggregate(Count("pk"))
    assert len(queries) == 2


def test_the_ids_of_a_scope_are_worked_out_once(world):
    with subtree_scope(world.kenya), CaptureQueriesContext(connection) as queries:
        Enrolment.objects.update(rank=1)  # its WHERE names organisations
        list(Enrolment.objects.all())
    assert ["string_agg" in query["sql"] for query in queries] == [True, False]


@pytest.mark.parametrize("text", ["100%", "%s", "a'b", "; --"])
def test_what_is_asked_for_goes_through_unchanged(text, world):
    with subtree_scope(world.kenya):
        cohort = factories.cohort(world.kenya, world.run, name=text)

        assert Cohort.objects.get(name=text) == cohort
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM courses_cohort WHERE name LIKE '%%'")
            assert cursor.fetchone() == (1,)
            with pytest.raises(NotSupportedError):
                cursor.executemany("UPDATE courses_cohort SET name = %s", [("A",), ("B",)])


def test_a_streamed_list_is_read_in_its_request_s_scope(world, client):
    client.force_login(world.kenyan_coordinator)

    answer = client.get("/o/kenya/learners/", {"format": "csv"})

    assert "Wambui Njoroge" in b"".join(answer).decode()
    assert rows() == set()


def test_a_task_keeps_to_its_organisation(world):
    @scoped_task
    def look(organisation_id):
        return rows()

    assert look(world.rwanda.pk) == {world.foreign_enrolment.pk}
    assert rows() == set()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_connection_carries_no_scope_into_the_next_request():
    """Outside a transaction, too: the connection stays open, as in production."""
    with every_organisation():  # the factory fills several organisations
        world = factories.World()
    with subtree_scope(world.kenya):
        assert rows() == {world.enrolment.pk}
    assert setting() in {None, ""}
    assert rows() == set()
    with subtree_scope(world.kenya), transaction.atomic():
        assert rows() == {world.enrolment.pk}
        transaction.set_rollback(True)
    assert setting() in {None, ""}
    with subtree_scope(world.rwanda):
        assert rows() == {world.foreign_enrolment.pk}

    def next_request(request):
        return rows()

    request = RequestFactory().get("/")
    request.user = world.learner
    middleware = ScopeMiddleware(lambda request: _Answer(next_request(request)))
    assert middleware(request).rows == {world.enrolment.pk}
    request.user = world.stranger
    assert middleware(request).rows == {world.foreign_enrolment.pk}

    seen = []

    def in_another_thread():
        seen.append(rows())
        connection.close()

    with every_organisation():  # of this thread alone
        thread = threading.Thread(target=in_another_thread)
        thread.start()
        thread.join()
    assert seen == [set()]


class _Answer:
    streaming = False

    def __init__(self, rows):
        self.rows = rows


def test_migrations_reach_every_row(world):
    fence.open_gate()
    try:
        assert len(rows()) == 2
    finally:
        fence.fence_tables()
    assert rows() == set()


def test_checking_the_database_says_where_the_fence_is_open(db):
    call_command("check", database=["default"], fail_level="WARNING")
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY organisations_in_scope ON courses_cohort")

    with pytest.raises(SystemCheckError, match="courses_cohort"):
        call_command("check", database=["default"], fail_level="WARNING")
