"""Answer files: what a phone kept, brought by hand when no line would carry it.

An attempt gives each device a key of its own when it opens; the device signs its file with it. The file proves that
it comes from a browser where the learner had the attempt open, unchanged since. It proves no times: those are
claims, and answers it brings late are marked so.
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from assessments.models import Attempt
from lms.core.errors import Refused

FORMAT = "umahiri-answers-1"
EVENTS_AT_MOST = 5000


def device_key(attempt: Attempt, device: UUID) -> str:
    """The key, in hex, that a device signs its answer files of this attempt with."""
    secret = settings.SECRET_KEY.encode()
    text = f"{FORMAT}:{attempt.uuid}:{device}".encode()
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def signature(payload: str, key: str) -> str:
    """HMAC-SHA-256 (RFC 2104) of the payload's text, in hex."""
    return hmac.new(bytes.fromhex(key), payload.encode(), hashlib.sha256).hexdigest()


def signed_answers(attempt: Attempt) -> dict[str, Any]:
    """What the server has of an attempt, as {"payload": JSON text, "signature": hex}."""
    rows = attempt.responses.select_related("item", "device")
    payload = json.dumps(
        {
            "format": FORMAT,
            "attempt": str(attempt.uuid),
            "device": "server",
            "receipt": attempt.receipt,
            "events": [
                {
                    "seq": row.seq,
                    "device": str(row.device.device),
                    "type": row.type,
                    "position": row.item.position if row.item else None,
                    "value": row.value,
                    "certainty": row.certainty,
                    "claimed_at": row.claimed_at.isoformat(),
                    "received_at": row.received_at.isoformat(),
                    "is_accepted": row.is_accepted,
                }
                for row in rows
            ],
        },
        ensure_ascii=False,
    )
    key = device_key(attempt, UUID(int=0))
    return {"payload": payload, "signature": signature(payload, key)}


def read_answer_file(text: str) -> tuple[Attempt, UUID, list[dict]]:
    """Return (attempt, device, raw events) of a file whose signature holds; Refused with a sentence otherwise.

    Only attempts in the open scope are found.
    """
    broken = Refused(
        _("This is not an answer file, or it is damaged. Ask for it again, as it was saved."),
        code="not_an_answer_file",
    )
    try:
        outer = json.loads(text)
        inner = json.loads(outer["payload"])
        device, uuid = UUID(inner["device"]), UUID(inner["attempt"])
        events = inner["events"]
        if inner["format"] != FORMAT or not isinstance(events, list):
            raise broken
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise broken from error
    attempt = Attempt.objects.select_related("enrolment__user").filter(uuid=uuid).first()
    if attempt is None:
        raise Refused(
            _("This file belongs to no attempt of your learners."), code="unknown_attempt"
        )
    if not hmac.compare_digest(
        signature(outer["payload"], device_key(attempt, device)), str(outer.get("signature"))
    ):
        raise Refused(
            _("The file was changed after the phone saved it, so nothing was taken from it."),
            code="wrong_signature",
        )
    if len(events) > EVENTS_AT_MOST:
        raise broken
    return attempt, device, events


def moment_of(text: Any) -> datetime | None:
    """Read a time with its zone, or None for anything else."""
    try:
        moment = parse_datetime(str(text))
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
