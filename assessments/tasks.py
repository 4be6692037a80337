"""Background work of assessments."""

from celery import shared_task

from assessments.domain.attempts import submit_overdue_attempts
from assessments.domain.regrading import run_regrade
from assessments.domain.statistics import (
    analyse_quiz,
    banks_of,
    calibrate_bank,
    quizzes_to_analyse,
)
from assessments.formats.importing import run_import
from assessments.models import ItemBank, ItemImport, Regrade
from lms.organisations.scoping import every_organisation
from lms.organisations.tasks import scoped_task


@shared_task
def submit_overdue_attempts_task():
    with every_organisation():  # a sweep over all attempts, whosever they are
        submit_overdue_attempts()


@scoped_task
def regrade_task(organisation_id, regrade_id):
    run_regrade(Regrade.objects.get(pk=regrade_id))


@shared_task
def resume_regrades_task():
    """Take up again what a lost message or a dead worker left."""
    with every_organisation():  # whosever they are
        waiting = Regrade.objects.exclude(state=Regrade.State.DONE).values_list(
            "organisation_id", "pk"
        )
        for organisation_id, pk in list(waiting):
            regrade_task.delay(organisation_id, pk)


@shared_task
def import_items_task(import_id):
    run_import(ItemImport.objects.get(pk=import_id))


@shared_task
def analyse_quizzes_task():
    """Queue each quiz that has new attempts or marks, and the banks that its questions come from."""
    with every_organisation():  # only numbers leave
        keys = quizzes_to_analyse()
        for key in keys:
            analyse_quiz_task.delay(key)
        for bank in banks_of(keys):
            calibrate_bank_task.delay(bank)


@shared_task
def analyse_quiz_task(key):
    with every_organisation():  # only numbers leave
        analyse_quiz(key)


@shared_task
def calibrate_bank_task(bank_id):
    with every_organisation():  # only numbers leave
        calibrate_bank(ItemBank.objects.get(pk=bank_id))
