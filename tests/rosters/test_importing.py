"""Rosters checked, taken in and taken back."""

import random
from contextlib import contextmanager
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.domain.enrolment import enrol, move_enrolment, withdraw
from courses.models import CourseRun, Enrolment, EnrolmentChange
from courses.signals import enrolment_moved
from lms.accounts.models import User
from lms.core.errors import Refused
from lms.organisations.domain import subtree_scope
from lms.organisations.models import Kind, Membership, PartnerAgreement
from lms.organisations.scoping import every_organisation
from rosters.domain import imports
from rosters.domain.columns import Mapping
from rosters.domain.imports import (
    bring_roster,
    clear_old,
    resume_stalled,
    take_in,
    work_on,
)
from rosters.messages import REFUSALS, RefusalCode
from rosters.models import ImportState, RosterImport, RosterRow
from rosters.tasks import work_on_roster_task
from tests import factories
from tests.rosters.conftest import counts, dump, refused, told, undo
from tests.rosters.faulty import FAULTS, FAULTS_OF_THE_PLACE, faulty_roster, prepare

HEAD = "Full name,E-mail,Phone,Unit,Grade\n"


def test_a_row_becomes_an_account_a_membership_and_an_invitation(bring, world, cohort):
    roster = bring(HEAD + "Akinyi Were,Akinyi.Were@Example.org,712345678,Records,CSG 8\n")

    assert counts(roster) == {"created": 1}
    user = User.objects.get(email="akinyi.were@example.org")
    assert (user.full_name, user.phone) == ("Akinyi Were", "+254712345678")
    assert not user.has_usable_password()
    [membership] = user.memberships.all()
    assert membership.organisation == world.kenya
    assert (membership.unit, membership.grade) == ("Records", "CSG 8")
    with every_organisation():  # the test's own
        enrolment = Enrolment.objects.get(user=user)
        assert (enrolment.state, enrolment.cohort, enrolment.run) == ("invited", cohort, world.run)
        [change] = enrolment.history.all()
        assert (change.state, change.by) == ("invited", world.kenyan_coordinator)
    [entry] = told(roster)["created"]
    assert entry["person"] == str(user.public_id)


def test_a_check_writes_nothing(bring):
    before = dump()
    roster = bring(HEAD + "Akinyi Were,a@example.org,,,\n", is_checked_only=True)

    assert (roster.state, counts(roster)) == ("checked", {"created": 1})
    assert dump() == before


def test_news_is_sent_once_for_each_person(bring, django_capture_on_commit_callbacks):
    heard = []

    def hear(enrolment, **_news):
        heard.append(enrolment.user.full_name)

    enrolment_moved.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            bring(HEAD + "Akinyi Were,a@example.org,,,\nKiprono Rono,b@example.org,,,\n")
    finally:
        enrolment_moved.disconnect(hear)

    assert heard == ["Akinyi Were", "Kiprono Rono"]


def test_every_planted_fault_is_told_by_its_row_and_no_good_row_is_lost(bring, world):
    made = faulty_roster(1_000, 4, faults=FAULTS | FAULTS_OF_THE_PLACE)
    prepare(made, world.run)

    checked = bring(made.as_xlsx(), is_checked_only=True)
    roster = bring(made.as_xlsx())

    assert len(FAULTS | FAULTS_OF_THE_PLACE) == 27
    assert refused(checked) == refused(roster) == made.planted
    assert [entry["row"] for entry in told(roster)["created"]] == made.good
    messages = [entry["message"] for entry in told(roster)["refused"]]
    assert all(messages) and not any("%(" in message for message in messages)


def test_a_second_import_changes_nothing(bring):
    made = faulty_roster(120, 1, seed=3)
    bring(made.as_xlsx())
    before = dump()

    again = bring(made.as_xlsx())

    assert dump() == before
    assert again.counts["unchanged"] == len(made.good)
    assert refused(again) == made.planted


