"""Background work of labs."""

from contextlib import suppress

from celery import shared_task

from labs.backends import LabsDown
from labs.domain.checking import resume_checks, run_check
from labs.domain.classes import warm_classes
from labs.domain.places import move_line
from labs.domain.saves import keep_changed
from labs.domain.sessions import reconcile, sweep_access
from labs.domain.submissions import mark_submission, requeue_forgotten
from labs.models import LabCheck, Submission
from lms.organisations.scoping import every_organisation
from lms.organisations.tasks import scoped_task


@scoped_task
def mark_submission_task(_organisation_id, submission_id):
    mark_submission(Submission.objects.get(pk=submission_id))


@shared_task
def mark_waiting_submissions_task():
    with every_organisation():  # a sweep over all submissions, whosever they are
        requeue_forgotten()


@shared_task
def keep_changed_notebooks_task():
    with every_organisation():  # a sweep over all homes, whosever they are
        keep_changed()


@shared_task
def run_check_task(check_id):
    run_check(LabCheck.objects.get(pk=check_id))


@shared_task
def resume_checks_task():
    resume_checks()


@shared_task
def sweep_access_task():
    sweep_access()


@shared_task
def watch_labs_task():
    """Compare sessions with the Hub's list, move the line on, and start what classes need."""
    with suppress(LabsDown):  # what is done without the Hub goes on
        reconcile()
    move_line()
    warm_classes()
