"""Messages to a group: frozen, queued in steps, and compared with those who got none."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.accounts.models import User
from lms.core.errors import Refused
from lms.core.queue import delay_on_commit
from lms.core.states import change_state
from lms.messaging.audiences import AUDIENCES, people_of
from lms.messaging.domain.comparing import Comparison, compare
from lms.messaging.domain.preferences import preference_of
from lms.messaging.domain.rendering import text_in
from lms.messaging.domain.sending import queue
from lms.messaging.models import Campaign, Message, Reason
from lms.messaging.registry import CAMPAIGN, Channel
from lms.messaging.texts import sms_size

STEP = 200  # people of a transaction


def is_held_back(campaign_id: int, person_id: int, percent: int) -> bool:
    """Whether the person is one of those who get nothing: by hash, so the answer is always the same."""
    digest = sha256(f"{campaign_id}:{person_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % 10_000 < percent * 100


@dataclass(frozen=True)
class Estimate:
    """Whom a campaign would reach, and about what for."""

    people: int
    mails: int
    texts: int
    cost: Decimal
    currency: str


def estimate(campaign: Campaign) -> Estimate:
    """Count the mails and text messages of `campaign`, not yet saved, and their cost, were none held back."""
    people = people_of(campaign.organisation, campaign.audience, campaign.audience_params)
    count = mails = texts = parts = 0
    for person in people.select_related("message_preference").iterator(1000):
        count += 1
        channels = _channels(campaign, person)
        words = text_in(campaign.texts, person.language or settings.LANGUAGE_CODE)
        if Channel.EMAIL in channels and person.email:
            mails += 1
        if Channel.SMS in channels and person.is_phone_verified and words.get("sms"):
            texts += 1
            parts += sms_size(words["sms"]).parts
    cost = parts * Decimal(settings.SMS_PART_COST)
    return Estimate(count, mails, texts, cost, settings.SMS_PART_CURRENCY)


def _channels(campaign, person):
    preference = preference_of(person)
    if campaign.channels:
        return set(campaign.channels) & preference.allowed(campaign.purpose)
    return preference.wanted(campaign.purpose)


@transaction.atomic
def launch_campaign(campaign: Campaign, *, by) -> Campaign:
    """Freeze the group as it is now, save `campaign` and queue its sending; refused for an empty group.

    A form that is sent twice, as a double click does, gives the campaign there is.
    """
    from lms.messaging.tasks import run_campaign_task  # tasks import the domain

    if found := Campaign.objects.filter(token=campaign.token).first():
        return found
    people = people_of(campaign.organisation, campaign.audience, campaign.audience_params)
    campaign.person_ids = list(people.order_by("pk").values_list("pk", flat=True))
    if not campaign.person_ids:
        raise Refused(
            _("Nobody is in this group now. Choose another group."), code="empty_audience"
        )
    campaign.created_by = by
    campaign.save()
    log(campaign, "messaging.campaign.launched", user=by, data={"people": len(campaign.person_ids)})
    delay_on_commit(run_campaign_task, campaign.organisation_id, campaign.pk)
    return campaign


def run_campaign(campaign: Campaign) -> None:
    """Queue the messages of a campaign, going on where it was left. Two at once do each step once."""
    while _queue_step(campaign.pk):
        pass


@transaction.atomic
def _queue_step(pk):
    """Queue the next people; whether there are more."""
    campaign = Campaign.objects.select_for_update().get(pk=pk)
    if campaign.state == Campaign.State.DONE:
        return False
    if campaign.state == Campaign.State.WAITING:
        change_state(campaign, Campaign.State.RUNNING)
    ids = campaign.person_ids[campaign.done : campaign.done + STEP]
    if not ids:
        change_state(campaign, Campaign.State.DONE, finished_at=timezone.now())
        return False
    held = [pk for pk in ids if is_held_back(campaign.pk, pk, campaign.holdout_percent)]
    people = User.objects.filter(pk__in=set(ids) - set(held)).select_related("message_preference")
    queue(
        people,
        CAMPAIGN,
        organisation=campaign.organisation,
        dedupe=f"campaign {campaign.pk}",
        channels=campaign.channels,
        campaign=campaign,
    )
    _record_held_back(campaign, held)
    campaign.done += len(ids)
    campaign.save(update_fields=["done"])
    return True


def _record_held_back(campaign, person_ids):
    Message.objects.bulk_create(
        (
            Message(
                person_id=person_id,
                organisation=campaign.organisation,
                key=CAMPAIGN.key,
                channel=Channel.IN_APP,
                purpose=campaign.purpose,
                dedupe=f"campaign {campaign.pk}",
                campaign=campaign,
                state=Message.State.SUPPRESSED,
                reason=Reason.HOLDOUT,
            )
            for person_id in person_ids
        ),
        ignore_conflicts=True,
    )


def unfinished_campaigns() -> list[tuple[int, int]]:
    """(organisation, campaign) of those that should have been queued by now."""
    before = timezone.now() - timedelta(minutes=2)
    waiting = Campaign.objects.exclude(state=Campaign.State.DONE).filter(created_at__lt=before)
    return list(waiting.values_list("organisation_id", "pk"))


def judged_on(campaign: Campaign):
    return campaign.created_at + timedelta(days=campaign.outcome_days)


def comparison_of(campaign: Campaign) -> Comparison | None:
    """Those who were to be told against those held back, counted by what they did since.

    Everybody who was to be told counts, reached or not: whom a message reaches is not a matter of chance.
    None where nothing was held back, the group has no outcome, or one side has fewer than five people.
    """
    audience = AUDIENCES.get(campaign.audience)
    if not (campaign.holdout_percent and audience and audience.outcome):
        return None
    did = set(
        audience.outcome(
            campaign.organisation,
            campaign.audience_params,
            campaign.person_ids,
            campaign.created_at,
            judged_on(campaign),
        )
    )
    held = {
        pk for pk in campaign.person_ids if is_held_back(campaign.pk, pk, campaign.holdout_percent)
    }
    told = set(campaign.person_ids) - held
    return compare(len(told & did), len(told), len(held & did), len(held))
