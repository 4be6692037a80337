"""By what those nominated for a run are ranked: stated before the first is chosen."""

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from admissions.models import Nomination, SelectionCriteria
from admissions.ranking import CRITERIA, DEFAULT, Criterion, validate_criteria
from courses.models import CourseRun
from courses.models.enrolments import SEATED
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation


def criteria_of(run: CourseRun) -> list[Criterion]:
    """The criteria stated for `run`, or those that hold where none were."""
    stated = SelectionCriteria.objects.filter(run=run).first()
    return CRITERIA.validate_python(stated.criteria if stated else DEFAULT)


def has_begun(run: CourseRun) -> bool:
    """Whether somebody nominated for `run` was chosen already."""
    with every_organisation():  # the criteria are the run's, whoever was chosen first
        return Nomination.objects.filter(enrolment__run=run, enrolment__state__in=SEATED).exists()


@transaction.atomic
def set_criteria(run: CourseRun, criteria: list[dict], *, by) -> None:
    """State by what `run` selects. Refused once somebody was chosen: all are measured alike."""
    _hold_before_the_first(run)
    validate_criteria(criteria)
    SelectionCriteria.objects.update_or_create(run=run, defaults={"criteria": criteria})
    log(run, "admissions.criteria_set", user=by, data={"criteria": criteria})


@transaction.atomic
def drop_criteria(run: CourseRun, *, by) -> None:
    """Go back to the usual criteria. Refused once somebody was chosen."""
    _hold_before_the_first(run)
    SelectionCriteria.objects.filter(run=run).delete()
    log(run, "admissions.criteria_set", user=by, data={"criteria": DEFAULT})


def _hold_before_the_first(run: CourseRun) -> None:
    CourseRun.objects.select_for_update().get(pk=run.pk)
    if has_begun(run):
        raise Refused(
            _("Somebody was chosen for %(run)s already, so its criteria stay as they are.")
            % {"run": run.code},
            code="selection_begun",
        )
