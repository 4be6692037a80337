"""Background work of certification."""

from celery import shared_task

from certification.domain.proposals import propose_missed_awards
from certification.domain.releases import expire_awards
from lms.organisations.scoping import every_organisation


@shared_task
def propose_missed_awards_task():
    with every_organisation():  # a sweep over all enrolments, whosever they are
        propose_missed_awards()
        expire_awards()
