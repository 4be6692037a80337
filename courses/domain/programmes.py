"""Programmes: cutting their rules, beginning one, and recording what was earned."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from courses.domain.programme_rules import (
    ProgrammeStanding,
    StepState,
    course_keys,
    programme_standing,
    renewal_opens_on,
    valid_until,
)
from courses.models import (
    CoursePage,
    Enrolment,
    ProgrammeCompletion,
    ProgrammeEdition,
    ProgrammeEnrolment,
    ProgrammePage,
)
from courses.signals import programme_completed
from lms.accounts.models import User
from lms.core.errors import Refused
from lms.organisations.models import Organisation
from lms.organisations.scoping import every_organisation


def _course(page: Page, *, is_elective: bool = False) -> dict:
    course = CoursePage.objects.get(pk=page.pk)
    return {
        "key": str(course.translation_key),
        "code": course.code,
        "title": course.title,
        "slug": course.slug,
        "is_elective": is_elective,
    }


def draw_rules(programme: ProgrammePage) -> dict:
    """Return the rules that `programme` states now, as ProgrammeEdition.rules."""
    levels = []
    for block in programme.levels:
        value = block.value
        levels.append(
            {
                "key": block.id,
                "title": value["title"],
                "level": value["level"],
                "gate": _course(value["gate"]) if value["gate"] else None,
                "courses": [
                    _course(each["course"], is_elective=each["is_elective"])
                    for each in value["courses"]
                ],
                "is_in_order": value["is_in_order"],
                "electives": value["electives"],
                "practical": _course(value["practical"]) if value["practical"] else None,
            }
        )
    return {
        "levels": levels,
        "valid_months": programme.valid_months,
        "renewal_months": programme.renewal_months,
    }


@transaction.atomic
def cut_programme_edition(programme: ProgrammePage, *, by=None) -> ProgrammeEdition:
    """Freeze the programme's rules as its next edition, or return the newest if nothing changed.

    Who began under older rules stays with them: what they earned is never asked for again.
    """
    Page.objects.select_for_update().get(pk=programme.pk)
    rules = draw_rules(programme)
    newest = programme.editions.first()
    if newest and newest.rules == rules:
        return newest
    number = (programme.editions.aggregate(Max("number"))["number__max"] or 0) + 1
    edition = ProgrammeEdition.objects.create(programme=programme, number=number, rules=rules)
    log(edition, "courses.programme_edition.cut", user=by, data={"number": number})
    return edition


@transaction.atomic
def begin_programme(user, programme: ProgrammePage, organisation) -> ProgrammeEnrolment:
    """Put `user` in `programme` by its newest rules, or return where they are already."""
    edition = programme.editions.first()
    if edition is None:
        raise Refused(_("This programme is not published yet."), code="not_published")
    with every_organisation():  # begun on behalf of an earlier employer, perhaps
        return ProgrammeEnrolment.objects.get_or_create(
            user=user,
            programme=programme,
            defaults={"edition": edition, "organisation": organisation},
        )[0]


@transaction.atomic
def begin_programmes(
    places: Sequence[tuple[User, Organisation]], programme: ProgrammePage
) -> list[ProgrammeEnrolment]:
    """As `begin_programme` for many people, each on behalf of an organisation; returns those that are new."""
    edition = programme.editions.first()
    if edition is None:
        raise Refused(_("This programme is not published yet."), code="not_published")
    with every_organisation():  # begun on behalf of an earlier employer, perhaps
        begun = ProgrammeEnrolment.objects.filter(
            programme=programme, user__in=[user for user, _organisation in places]
        )
        known = set(begun.values_list("user_id", flat=True))
        return ProgrammeEnrolment.objects.bulk_create(
            ProgrammeEnrolment(
                user=user, programme=programme, edition=edition, organisation=organisation
            )
            for user, organisation in places
            if user.pk not in known
        )


def completed_courses(user) -> dict[str, list[datetime]]:
    """When `user` completed each course, by its stable key, whoever sent them; one query."""
    found: dict[str, list[datetime]] = defaultdict(list)
    with every_organisation():  # a person's own learning, whoever employed them then
        rows = Enrolment.objects.filter(user=user, state=Enrolment.State.COMPLETED)
        for key, at in rows.values_list("run__course__translation_key", "completed_at"):
            found[str(key)].append(at)
    return found


def period_of(
    enrolment: ProgrammeEnrolment, completions: list[ProgrammeCompletion]
) -> tuple[int, datetime | None]:
    """Return the number of the period that courses count for now, and since when they do."""
    whole = [row for row in completions if not row.level_key]
    if not whole:
        return 1, None
    last = max(whole, key=lambda row: row.number)
    if last.valid_until is None:
        return last.number, None
    opens_on = renewal_opens_on(last.valid_until, enrolment.edition.rules["renewal_months"])
    if timezone.localdate() < opens_on:
        return last.number, None
    return last.number + 1, timezone.make_aware(datetime.combine(opens_on, time.min))


def standing_of(enrolment: ProgrammeEnrolment) -> tuple[ProgrammeStanding, int]:
    """Where the person stands in the current period, and the period's number."""
    number, since = period_of(enrolment, list(enrolment.completions.all()))
    completed = completed_courses(enrolment.user)
    return programme_standing(enrolment.edition.rules, completed, since=since), number


def refuse_if_locked(user, programme: ProgrammePage, course: CoursePage) -> None:
    """Refuse, saying what comes first, where the programme does not open `course` to `user` yet."""
    with every_organisation():  # the person's own
        enrolment = ProgrammeEnrolment.objects.filter(user=user, programme=programme).first()
        if enrolment:
            standing, _number = standing_of(enrolment)
        else:
            edition = programme.editions.first()
            if edition is None:
                raise Refused(_("This programme is not published yet."), code="not_published")
            standing = programme_standing(edition.rules, completed_courses(user))
    step = standing.step(str(course.translation_key))
    if step and step.state == StepState.LOCKED:
        raise Refused(
            _("“%(course)s” opens when this is completed: %(first)s.")
            % {"course": step.title, "first": ", ".join(step.waits_for)},
            code="locked",
        )


@transaction.atomic
def record_programme_completions(enrolment: Enrolment) -> list[ProgrammeCompletion]:
    """Append what completing `enrolment` earned in the person's programmes; a second call adds nothing."""
    key = str(enrolment.run.course.translation_key)
    earned = []
    with every_organisation():  # the person's own programmes, whoever sent them
        theirs = ProgrammeEnrolment.objects.select_for_update().filter(user=enrolment.user_id)
        for row in theirs.select_related("edition", "programme"):
            if key in course_keys(row.edition.rules):
                earned += _record_completions(row, enrolment)
    return earned


def _record_completions(
    enrolment: ProgrammeEnrolment, last_course: Enrolment
) -> list[ProgrammeCompletion]:
    rules = enrolment.edition.rules
    standing, number = standing_of(enrolment)
    complete = [level.key for level in standing.levels if level.is_complete]
    if standing.is_complete:
        complete.append("")
    earned = []
    for key in complete:
        completed_at = last_course.completed_at
        row, is_new = ProgrammeCompletion.objects.get_or_create(
            enrolment=enrolment,
            level_key=key,
            number=number,
            defaults={
                "edition": enrolment.edition,
                "completed_at": completed_at,
                "valid_until": None
                if key
                else valid_until(timezone.localdate(completed_at), rules["valid_months"]),
                "last_course": last_course,
            },
        )
        if is_new:
            earned.append(row)
            transaction.on_commit(
                partial(programme_completed.send, ProgrammeCompletion, completion=row)
            )
    return earned
