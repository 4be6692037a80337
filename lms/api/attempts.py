"""The attempt ledger for a browser's outbox: assessments design, section 4.2."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.security import django_auth

from assessments.domain.answer_files import device_key
from assessments.domain.attempts import attempt_items, attempt_standings, lock_attempt
from assessments.domain.ledger import acknowledged
from assessments.domain.quizzes import frozen_quiz
from assessments.domain.recording import (
    EVENTS_AT_ONCE,
    append_events,
    open_attempt,
    other_devices,
)
from assessments.forms import events_of, item_forms
from assessments.models import Attempt
from courses.models import Enrolment

router = Router(tags=["attempts"], auth=django_auth)


class OpenIn(Schema):
    device: UUID
    user_agent: str = Field("", max_length=400)


class OpenOut(Schema):
    """`answers` maps positions to the values that count; `file_key` signs answer files of this device."""

    epoch: int
    state: str
    ack: int
    answers: dict[int, Any]
    others: int
    file_key: str
    server_time: datetime
    deadline: datetime | None


class EventIn(Schema):
    seq: int = Field(ge=1, le=1_000_000)
    type: Literal["answer", "check", "flag", "away", "submit"]
    position: int | None = Field(None, ge=1, le=1000)
    inputs: list[tuple[str, str]] = Field([], max_length=400)
    value: bool | dict[str, int | str] | None = None
    claimed_at: datetime | None = None


class EventsIn(Schema):
    device: UUID
    events: list[EventIn] = Field(max_length=EVENTS_AT_ONCE)


class EventsOut(Schema):
    """`refused` maps numbers to sentences, `remarks` positions to sentences on what will not score as it stands."""

    ack: int
    holes: list[int]
    state: str
    others: int
    refused: dict[int, str]
    remarks: dict[int, str]
    receipt: str
    submitted_at: datetime | None
    server_time: datetime
    deadline: datetime | None
    url: str


def _own(request: HttpRequest) -> QuerySet[Attempt]:
    live = Enrolment.objects.live().filter(user=request.user)
    return Attempt.objects.filter(enrolment__in=live)


@router.post("/attempts/{uuid}/open", response=OpenOut)
def open_on_device(request: HttpRequest, uuid: UUID, sent: OpenIn) -> dict[str, Any]:
    """Say that the attempt is open in a browser; its later answers go before those of earlier ones."""
    attempt = get_object_or_404(_own(request), uuid=uuid)
    device = open_attempt(attempt, sent.device, sent.user_agent)
    items = attempt_items(attempt)
    standings = attempt_standings(attempt, items, frozen_quiz(attempt.revision_id))
    return {
        "epoch": device.epoch,
        "state": attempt.state,
        "ack": acknowledged(device.responses.values_list("seq", flat=True)),
        "answers": {item.position: standings[item.pk].value for item in items},
        "others": other_devices(attempt, sent.device),
        "file_key": device_key(attempt, sent.device),
        "server_time": timezone.now(),
        "deadline": attempt.deadline_at,
    }


@router.post("/attempts/{uuid}/events", response=EventsOut, url_name="append_events")
@transaction.atomic
def append_sent_events(request: HttpRequest, uuid: UUID, sent: EventsIn) -> dict[str, Any]:
    """Append what a device did, each once; what was sent before changes nothing."""
    try:
        attempt = lock_attempt(_own(request), uuid=uuid)
    except Attempt.DoesNotExist as error:
        raise Http404 from error
    positions = {event.position for event in sent.events if event.position}
    items = list(attempt.items.filter(position__in=positions).select_related("version"))
    forms = item_forms(attempt, items, {}, frozen_quiz(attempt.revision_id)) if items else {}
    events = events_of(attempt, forms, [event.dict() for event in sent.events])
    reply = append_events(
        attempt, sent.device, events, items={item.position: item.pk for item in items}
    )
    return {
        "ack": reply.ack,
        "holes": reply.holes,
        "state": reply.state,
        "others": other_devices(attempt, sent.device),
        "refused": reply.refused,
        "remarks": {
            event.position: forms[event.position].kind.remark(
                forms[event.position].body, event.value
            )
            for event in events
            if event.type in {"answer", "check"} and event.position in forms and not event.problem
        },
        "receipt": attempt.receipt,
        "submitted_at": attempt.submitted_at,
        "server_time": timezone.now(),
        "deadline": attempt.deadline_at,
        "url": reverse("assessments:review", args=[attempt.enrolment_id, attempt.uuid]),
    }
