"""Background work of practicals."""

from celery import shared_task

from lms.organisations.scoping import every_organisation
from practicals.domain.reminders import send_reminders
from practicals.domain.sessions import close_sessions


@shared_task
def remind_task():
    with every_organisation():  # a sweep over all bookings, whosever they are
        send_reminders()


@shared_task
def close_sessions_task():
    with every_organisation():  # likewise
        close_sessions()