def test_an_import_taken_back_leaves_every_table_as_before(bring):
    first = bring(HEAD + "Akinyi Were,a@example.org,0712345678,Records,8\n")
    before = dump()
    second = bring(
        HEAD + "Akinyi A. Were,a@example.org,0722345678,Registry,9\nKiprono Rono,b@example.org,,,\n"
    )
    assert counts(second) == {"created": 1, "updated": 1}

    undo(second)

    assert dump() == before
    assert second.state == "undone"
    undo(first)
    assert not User.objects.filter(email="a@example.org").exists()


_PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["Akinyi Were", "AKINYI WERE", "Kiprono Rono", "Halima Abdi", "", "1"]),
        st.sampled_from(["a@example.org", "b@example.org", "c@example.org", "bad", ""]),
        st.sampled_from(["0712345678", "722345678", "+254733345678", "07", ""]),
        st.sampled_from(["Records", "Registry", ""]),
    ),
    max_size=8,
)
_LAWS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _file(rows):
    return (
        HEAD + "".join(",".join([*row, ""]) + "\n" for row in rows) + "Zed Last,z@example.org,,,\n"
    )


@_LAWS
@given(first=_PEOPLE, second=_PEOPLE)
def test_whatever_the_files_twice_is_once_and_back_is_back(
    bring, transaction_of_an_example, first, second
):
    with transaction_of_an_example():
        bring(_file(first))
        before = dump()
        roster = bring(_file(second))
        after = dump()

        bring(_file(second))
        assert dump() == after

        undo(roster)
        assert dump() == before


@pytest.fixture
def transaction_of_an_example(db):
    """Undoes what one example wrote, so that the next begins as the first."""

    @contextmanager
    def rolled_back():
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)

    return rolled_back


def test_an_address_that_one_row_gives_up_and_another_takes_waits_for_a_second_file(bring):
    bring(HEAD + "Akinyi Were,a@example.org,0712345678,,\n")
    file = HEAD + "Akinyi Were,a@example.org,0722345678,,\nHalima Abdi,,0712345678,,\n"

    roster = bring(file)

    assert refused(roster) == {3: "phone_taken"}
    [entry] = told(roster)["unchanged"]
    assert entry["message"].startswith("“Phone” was left as it is, for row 3 has the old one.")


@_LAWS
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(bring, transaction_of_an_example, seed):
    rows = [
        ("Akinyi Were", "a@example.org", "0712345678", "Records"),
        ("Kiprono Rono", "b@example.org", "", ""),
        ("Halima Abdi", "", "0733345678", "Registry"),
        ("No Contact", "", "", ""),
        ("", "c@example.org", "", ""),
    ]
    with transaction_of_an_example():
        random.Random(seed).shuffle(rows)
        roster = bring(_file(rows))

        assert counts(roster) == {"created": 4, "refused": 2}
        people = User.objects.filter(email__in=["a@example.org", "b@example.org"])
        assert set(people.values_list("full_name", "phone")) == {
            ("Akinyi Were", "+254712345678"),
            ("Kiprono Rono", None),
        }


def test_what_was_imported_is_brought_up_to_date_and_what_a_person_wrote_is_not(bring):
    bring(HEAD + "Akinyi Were,a@example.org,0712345678,Records,8\n")
    user = User.objects.get(email="a@example.org")
    user.full_name = "Akinyi Were-Otieno"
    user.save()

    roster = bring(HEAD + "Akinyi Atieno Were,a@example.org,0722345678,Registry,8\n")

    user.refresh_from_db()
    assert (user.full_name, user.phone) == ("Akinyi Were-Otieno", "+254722345678")
    assert user.memberships.get().unit == "Registry"
    [entry] = told(roster)["updated"]
    assert (
        entry["message"]
        == "“Full name” was left as it is: somebody wrote it by hand, or the person did."
    )


