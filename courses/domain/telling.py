"""Telling a person of a move of their enrolment, in the transaction that makes it."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from courses.messages import OF_STATE
from courses.models import Enrolment, EnrolmentChange, EnrolmentState
from lms.messaging.domain.sending import send
from lms.messaging.registry import Channel
from lms.organisations.domain import subtree_scope


def tell_of_moves(changes: Iterable[EnrolmentChange]) -> None:
    """Queue what each person should hear of `changes`; what somebody did themselves is no news to them."""
    for change in changes:
        enrolment = change.enrolment
        kind = OF_STATE.get(EnrolmentState(change.state))
        if kind is None or change.by_id == enrolment.user_id:
            continue
        with subtree_scope(enrolment.organisation):
            send(
                enrolment.user,
                kind.key,
                organisation=enrolment.organisation,
                dedupe=f"enrolment change {change.pk}",
                context={
                    "course": enrolment.run.course.title,
                    "run": enrolment.run.code,
                    "reason": change.reason,
                    "link": settings.SITE_URL + reverse("courses:pending", args=[enrolment.pk]),
                },
                channels=_channels(enrolment),
            )


def _channels(enrolment: Enrolment) -> list[str] | None:
    """An invitation reaches who has not signed in yet, so also a number that nobody checked; else what they wish."""
    if enrolment.state != EnrolmentState.INVITED or enrolment.user.last_login:
        return None
    reached: list[str] = [Channel.IN_APP.value]
    if enrolment.user.email:
        reached.append(Channel.EMAIL.value)
    elif enrolment.user.phone:
        reached.append(Channel.SMS.value)
    return reached
