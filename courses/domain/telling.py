"""Telling people of moves of their enrolments, in the transaction that makes them."""

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from courses.messages import OF_STATE
from courses.models import Cohort, Enrolment, EnrolmentChange, EnrolmentState
from lms.messaging.domain.sending import queue
from lms.messaging.registry import Channel
from lms.organisations.domain import subtree_scope


def tell_of_move(change: EnrolmentChange) -> None:
    """Queue what the person should hear of `change`; what they did themselves is no news to them."""
    enrolment = change.enrolment
    if change.by_id != enrolment.user_id:
        _tell([enrolment], reason=change.reason, dedupe=f"enrolment change {change.pk}")


def send_invitations(cohort: Cohort) -> int:
    """Send everyone in `cohort` who has a place and did not answer their invitation; return how many there are.

    A second call reaches only those who came since: nobody is written to twice.
    """
    with subtree_scope(cohort.organisation):
        invited = list(
            Enrolment.objects.filter(cohort=cohort, state=EnrolmentState.INVITED).select_related(
                "run__course", "organisation", "user__message_preference"
            )
        )
    _tell(invited, reason="", dedupe=f"invitation to run {cohort.run_id}")
    return len(invited)


def _tell(enrolments: Iterable[Enrolment], *, reason: str, dedupe: str) -> None:
    """Queue the message of each enrolment's state; a constant number of queries for each organisation."""
    groups: dict[tuple, list[Enrolment]] = defaultdict(list)
    for enrolment in enrolments:
        key = (enrolment.run_id, enrolment.organisation_id, enrolment.state, _channels(enrolment))
        groups[key].append(enrolment)
    for (_run, _organisation, state, channels), group in groups.items():
        kind = OF_STATE.get(EnrolmentState(state))
        if kind is None:
            continue
        organisation = group[0].organisation
        with subtree_scope(organisation):
            queue(
                [enrolment.user for enrolment in group],
                kind,
                organisation=organisation,
                dedupe=dedupe,
                context={
                    "course": group[0].run.course.title,
                    "run": group[0].run.code,
                    "reason": reason,
                    "link": settings.SITE_URL + reverse("courses:dashboard"),
                },
                channels=channels,
            )


def _channels(enrolment: Enrolment) -> tuple[str, ...] | None:
    """An invitation reaches who has not signed in yet, so also a number that nobody checked; else what they wish."""
    if enrolment.state != EnrolmentState.INVITED or enrolment.user.last_login:
        return None
    in_app: str = Channel.IN_APP.value
    if enrolment.user.email:
        return (in_app, Channel.EMAIL.value)
    return (in_app, Channel.SMS.value) if enrolment.user.phone else (in_app,)