def test_an_empty_cell_erases_nothing(bring):
    bring(HEAD + "Akinyi Were,a@example.org,0712345678,Records,8\n")
    roster = bring(HEAD + "Akinyi Were,a@example.org,,,\n")

    assert counts(roster) == {"unchanged": 1}


def test_an_address_that_a_person_proved_is_theirs_stays(bring):
    bring(HEAD + "Akinyi Were,a@example.org,0712345678,,\n")
    User.objects.filter(email="a@example.org").update(is_phone_verified=True)

    roster = bring(HEAD + "Akinyi Were,a@example.org,0722345678,,\n")

    assert counts(roster) == {"unchanged": 1}
    assert User.objects.get(email="a@example.org").phone == "+254712345678"


def test_an_account_that_no_import_made_gets_no_address_from_one(bring, world):
    roster = bring(HEAD + f"Wambui N. Njoroge,{world.learner.email},0712345678,,\n")

    world.learner.refresh_from_db()
    assert (world.learner.full_name, world.learner.phone) == ("Wambui Njoroge", None)
    assert counts(roster) == {"updated": 1}  # a membership of the country's own


def test_a_person_of_another_country_is_invited_and_nothing_of_theirs_is_told(bring, world):
    EmailAddress.objects.create(user=world.stranger, email=world.stranger.email, verified=True)
    with every_organisation():  # so that there is room for an invitation
        Enrolment.objects.filter(user=world.stranger).delete()

    roster = bring(HEAD + f"Somebody Else,{world.stranger.email},0712345678,Records,\n")

    world.stranger.refresh_from_db()
    assert (world.stranger.full_name, world.stranger.phone) == ("Uwase Marie", None)
    report = told(roster)
    [entry] = report["updated"]
    assert entry["message"] == (
        "This person already has an account. It stays as it is; the person is invited."
    )
    assert "Uwase" not in str(report)
    with subtree_scope(world.kenya):
        assert Enrolment.objects.get(user=world.stranger).state == "invited"
    again = bring(HEAD + f"Somebody Else,{world.stranger.email},0712345678,Records,\n")
    assert counts(again) == {"unchanged": 1}


def test_a_check_does_not_tell_who_a_stranger_is(bring, world):
    EmailAddress.objects.create(user=world.stranger, email=world.stranger.email, verified=True)
    with every_organisation():  # as above
        Enrolment.objects.filter(user=world.stranger).delete()
    roster = bring(HEAD + f"X Y,{world.stranger.email},,,\n", is_checked_only=True)

    assert told(roster)["updated"] == [
        {
            "row": 2,
            "person": None,
            "message": "This person already has an account. It stays as it is; the person is invited.",
        }
    ]


def test_an_address_of_a_stranger_that_nobody_proved_is_refused(bring, world):
    User.objects.filter(pk=world.stranger.pk).update(phone="+250788123456")

    roster = bring(HEAD + f"X Y,{world.stranger.email},,,\nV W,new@example.org,+250788123456,,\n")

    assert refused(roster) == {2: "email_taken", 3: "phone_taken"}
    assert "Uwase" not in str(told(roster))


def test_two_people_are_never_merged(bring):
    bring(
        HEAD + "Akinyi Were,a@example.org,0712345678,,\nKiprono Rono,b@example.org,0722345678,,\n"
    )

    roster = bring(
        HEAD
        + "Akinyi Were,a@example.org,0722345678,,\n"  # her e-mail, his phone
        + "Halima Abdi,h@example.org,0712345678,,\n"  # a phone of the first
        + "Mutua Kilonzo,b@example.org,,,\n"  # an e-mail of the second
    )

    assert refused(roster) == {2: "two_accounts", 3: "phone_taken", 4: "email_taken"}


NUMBERED = "Full name,E-mail,Phone,Staff number scheme,Staff number,Grade scheme,Grade\n"


