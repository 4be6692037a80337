"""The two-person release, voiding and expiry."""

import calendar
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certification import rules
from certification.domain.qr import sign_claims
from certification.domain.serials import next_serial
from certification.domain.snapshots import draw_snapshot, hash_snapshot
from certification.models import Award, Release, RevocationReason
from lms.core.errors import Refused
from lms.core.states import change_state
from lms.organisations.models import Organisation


def _demand(is_allowed: bool, sentence: str) -> None:  # noqa: FBT001 - reads as "demand that"
    if not is_allowed:
        raise Refused(sentence, code="role_needed")


def _refuse_own(awards, by) -> None:
    """Nobody has a hand in their own certificate, whatever their roles."""
    if any(rules.is_own_award(by, award) for award in awards):
        raise Refused(
            _("Your own certificate is on this list. Somebody else has to handle it."),
            code="own_award",
        )


@transaction.atomic
def prepare_release(organisation: Organisation, awards, *, by) -> Release:
    """Gather waiting awards of `organisation` and below for a second person to release.

    Refused without a registrar's role there, for an empty list, for what does not wait, and for
    the registrar's own award.
    """
    _demand(
        rules.may_prepare(by, organisation),
        _("Only a registrar of this organisation prepares certificates."),
    )
    wanted = {award.pk for award in awards}
    if not wanted:
        raise Refused(_("Choose at least one person."), code="empty")
    found = list(
        Award.objects.waiting()
        .within(organisation)
        .filter(pk__in=wanted)
        .select_related("enrolment")
        .select_for_update(of=("self",)),
    )
    if len(found) != len(wanted):
        raise Refused(
            _("Some of these are being prepared by someone else already. Look at the list again."),
            code="not_waiting",
        )
    _refuse_own(found, by)
    release = Release.objects.create(organisation=organisation, prepared_by=by)
    log(release, "certification.release.open", user=by, data={"awards": len(found)})
    Award.objects.filter(pk__in=wanted).update(release=release)
    return release


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _demand_second_person(release: Release, by) -> None:
    """Nobody stands above this rule, a superuser neither."""
    if release.prepared_by_id == by.pk:
        raise Refused(
            _("You prepared this release, so another person has to release it."),
            code="same_person",
        )
    _demand(
        rules.may_release(by, release.organisation),
        _("Only a releaser of this organisation releases certificates."),
    )


def words_of(awards: list[Award]) -> str:
    """Return a hash of what the second person reads: people may rename themselves meanwhile."""
    rows = [
        (
            award.pk,
            award.enrolment.user.full_name,
            award.achievement.title_en,
            award.achievement.hours,
        )
        for award in sorted(awards, key=lambda award: award.pk)
    ]
    return sha256(repr(rows).encode()).hexdigest()


@transaction.atomic
def release_awards(release: Release, *, by, read: str | None = None) -> list[Award]:
    """Issue every award of `release`: serial, frozen words, signed QR code. All of them or none.

    Refused to whoever prepared it, to anyone without the releaser's role, to one whose own award is
    among them, and when the words are not those of `read`, what the person had before their eyes.
    """
    release = (
        Release.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=release.pk)
    )
    _demand_second_person(release, by)
    now = timezone.now()
    change_state(release, Release.State.RELEASED, by=by, released_by=by, released_at=now)
    awards = list(release.awards.with_facts().select_related("replaces").order_by("pk"))
    _refuse_own(awards, by)
    if read is not None and read != words_of(awards):
        raise Refused(
            _("A name or title changed since you opened this list. Read it again, then release."),
            code="changed",
        )
    for award in awards:
        _issue(award, by=by, now=now)
    return awards


def _issue(award: Award, *, by, now) -> None:
    issued_on = timezone.localdate(now)
    months = award.achievement.valid_months
    valid_until = _add_months(issued_on, months) if months else None
    serial = next_serial(award.achievement.issuer, issued_on.year)
    snapshot = draw_snapshot(award, serial=serial, issued_on=issued_on, valid_until=valid_until)
    snapshot_sha256 = hash_snapshot(snapshot)
    if award.replaces:
        change_state(award.replaces, Award.State.SUPERSEDED, by=by)
    change_state(
        award,
        Award.State.RELEASED,
        by=by,
        serial=serial,
        snapshot=snapshot,
        snapshot_sha256=snapshot_sha256,
        qr=sign_claims(snapshot, snapshot_sha256, at=now),
        released_at=now,
        valid_until=valid_until,
    )


@transaction.atomic
def send_back(release: Release, *, by, note: str) -> None:
    """Dissolve an open release; its awards wait again, and the note tells the registrar why."""
    _demand(
        rules.may_revoke(by, release.organisation),
        _("Only those who prepare and release certificates can send a list back."),
    )
    change_state(release, Release.State.DISCARDED, by=by, note=note)
    release.awards.update(release=None)


@transaction.atomic
def revoke_award(
    award: Award,
    *,
    by,
    reason: str,
    category: RevocationReason = RevocationReason.OTHER,
) -> None:
    """Void an issued award; whoever verifies it reads the date and `reason` from now on."""
    organisation = award.enrolment.organisation
    _demand(
        rules.may_revoke(by, organisation),
        _("Only a registrar or releaser of this organisation voids certificates."),
    )
    change_state(
        award,
        Award.State.REVOKED,
        by=by,
        revoked_at=timezone.now(),
        revoked_by=by,
        revocation_reason=category,
        revocation_text=reason,
    )


def expire_awards(today: date | None = None) -> int:
    """Mark the awards whose last day is over as expired; return how many."""
    today = today or timezone.localdate()
    over = list(Award.objects.filter(state=Award.State.RELEASED, valid_until__lt=today))
    for award in over:
        change_state(award, Award.State.EXPIRED)
    return len(over)
