"""Background work of messaging."""

from itertools import groupby

from celery import shared_task

from lms.messaging.domain.agreements import warn_of_agreements
from lms.messaging.domain.campaigns import run_campaign, unfinished_campaigns
from lms.messaging.domain.delivering import deliver_message, sweep
from lms.messaging.domain.digests import send_digests
from lms.messaging.domain.sending import CHUNK
from lms.messaging.models import Campaign
from lms.organisations.scoping import every_organisation
from lms.organisations.tasks import scoped_task


@scoped_task
def deliver_messages_task(organisation_id, message_ids):
    for message_id in message_ids:
        deliver_message(message_id)


@scoped_task
def run_campaign_task(organisation_id, campaign_id):
    run_campaign(Campaign.objects.get(pk=campaign_id))


@shared_task
def sweep_messages_task():
    """Take up again what a lost task or a dead worker left."""
    with every_organisation():  # whosever they are
        stalled = sorted(sweep())
        campaigns = unfinished_campaigns()
    for organisation_id, rows in groupby(stalled, key=lambda row: row[0]):
        ids = [pk for _organisation, pk in rows]
        for start in range(0, len(ids), CHUNK):
            deliver_messages_task.delay(organisation_id, ids[start : start + CHUNK])
    for organisation_id, pk in campaigns:
        run_campaign_task.delay(organisation_id, pk)


@shared_task
def send_digests_task():
    with every_organisation():  # whosever they are
        send_digests()


@shared_task
def warn_of_agreements_task():
    with every_organisation():  # each country's own staff are told
        warn_of_agreements()