def test_a_staff_number_of_somebody_else_is_refused(bring, world):
    bring(
        NUMBERED
        + "Akinyi Were,a@example.org,,UPN,20240001,,\n"
        + "Kiprono Rono,b@example.org,,UPN,20240002,,\n"
    )
    before = dump()
    file = (
        NUMBERED
        + "Kiprono Rono,b@example.org,,UPN,20240001,,\n"  # his e-mail, her number
        + "Halima Abdi,h@example.org,,UPN,20240002,,\n"  # his number, and nothing else of his
    )

    for is_checked_only in (True, False):
        roster = bring(file, is_checked_only=is_checked_only)
        assert refused(roster) == {2: "identifier_taken", 3: "identifier_taken"}
        assert told(roster)["refused"][0]["column"] == "Staff number"
    assert dump() == before
    again = bring(NUMBERED + "Akinyi A. Were,new@example.org,,UPN,20240001,,\n")
    assert counts(again) == {"updated": 1}  # her own number, and her name


def asks_for(run, *rules):
    CourseRun.objects.filter(pk=run.pk).update(eligibility=list(rules))


def test_who_does_not_meet_what_the_run_asks_for_is_refused(bring, world):
    asks_for(
        world.run,
        {"kind": "organisation", "organisations": ["nyeri-county"]},
        {"kind": "grade", "scheme": "CSG", "grades": ["8"]},
    )
    head = "Full name,E-mail,Institution,Grade scheme,Grade\n"
    file = (
        head
        + "Akinyi Were,a@example.org,Nyeri County,CSG,8\n"
        + "Kiprono Rono,b@example.org,,CSG,8\n"
        + "Halima Abdi,c@example.org,Nyeri County,CSG,9\n"
        + "Mutua Kilonzo,d@example.org,Nyeri County,job group,8\n"
    )

    checked = bring(file, is_checked_only=True)
    roster = bring(file)

    code = world.run.code
    assert told(checked)["refused"] == told(roster)["refused"]
    assert [(entry["row"], entry["code"], entry["message"]) for entry in told(roster)["refused"]] == [
        (3, "not_eligible", f"This person may not take part in {code}. It is for people of nyeri-county."),
        (4, "not_eligible", f"This person may not take part in {code}. It is for the grades 8 (CSG)."),
        (5, "not_eligible", f"This person may not take part in {code}. It is for the grades 8 (CSG)."),
    ]  # fmt: skip
    assert counts(bring(file)) == {"unchanged": 1, "refused": 3}


def test_earlier_courses_count_wherever_they_were_taken(bring, world):
    earlier = factories.run(factories.course(1, with_quiz=False))
    asks_for(world.run, {"kind": "course", "code": earlier.course.code})
    file = HEAD + f"Akinyi Were,{world.learner.email},,,\nKiprono Rono,b@example.org,,,\n"
    with every_organisation():  # from an earlier employer, in another country
        Enrolment.objects.filter(user=world.learner, run=world.run).delete()
        User.objects.filter(pk=world.learner.pk).update(full_name="Akinyi Were")
        done = enrol(world.learner, earlier, world.rwanda)
        move_enrolment(done, "completed", completed_at=timezone.now())

    roster = bring(file)

    assert refused(roster) == {3: "not_eligible"}


def test_which_rule_a_stranger_does_not_meet_is_not_told(bring, world):
    EmailAddress.objects.create(user=world.stranger, email=world.stranger.email, verified=True)
    with every_organisation():  # so that there is room for an invitation
        Enrolment.objects.filter(user=world.stranger).delete()
    asks_for(
        world.run,
        {"kind": "organisation", "organisations": ["kenya"]},
        {"kind": "course", "code": "F1"},
    )

    [entry] = told(bring(HEAD + f"X Y,{world.stranger.email},,,\n"))["refused"]

    assert entry["message"].endswith("It is for people of kenya. F1 comes first.")


def test_who_has_a_place_through_another_organisation_keeps_it(bring, world):
    EmailAddress.objects.create(user=world.stranger, email=world.stranger.email, verified=True)

    roster = bring(HEAD + f"Uwase Marie,{world.stranger.email},,,\n")

    assert refused(roster) == {2: "enrolled_elsewhere"}
    assert not Membership.objects.filter(user=world.stranger, organisation=world.kenya).exists()


