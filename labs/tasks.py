"""Background work of labs."""

from celery import shared_task

from labs.backends import LabsDown
from labs.domain.remarking import foresee_remark, resume_remarks, run_remark
from labs.domain.submissions import mark_submission, requeue_forgotten
from labs.domain.watching import look_at_work
from labs.models import Remark, Submission
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
def look_at_work_task():
    """See how far learners are, for the boards of their trainers."""
    with every_organisation():  # every learner's own notebook, whosever they are
        try:
            look_at_work()
        except LabsDown:
            return  # the boards show what was seen last


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
