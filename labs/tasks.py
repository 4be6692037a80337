"""Background work of labs."""

from celery import shared_task

from labs.domain.checking import resume_checks, run_check
from labs.domain.saves import keep_changed
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
