"""Background work of assessments."""

from celery import shared_task

from assessments.domain.attempts import submit_overdue_attempts
from lms.organisations.scoping import every_organisation


@shared_task
def submit_overdue_attempts_task():
    with every_organisation():  # a sweep over all attempts, whosever they are
        submit_overdue_attempts()
