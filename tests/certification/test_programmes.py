"""A completed programme earns its award, once, also when the news was lost."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from certification.domain.proposals import centre_issuer, propose_missed_awards
from certification.domain.releases import prepare_release, release_awards
from certification.models import Achievement, Award
from courses.domain.enrolment import enrol
from courses.domain.programmes import record_programme_completions
from courses.models import Enrolment
from lms.core.states import change_state
from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture
def programme(world):
    page = factories.programme({"courses": [factories.course(1, with_quiz=False)]})
    Achievement.objects.create(
        programme=page,
        title_en="Foundation of Digital Transformation",
        hours=20,
        issuer=centre_issuer(),
        rule=Achievement.Rule.PROGRAMME_COMPLETED,
    )
    return page


def complete(world, programme):
    run = factories.run(
        programme.levels[0].value["courses"][0]["course"].specific, programme=programme
    )
    enrolment = enrol(world.learner, run, world.nyeri)
    change_state(enrolment, Enrolment.State.COMPLETED, completed_at=timezone.now())
    record_programme_completions(enrolment)
    return enrolment


def programme_awards(programme):
    return Award.objects.filter(achievement__programme=programme)


def test_completing_a_programme_proposes_its_award_once(
    world, programme, django_capture_on_commit_callbacks
):
    with every_organisation():  # the platform's ledger
        with django_capture_on_commit_callbacks(execute=True):
            complete(world, programme)
        assert programme_awards(programme).count() == 1
        propose_missed_awards()
        assert programme_awards(programme).count() == 1


def test_the_sweep_finds_what_the_news_lost(world, programme):
    with every_organisation():  # the platform's ledger
        complete(world, programme)
        assert not programme_awards(programme).exists()
        propose_missed_awards()
        assert programme_awards(programme).count() == 1


def test_the_certificate_names_the_programme(world, programme, signing_folder):
    with every_organisation():  # the platform's ledger
        complete(world, programme)
        propose_missed_awards()
        award = programme_awards(programme).get()
        release = prepare_release(world.centre, [award], by=world.registrar)
        (award,) = release_awards(release, by=world.releaser)

    assert award.snapshot["course"] == programme.code
    assert award.snapshot["level"]["en"] == "Foundations"


def test_an_achievement_is_of_a_course_or_a_programme(world, programme):
    both = Achievement(
        programme=programme,
        course=world.run.course,
        title_en="Both",
        hours=1,
        issuer=centre_issuer(),
    )

    with pytest.raises(ValidationError):
        both.full_clean()