def test_who_withdrew_is_not_invited_again(bring):
    bring(HEAD + "Akinyi Were,a@example.org,,,\n")
    with every_organisation():  # the test's own
        withdraw(Enrolment.objects.get(user__email="a@example.org"), by=None)

    roster = bring(HEAD + "Akinyi Were,a@example.org,,,\n")

    assert counts(roster) == {"unchanged": 1}
    [entry] = told(roster)["unchanged"]
    assert entry["message"] == "Is in the run already: withdrawn."


def test_seats_are_kept_and_the_rest_refused(bring, world):
    CourseRun.objects.filter(pk=world.run.pk).update(capacity=4)  # two are taken
    file = HEAD + "".join(f"Akinyi Were,p{n}@example.org,,,\n" for n in range(4))

    checked = bring(file, is_checked_only=True)
    assert refused(checked) == {4: "full", 5: "full"}
    roster = bring(file)

    assert refused(roster) == {4: "full", 5: "full"}
    assert User.objects.filter(full_name="Akinyi Were").count() == 2
    assert refused(bring(file)) == {4: "full", 5: "full"}


def test_a_closed_account_is_not_opened_by_a_list(bring, world):
    User.objects.filter(pk=world.learner.pk).update(is_active=False)

    roster = bring(HEAD + f"Wambui Njoroge,{world.learner.email},,,\n")

    assert refused(roster) == {2: "account_closed"}


BODY = "Full name,E-mail,Institution\n"


def test_an_institution_is_found_by_name_code_or_short_name(bring, world):
    world.nyeri.code = "019"
    world.nyeri.save()

    roster = bring(
        BODY + "A Were,a@example.org,NYERI county\nB Were,b@example.org,019\n"
        "C Were,c@example.org,nyeri-county\nD Were,d@example.org,\nE Were,e@example.org,Nyerri\n"
        "F Were,f@example.org,Rwanda\n"
    )

    assert refused(roster) == {6: "organisation_unknown", 7: "organisation_unknown"}
    assert "The nearest are: Nyeri County" in told(roster)["refused"][0]["message"]
    of_nyeri = Membership.objects.filter(
        organisation=world.nyeri, user__full_name__endswith=" Were"
    )
    assert of_nyeri.count() == 3


def test_an_institution_that_is_no_more_names_what_came_after(bring, world):
    ended = factories.organisation(world.kenya, "Ministry of Post", Kind.MINISTRY)
    ended.successor = world.nyeri
    ended.valid_until = timezone.localdate() - timedelta(days=1)
    ended.save()
    factories.organisation(world.nyeri, "Registry", Kind.AGENCY, slug="registry-one")
    factories.organisation(world.kenya, "Registry", Kind.AGENCY, slug="registry-two")

    roster = bring(BODY + "A Were,a@example.org,Ministry of Post\nB Were,b@example.org,Registry\n")

    assert refused(roster) == {2: "organisation_closed", 3: "organisation_ambiguous"}
    first, second = (entry["message"] for entry in told(roster)["refused"])
    assert "Nyeri County" in first
    assert "registry-one" in second and "registry-two" in second


def test_names_in_capitals_are_written_as_people_do_when_asked_for(bring):
    roster = bring(HEAD + "WANJIRU NG'ENO,a@example.org,,,\n")
    assert User.objects.get(email="a@example.org").full_name == "WANJIRU NG'ENO"
    assert told(roster)["created"][0]["message"] == (
        "The name is in capitals. People would write: Wanjiru Ng'eno"
    )

    bring(HEAD + "WANJIRU NG'ENO,a@example.org,,,\n", is_proper_case=True)

    assert User.objects.get(email="a@example.org").full_name == "Wanjiru Ng'eno"


