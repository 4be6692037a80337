"""Proposing awards: when a course is completed, and again from state if the news was lost."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certification.models import Achievement, Award, AwardState, Issuer
from certification.models.achievements import Rule
from courses.models import CoursePage, Enrolment, ProgrammeCompletion
from lms.core.errors import Refused
from lms.organisations.models import Kind, Organisation

DEFAULT_ISSUER = {
    "prefix": "KSG",
    "name_en": "Kenya School of Government",
    "unit_en": "Regional Centre of Competence for Digital and AI Skilling",
    "unit_sw": "Kituo cha Kikanda cha Umahiri wa Kidijitali na Akili Unde",
    "signatory1_office": "Director General",
    "signatory2_office": "Head, Regional Centre of Competence",
}


def centre_issuer() -> Issuer:
    """Return the Centre's issuer, made at first need."""
    centre = Organisation.objects.filter(kind=Kind.CENTRE).order_by("path").first()
    if centre is None:
        raise Refused(
            _("There is no Centre yet, so nobody can issue certificates."),
            code="no_issuer",
        )
    return Issuer.objects.get_or_create(organisation=centre, defaults=DEFAULT_ISSUER)[0]


def achievements_of(course: CoursePage) -> list[Achievement]:
    """Return what completing `course` earns, made from its own words if nothing was authored."""
    found = list(Achievement.objects.earned_by_completing(course))
    if found or course.achievements.exists():  # authored to be given by hand only
        return found
    translated = course.get_translations().live().filter(locale__language_code="sw").first()
    achievement, _created = Achievement.objects.get_or_create(
        course=course,
        title_en=course.award_title or course.title,
        defaults={
            "title_sw": (translated.award_title or translated.title) if translated else "",
            "hours": course.hours,
            "issuer": centre_issuer(),
        },
    )
    return [achievement]


def propose_award(enrolment: Enrolment) -> list[Award]:
    """Propose what a completed enrolment earned; whoever was proposed before is not proposed again.

    An award that was voided stays the decision: a new one is a replacement, asked for by a person.
    """
    if enrolment.state != Enrolment.State.COMPLETED:
        raise Refused(
            _("An award rests on a completed course; this one is not completed."),
            code="not_completed",
        )
    return [
        _propose(enrolment, achievement) for achievement in achievements_of(enrolment.run.course)
    ]


def propose_programme_award(completion: ProgrammeCompletion) -> list[Award]:
    """Propose what a completed programme earned, resting on the course that completed it."""
    programme = completion.enrolment.programme
    return [
        _propose(completion.last_course, achievement)
        for achievement in Achievement.objects.earned_by_programme(programme)
    ]


def _propose(enrolment: Enrolment, achievement: Achievement) -> Award:
    first = Award.objects.filter(
        enrolment=enrolment,
        achievement=achievement,
        replaces__isnull=True,
    )
    if award := first.first():
        return award
    try:
        with transaction.atomic():
            award = Award.objects.create(enrolment=enrolment, achievement=achievement)
            log(award, "certification.award.proposed")
    except IntegrityError:  # the news and the sweep at once
        return first.get()
    return award


def propose_missed_awards() -> int:
    """Propose for every completed enrolment and programme without an award; return for how many."""
    missed = Enrolment.objects.filter(state=Enrolment.State.COMPLETED, awards__isnull=True)
    count = 0
    for enrolment in missed.select_related("run__course", "user", "organisation"):
        count += bool(propose_award(enrolment))
    for completion in _missed_programmes():
        count += bool(propose_programme_award(completion))
    return count


def _missed_programmes():
    """Completed programmes that earn an achievement and have no award for it."""
    earned = Achievement.objects.filter(
        rule=Rule.PROGRAMME_COMPLETED, programme=OuterRef("enrolment__programme")
    ).exclude(awards__enrolment=OuterRef("last_course"))
    return ProgrammeCompletion.objects.filter(Exists(earned), level_key="").select_related(
        "enrolment__programme", "last_course__organisation"
    )


@transaction.atomic
def propose_replacement(award: Award, *, by) -> Award:
    """Propose the correction of an issued award, which stays valid until the new one is released.

    Its words are taken anew on release, so correct the name or the achievement first.
    """
    found = Award.objects.filter(replaces=award).first()
    if found:
        return found
    if award.state not in {AwardState.RELEASED, AwardState.EXPIRED}:
        raise Refused(
            _("Only a certificate that was issued and is not void can be replaced."),
            code="not_replaceable",
        )
    replacement = Award.objects.create(
        enrolment=award.enrolment,
        achievement=award.achievement,
        replaces=award,
    )
    log(replacement, "certification.award.proposed", user=by, data={"replaces": award.serial})
    return replacement
