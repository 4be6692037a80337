"""Cohorts: groups that an organisation sends to a run."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.models import Cohort, CourseRun
from lms.core.errors import Refused
from lms.organisations.models import Organisation
from lms.organisations.scoping import every_organisation

_LONGEST = Cohort._meta.get_field("slug").max_length or 64


def _slug(*words: str) -> str:
    """A short name that nobody has: with a number where one does."""
    stem = slugify(" ".join(words))[: _LONGEST - 4].strip("-") or "cohort"
    with every_organisation():  # short names are unique everywhere; only the next free one leaves
        taken = set(Cohort.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in [stem, *numbered] if slug not in taken)


@transaction.atomic
def add_cohort(organisation: Organisation, run: CourseRun, name: str, *, by) -> Cohort:
    """Begin a cohort of `organisation` in `run`; refuses a name that another of its cohorts there has."""
    name = " ".join(name.split())
    try:
        with transaction.atomic():
            cohort = Cohort.objects.create(
                organisation=organisation,
                run=run,
                name=name,
                slug=_slug(organisation.slug, run.code, name),
            )
    except IntegrityError as error:
        raise Refused(
            _("There is a cohort “%(name)s” in %(run)s already. Choose another name.")
            % {"name": name, "run": run.code},
            code="cohort_name",
        ) from error
    log(cohort, "courses.cohort.added", user=by)
    return cohort