def test_parts_of_a_name_are_joined_as_it_was_said(bring):
    file = "Surname,Other names,E-mail,Date of birth\nWere,Akinyi Grace,a@example.org,1980-01-01\n"
    asked = bring(file)
    assert asked.state == "unmapped"

    fields = ["name_part", "name_part", "email", ""]
    roster = bring(file, mapping=Mapping(fields, "first_last"))

    assert User.objects.get(email="a@example.org").full_name == "Akinyi Grace Were"
    assert told(roster)["notes"] == [
        "Columns that were not read, as no agreement asks for them: Date of birth."
    ]


def test_an_import_taken_back_leaves_people_who_went_on(bring, world):
    roster = bring(
        HEAD + "A Were,a@example.org,,,\nB Were,b@example.org,,,\nC Were,c@example.org,,,\n"
        "D Were,d@example.org,,,\nE Were,e@example.org,,,\n"
    )
    bring(HEAD + "C Were,c@example.org,0712345678,,\n")
    people = {user.email[0]: user for user in User.objects.filter(full_name__endswith=" Were")}
    with every_organisation():  # the test's own
        move_enrolment(Enrolment.objects.get(user=people["a"]), "active")
        enrol(people["d"], factories.run(), world.kenya)
    User.objects.filter(pk=people["b"].pk).update(last_login=timezone.now())

    undo(roster)

    kept = {entry["row"]: entry.get("kept_because") for entry in told(roster)["created"]}
    assert kept == {2: "began", 3: "signed_in", 4: "imported_again", 5: "elsewhere", 6: None}
    assert roster.counts["kept"] == 4
    assert not User.objects.filter(pk=people["e"].pk).exists()


def test_a_hand_made_change_is_not_taken_back(bring):
    bring(HEAD + "Akinyi Were,a@example.org,,Records,\n")
    roster = bring(HEAD + "Akinyi Were,a@example.org,,Registry,\n")
    Membership.objects.filter(user__email="a@example.org").update(unit="Archive")

    undo(roster)

    assert Membership.objects.get(user__email="a@example.org").unit == "Archive"
    assert told(roster)["updated"][0]["kept_because"] == "edited"


def test_without_an_agreement_nothing_is_brought(bring, cohort, world):
    PartnerAgreement.objects.all().delete()

    with pytest.raises(Refused, match="no data agreement with Kenya"):
        bring(HEAD + "Akinyi Were,a@example.org,,,\n")


def test_an_agreement_that_ends_in_between_stops_the_taking_in(bring, world):
    roster = bring(HEAD + "Akinyi Were,a@example.org,,,\n", is_checked_only=True)
    PartnerAgreement.objects.update(ended_on=timezone.localdate() - timedelta(days=1))

    with subtree_scope(world.kenya):
        RosterImport.objects.filter(pk=roster.pk).update(state=ImportState.APPLYING, done=0)
        work_on_roster_task(world.kenya.pk, roster.pk)
        roster.refresh_from_db()

    assert (roster.state, roster.fault_code) == ("failed", "agreement_expired")
    assert not User.objects.filter(email="a@example.org").exists()


def test_a_file_that_cannot_be_read_says_so_on_its_import(bring):
    roster = bring("one\ntwo\n")

    assert roster.state == "failed"
    assert roster.fault.startswith("No row of the file names its columns.")


def test_a_task_may_run_twice(bring, world):
    roster = bring(HEAD + "Akinyi Were,a@example.org,,,\n")
    before = dump()

    work_on_roster_task(world.kenya.pk, roster.pk)

    assert dump() == before


