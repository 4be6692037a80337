"""Background work of labs."""

from contextlib import suppress

from celery import shared_task

from labs.backends import LabsDown
from labs.domain.checking import resume_checks, run_check
from labs.domain.classes import warm_classes
from labs.domain.places import move_line
from labs.domain.remarking import foresee_remark, resume_remarks, run_remark
from labs.domain.saves import keep_changed
from labs.domain.sessions import reconcile, sweep_access
from labs.domain.submissions import mark_submission, requeue_forgotten
from labs.models import LabCheck, Remark, Submission
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


@scoped_task
def foresee_remark_task(organisation_id, remark_id):
    if foresee_remark(Remark.objects.get(pk=remark_id)):
        foresee_remark_task.delay(organisation_id, remark_id)


@scoped_task
def apply_remark_task(_organisation_id, remark_id):
    run_remark(Remark.objects.get(pk=remark_id))


@shared_task
def resume_remarks_task():
    """Take up again what a lost message or a dead worker left."""
    with every_organisation():  # whosever they are
        for remark in resume_remarks():
            is_applied = remark.state == Remark.State.APPLYING
            task = apply_remark_task if is_applied else foresee_remark_task
            task.delay(remark.organisation_id, remark.pk)
