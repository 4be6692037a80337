"""Awards: proposed by completion, released by two people, voided, replaced, expired."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from certification.domain.proposals import (
    propose_award,
    propose_missed_awards,
    propose_replacement,
)
from certification.domain.releases import (
    _add_months,
    expire_awards,
    prepare_release,
    release_awards,
    revoke_award,
    send_back,
)
from certification.domain.snapshots import hash_snapshot
from certification.domain.verification import check_public_id
from certification.models import Achievement, Award, AwardState, Release, ReleaseState
from certification.tasks import propose_missed_awards_task
from courses.domain.progress import complete_activity
from courses.models import Enrolment
from lms.audit.models import LogEntry
from lms.core.errors import InvalidTransition, Refused
from lms.core.states import change_state
from lms.organisations.models import Role
from tests import factories

pytestmark = pytest.mark.usefixtures("everywhere")


@pytest.mark.parametrize("model", [Award, Release])
def test_every_state_has_its_exits(model):
    assert set(model.TRANSITIONS) == set(model.State)


def test_a_proposed_award_can_only_be_released(proposed):
    for to in set(AwardState) - {AwardState.RELEASED}:
        with pytest.raises(InvalidTransition):
            change_state(proposed, to)


def test_a_void_award_stays_void(award, world):
    revoke_award(award, by=world.registrar, category="error", reason="Issued in error.")

    for to in AwardState:
        with pytest.raises(InvalidTransition):
            change_state(award, to)


def test_completing_a_course_proposes_its_award(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for entry in world.entries:
            complete_activity(world.enrolment, entry["key"])

    found = Award.objects.get()
    assert (found.enrolment, found.state) == (world.enrolment, AwardState.PROPOSED)
    assert found.achievement.title_en == world.run.course.title


def test_an_award_is_proposed_once(world):
    first = factories.proposed_award(world.enrolment)

    assert propose_award(world.enrolment) == [first]
    assert propose_missed_awards() == 0


def test_nothing_is_proposed_before_the_end(world):
    with pytest.raises(Refused) as refusal:
        propose_award(world.enrolment)

    assert refusal.value.code == "not_completed"


def test_an_award_once_voided_is_not_proposed_again(award, world):
    revoke_award(award, by=world.registrar, category="misconduct", reason="Conditions not met.")

    assert propose_award(world.enrolment) == [award]
    assert propose_missed_awards() == 0


def test_the_sweep_finds_what_the_news_missed_and_may_run_twice(world):
    for enrolment in (world.enrolment, world.foreign_enrolment):
        change_state(enrolment, Enrolment.State.COMPLETED, completed_at=timezone.now())

    propose_missed_awards_task()
    propose_missed_awards_task()

    assert Award.objects.waiting().count() == 2


def test_an_authored_achievement_comes_before_a_made_one(world, proposed):
    achievement = proposed.achievement
    Award.objects.all().delete()
    achievement.title_en, achievement.title_sw = "AI Basics", "Misingi ya Akili Unde"
    achievement.save()

    assert propose_award(world.enrolment)[0].achievement == achievement
    assert Achievement.objects.count() == 1


def test_what_is_given_by_hand_is_not_proposed(world, proposed):
    Award.objects.all().delete()
    Achievement.objects.update(rule=Achievement.Rule.BY_HAND)

    assert propose_award(world.enrolment) == []


def test_the_same_award_twice_is_refused_by_the_database(proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(enrolment=proposed.enrolment, achievement=proposed.achievement)


def test_two_people_issue_a_certificate(award, world):
    assert award.state == AwardState.RELEASED
    assert award.serial == f"KSG-{timezone.localdate().year}-000001-{award.serial[-1]}"
    assert award.snapshot["name"] == "Wambui Njoroge"
    assert award.snapshot["organisation"] == "Nyeri County"
    assert award.snapshot["issued_on"]["iso"] == timezone.localdate().isoformat()
    assert award.snapshot_sha256 == hash_snapshot(award.snapshot)
    assert (award.release.prepared_by, award.release.released_by) == (
        world.registrar,
        world.releaser,
    )


def certifier_with_award(world, role):
    person = factories.member(world.centre, role, name="Naliaka Simiyu")
    enrolment = factories.enrol(person, world.run, world.kenya)
    return person, factories.proposed_award(enrolment)


def test_nobody_prepares_their_own_award(world, proposed):
    registrar, own = certifier_with_award(world, Role.REGISTRAR)

    with pytest.raises(Refused) as refusal:
        prepare_release(world.centre, [proposed, own], by=registrar)

    assert refusal.value.code == "own_award"
    assert Award.objects.waiting().count() == 2


def test_nobody_releases_their_own_award(world, proposed):
    releaser, own = certifier_with_award(world, Role.RELEASER)
    release = prepare_release(world.centre, [proposed, own], by=world.registrar)

    with pytest.raises(Refused) as refusal:
        release_awards(release, by=releaser)

    release.refresh_from_db()
    assert (refusal.value.code, release.state) == ("own_award", ReleaseState.OPEN)
    assert Award.objects.issued().count() == 0


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_releases_what_they_prepared(world, proposed, is_superuser):
    both = factories.member(world.centre, Role.REGISTRAR, is_superuser=is_superuser)
    factories.join_organisation(both, world.centre, Role.RELEASER)
    release = prepare_release(world.centre, [proposed], by=both)

    with pytest.raises(Refused) as refusal:
        release_awards(release, by=both)

    proposed.refresh_from_db()
    assert (refusal.value.code, proposed.state) == ("same_person", AwardState.PROPOSED)


def test_the_database_itself_wants_two_people(world, proposed):
    release = prepare_release(world.centre, [proposed], by=world.registrar)

    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(released_by=world.registrar)


def people_without_the_role(world):
    superuser = factories.user(is_superuser=True, is_staff=True)
    return [world.learner, world.administrator, world.trainer, world.kenyan_coordinator, superuser]


def test_only_a_registrar_prepares(world, proposed):
    for person in (*people_without_the_role(world), world.releaser):
        with pytest.raises(Refused) as refusal:
            prepare_release(world.centre, [proposed], by=person)

        assert refusal.value.code == "role_needed"


def test_only_a_releaser_releases(world, proposed):
    release = prepare_release(world.centre, [proposed], by=world.registrar)

    for person in people_without_the_role(world):
        with pytest.raises(Refused) as refusal:
            release_awards(release, by=person)

        assert refusal.value.code == "role_needed"


def test_a_country_s_registrar_prepares_that_country_alone(world, proposed):
    registrar = factories.member(world.kenya, Role.REGISTRAR)
    foreign = factories.proposed_award(world.foreign_enrolment)

    assert list(prepare_release(world.kenya, [proposed], by=registrar).awards.all()) == [proposed]
    with pytest.raises(Refused):
        prepare_release(world.kenya, [foreign], by=registrar)
    with pytest.raises(Refused):
        prepare_release(world.rwanda, [foreign], by=registrar)


def test_an_award_is_in_one_list_at_a_time(world, proposed):
    prepare_release(world.centre, [proposed], by=world.registrar)

    with pytest.raises(Refused) as refusal:
        prepare_release(world.centre, [proposed], by=world.registrar)

    assert refusal.value.code == "not_waiting"


def test_an_empty_list_is_refused(world):
    with pytest.raises(Refused):
        prepare_release(world.centre, [], by=world.registrar)


def test_a_list_is_released_once(award, world):
    with pytest.raises(InvalidTransition):
        release_awards(award.release, by=world.releaser)

    assert Award.objects.issued().count() == 1


def test_what_is_sent_back_waits_again(world, proposed):
    release = prepare_release(world.centre, [proposed], by=world.registrar)

    send_back(release, by=world.releaser, note="The name is misspelt.")

    release.refresh_from_db()
    assert list(Award.objects.waiting()) == [proposed]
    assert (release.state, release.note) == (ReleaseState.DISCARDED, "The name is misspelt.")


def test_the_words_stay_as_released(award, world):
    before = award.snapshot
    world.learner.full_name = "Wambui Kamau"
    world.learner.save()
    Achievement.objects.update(title_en="Something else")

    award.refresh_from_db()

    assert award.snapshot == before
    assert check_public_id(award.public_id).is_intact


def test_a_row_edited_in_the_database_is_noticed(award):
    forged = award.snapshot | {"name": "Someone Else"}
    Award.objects.filter(pk=award.pk).update(
        snapshot=forged,
        snapshot_sha256=hash_snapshot(forged),
    )

    checked = check_public_id(award.public_id)

    assert (checked.is_intact, checked.is_valid) == (False, False)


def test_only_registrars_and_releasers_void(award, world):
    for person in people_without_the_role(world):
        with pytest.raises(Refused):
            revoke_award(award, by=person, category="error", reason="No.")


def test_a_void_award_says_why_and_who(award, world):
    revoke_award(award, by=world.releaser, category="holder", reason="The holder asked for it.")

    award.refresh_from_db()
    assert (award.state, award.revoked_by) == (AwardState.REVOKED, world.releaser)
    assert award.revoked_at


def test_a_void_award_without_a_public_reason_is_refused_by_the_database(award, world):
    with pytest.raises(IntegrityError), transaction.atomic():
        revoke_award(award, by=world.releaser, category="error", reason="")


def test_a_replacement_takes_its_place_when_released(award, world):
    world.learner.full_name = "Wambui Kamau"
    world.learner.save()
    new = propose_replacement(award, by=world.registrar)
    award.refresh_from_db()
    assert award.state == AwardState.RELEASED
    assert propose_replacement(award, by=world.registrar) == new

    release = prepare_release(world.centre, [new], by=world.registrar)
    release_awards(release, by=world.releaser)

    award.refresh_from_db()
    new.refresh_from_db()
    assert (award.state, award.replaced_by) == (AwardState.SUPERSEDED, new)
    assert (new.snapshot["name"], new.snapshot["replaces"]) == ("Wambui Kamau", award.serial)


def test_a_void_award_is_not_replaced(award, world):
    revoke_award(award, by=world.registrar, category="error", reason="Issued in error.")

    with pytest.raises(Refused):
        propose_replacement(award, by=world.registrar)


def test_an_award_expires_after_its_last_day(world, proposed):
    Achievement.objects.update(valid_months=12)
    award = release_awards(
        prepare_release(world.centre, [proposed], by=world.registrar),
        by=world.releaser,
    )[0]

    assert expire_awards(award.valid_until) == 0
    assert expire_awards(award.valid_until + timedelta(days=1)) == 1
    award.refresh_from_db()
    assert award.state == AwardState.EXPIRED
    assert award.snapshot["valid_until"]["iso"] == award.valid_until.isoformat()


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(1, 240))
def test_months_are_added_within_the_calendar(day, months):
    later = _add_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_the_log_tells_who_did_what_without_names(award, world):
    entries = LogEntry.objects.filter(action__startswith="certification.")
    steps = dict(entries.values_list("action", "user"))

    assert steps == {
        "certification.award.proposed": None,
        "certification.release.open": world.registrar.pk,
        "certification.release.released": world.releaser.pk,
        "certification.award.released": world.releaser.pk,
    }
    assert not any("Wambui" in f"{entry.label} {entry.data}" for entry in entries)


def test_awards_listed_are_the_awards_allowed(award, world):
    factories.proposed_award(world.foreign_enrolment)
    people = (*people_without_the_role(world)[:-1], world.stranger, world.registrar, world.releaser)

    for user in people:
        allowed = {
            one for one in Award.objects.all() if user.has_perm("certification.view_award", one)
        }

        assert set(Award.objects.visible_to(user)) == allowed