def test_what_stopped_half_way_goes_on_where_it_was(bring, world, monkeypatch):
    monkeypatch.setattr("rosters.domain.imports.CHUNK", 2)
    file = HEAD + "".join(f"Akinyi Were,q{n}@example.org,,,\n" for n in range(5))
    roster = bring(file, is_checked_only=True)
    calls = []

    def stop(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the power went")
        return original(*args, **kwargs)

    original = imports.write_plans
    monkeypatch.setattr(imports, "write_plans", stop)
    with subtree_scope(world.kenya):
        with pytest.raises(RuntimeError):
            take_in(roster)
        RosterImport.objects.update(touched_at=timezone.now() - timedelta(minutes=5))
        queued = []
        assert resume_stalled(lambda *ids: queued.append(ids)) == 1
    assert queued == [(world.kenya.pk, roster.pk)]

    work_on_roster_task(*queued[0])

    with every_organisation():  # the test's own
        roster = RosterImport.objects.get(pk=roster.pk)
        assert (roster.state, counts(roster)) == ("applied", {"created": 5})
        assert EnrolmentChange.objects.filter(enrolment__user__email__startswith="q").count() == 5


def test_files_and_rows_are_deleted_after_thirty_days(bring, world):
    roster = bring(HEAD + "Akinyi Were,a@example.org,,,\n")
    name, storage = roster.file.name, roster.file.storage
    with subtree_scope(world.kenya):
        RosterImport.objects.update(created_at=timezone.now() - timedelta(days=31))
        assert clear_old() == 1
        roster.refresh_from_db()
        assert not RosterRow.objects.exists()
        assert roster.counts["created"] == 1
        with pytest.raises(Refused, match="30 days"):
            undo(roster)
    assert roster.file.name == ""
    assert storage.exists(name)  # until the transaction of the test would end


def test_what_was_never_taken_in_goes_altogether_after_thirty_days(bring, world):
    bring(HEAD + "Akinyi Were,a@example.org,,,\n", is_checked_only=True)
    with subtree_scope(world.kenya):
        RosterImport.objects.update(created_at=timezone.now() - timedelta(days=31))
        clear_old()

        assert not RosterImport.objects.exists()


def test_queries_do_not_grow_with_the_rows(bring, cohort, world):
    def queries(people):
        file = HEAD + "".join(
            f"Akinyi Were,r{people}x{n}@example.org,07{people:03}0{n:04},Records,8\n"
            for n in range(people)
        )
        roster = bring(file, is_checked_only=True)
        with subtree_scope(world.kenya), CaptureQueriesContext(connection) as captured:
            take_in(roster)
        assert roster.counts["created"] == people, told(roster)["refused"][:2]
        # SQLite takes only so many values in one INSERT
        return sum("INSERT" not in query["sql"] for query in captured)

    def queries_again(people):
        file = HEAD + "".join(
            f"Akinyi Were,r{people}x{n}@example.org,,Registry,9\n" for n in range(people)
        )
        with subtree_scope(world.kenya), CaptureQueriesContext(connection) as captured:
            roster = bring(file)
        assert roster.counts["updated"] == people
        with subtree_scope(world.kenya), CaptureQueriesContext(connection) as undone:
            undo(roster)
        # SQLite takes only so many values in one UPDATE, too
        words = ("INSERT", "UPDATE", "SAVEPOINT")
        return sum(not any(word in query["sql"] for word in words) for query in captured) + sum(
            not any(word in query["sql"] for word in words) for query in undone
        )

    assert queries(3) == queries(200)
    assert queries_again(3) == queries_again(200)
    asks_for(world.run, {"kind": "organisation", "organisations": ["kenya"]})
    assert queries(4) == queries(201)


def test_every_refusal_has_a_sentence():
    assert set(REFUSALS) == set(RefusalCode)
    assert len(RefusalCode) >= 25


def test_bringing_a_file_queues_its_reading(world, cohort, django_capture_on_commit_callbacks):
    with subtree_scope(world.kenya), django_capture_on_commit_callbacks() as callbacks:
        roster = bring_roster(cohort, ContentFile(b"x", name="a.csv"), by=None)

    assert len(callbacks) == 1
    assert roster.state == "uploaded"
    with subtree_scope(world.kenya):
        work_on(roster)
    assert roster.state == "failed"
