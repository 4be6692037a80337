"""Supervised recovery: one helper opens it, another approves, the person shows a code at the new address."""

import secrets
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log

from lms.accounts.domain.addresses import addresses_of, is_taken, tell
from lms.accounts.domain.recovery import recover_account
from lms.core.errors import Refused
from lms.core.states import change_state
from lms.organisations import rules
from lms.organisations.models import Recovery
from lms.organisations.roles import covers
from lms.organisations.scoping import every_organisation

LIFE = timedelta(hours=24)
TRIES = 5
CODE_DIGITS = 8


def _refuse_helper(by, user, organisation):
    if by == user:
        raise Refused(_("Nobody recovers their own account. Ask two others."), code="own_account")
    if not rules.may_recover(by, organisation):
        raise Refused(
            _("Accounts are recovered by coordinators and administrators of the organisation."),
            code="not_helper",
        )
    if not covers(by, user):
        raise Refused(
            _("This person may do more than you. Ask an administrator of the organisation above."),
            code="wider_rights",
        )


@transaction.atomic
def open_recovery(user, organisation, address, *, reason, checked, by):
    """Ask for `address` to become the way into the account of `user`; a second helper has to approve.

    Refuses oneself, strangers to the organisation, people of wider rights, an address of another
    account, and a second one while one is open.
    """
    _refuse_helper(by, user, organisation)
    belongs = user.memberships.current().filter(organisation__path__startswith=organisation.path)
    if not belongs.exists():
        raise Refused(_("This person does not belong to the organisation."), code="stranger")
    if is_taken(address, besides=user):
        raise Refused(
            _("The new address belongs to another account. Look whether both are one person."),
            code="address_taken",
        )
    with every_organisation():  # a person has one that is open, whoever asked for it
        for old in Recovery.objects.filter(user=user, expires_at__lte=timezone.now()):
            if old.state in {Recovery.State.REQUESTED, Recovery.State.APPROVED}:
                change_state(old, Recovery.State.EXPIRED)
    channel, value = address
    try:
        with transaction.atomic():
            recovery = Recovery.objects.create(
                user=user,
                organisation=organisation,
                channel=channel,
                address=value,
                reason=reason,
                checked=checked,
                requested_by=by,
                expires_at=timezone.now() + LIFE,
            )
    except IntegrityError as error:
        raise Refused(
            _("A recovery of this account is open already."), code="recovery_open"
        ) from error
    log(recovery, "organisations.recovery_opened", user=by, data={"person": user.pk})
    return recovery


def _refuse_over(recovery):
    if recovery.is_over:
        raise Refused(
            _("This recovery is older than 24 hours. Open a new one."), code="recovery_expired"
        )


def _hash(recovery, code):
    return salted_hmac(f"recovery:{recovery.public_id}", code, algorithm="sha256").hexdigest()


@transaction.atomic
def approve_recovery(recovery, *, by):
    """Send the person a code to the new address, and word of it to the earlier ones.

    Refuses the helper who opened it, and all whom opening it refuses.
    """
    _refuse_helper(by, recovery.user, recovery.organisation)
    if by == recovery.requested_by:
        raise Refused(_("A second helper has to approve."), code="second_helper_needed")
    _refuse_over(recovery)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    change_state(
        recovery,
        Recovery.State.APPROVED,
        by=by,
        decided_by=by,
        code_hash=_hash(recovery, code),
        expires_at=timezone.now() + LIFE,
    )
    transaction.on_commit(partial(_send, recovery, code))


def _send(recovery, code):
    user = recovery.user
    link = settings.SITE_URL + reverse("organisations:recovery_complete", args=[recovery.public_id])
    with override(user.language or settings.LANGUAGE_CODE):
        text = _(
            "Two of your organisation's staff help you back into your Umahiri account. "
            "Open %(link)s within 24 hours and type the code %(code)s."
        ) % {"link": link, "code": code}
        tell([(recovery.channel, recovery.address)], _("Back into your account"), text)
        warning = _(
            "Staff of your organisation are giving your Umahiri account a new address. "
            "If you did not ask for it, tell your coordinator today."
        )
        tell(addresses_of(user), _("Your account gets a new address"), warning)


@transaction.atomic
def refuse_recovery(recovery, *, by):
    """End it; also one that is approved, as long as the code was not used. Its opener may, too."""
    _refuse_helper(by, recovery.user, recovery.organisation)
    change_state(recovery, Recovery.State.REFUSED, by=by, decided_by=by)


def complete_recovery(recovery, code):
    """Give the account back to who shows the code; return whether the code was right."""
    with transaction.atomic():
        recovery = (
            Recovery.objects.select_for_update(of=["self"])
            .select_related("user")
            .get(pk=recovery.pk)
        )
        if recovery.state != Recovery.State.APPROVED:
            raise Refused(_("This recovery is not open any more."), code="recovery_closed")
        _refuse_over(recovery)
        if recovery.tries >= TRIES:
            raise Refused(
                _("The code was tried too often. Ask your coordinator to start again."),
                code="too_many_tries",
            )
        if not constant_time_compare(_hash(recovery, code), recovery.code_hash):
            recovery.tries += 1
            recovery.save(update_fields=["tries"])
            return False
        recover_account(recovery.user, (recovery.channel, recovery.address), by=None)
        change_state(recovery, Recovery.State.DONE, code_hash="")
        return True
