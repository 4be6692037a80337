"""Background doors of admissions: each calls one domain function and may run twice."""

from celery import shared_task

from admissions.domain.nominations import fill_free_seats, release_no_shows
from admissions.domain.seats import release_unused_seats


@shared_task
def release_seats_task():
    release_no_shows()
    release_unused_seats()
    fill_free_seats()
