"""Background work on rosters."""

from celery import shared_task

from courses.domain.telling import send_invitations
from courses.models import Cohort
from lms.organisations.scoping import every_organisation
from lms.organisations.tasks import scoped_task
from rosters.domain.imports import clear_old, resume_stalled, work_on
from rosters.models import RosterImport


@scoped_task
def work_on_roster_task(organisation_id, roster_id):
    work_on(RosterImport.objects.select_related("cohort__organisation", "by").get(pk=roster_id))


@scoped_task
def send_invitations_task(organisation_id, cohort_id):
    send_invitations(Cohort.objects.select_related("organisation").get(pk=cohort_id))


@shared_task
def resume_rosters_task():
    """Take up again what a lost message or a dead worker left."""
    with every_organisation():  # whosever they are
        resume_stalled(work_on_roster_task.delay)


@shared_task
def clear_rosters_task():
    with every_organisation():  # a sweep over all imports, whosever they are
        clear_old()
