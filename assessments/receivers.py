"""What assessments do when something happened elsewhere, or among themselves."""

from wagtail.signals import published

from assessments.domain.items import freeze_item
from assessments.domain.messages import tell_changes
from assessments.models import Item
from assessments.signals import attempt_submitted, regrade_finished
from assessments.tasks import mail_receipt_task


def on_item_published(sender, instance, revision=None, **kwargs):
    freeze_item(instance, by=revision.user if revision else None)


def on_attempt_submitted(sender, attempt, **kwargs):
    mail_receipt_task.delay(attempt.enrolment.organisation_id, attempt.pk)


def on_regrade_finished(sender, regrade, **kwargs):
    tell_changes(regrade)  # in the task that replayed the attempts


published.connect(on_item_published, sender=Item)
attempt_submitted.connect(on_attempt_submitted)
regrade_finished.connect(on_regrade_finished)
