"""Two accounts of one person: finding them, making them one, and taking them apart again."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log
from wagtail.models import BaseLogEntry

from lms.accounts.signals import access_ended
from lms.core.errors import Refused
from lms.organisations import rules
from lms.organisations.models import Membership, Merge, Recovery
from lms.organisations.roles import covers
from lms.organisations.scoping import every_organisation

# what lets somebody in is never handed on, and who did what stays as it was written
STAY = (BaseLogEntry, Authenticator, Token, Merge, Recovery)
# where both accounts may have one, and the other's can rest with the closed account
MAY_REST = {"account", "accounts", "organisations", "wagtailusers", "wagtailadmin", "wagtailcore"}
OWNER = "user"
DIGITS_ALIKE = 9  # as many as a number has in Kenya without its country


@dataclass(frozen=True)
class Pair:
    """Two accounts that may be one person's, and why we think so."""

    first: object
    second: object
    reason: str


REASONS = {
    "email": gettext_lazy("nearly the same e-mail"),
    "phone": gettext_lazy("nearly the same phone number"),
    "name": gettext_lazy("the same name in one organisation"),
}


def plain_email(email):
    """The mailbox behind spellings of an address: case, and what follows a plus sign, do not count."""
    local, _at, host = email.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{host}"


def plain_name(name):
    """A name without case, accents and marks, its words in order of the alphabet."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    # an apostrophe may be a letter of its own kind, Lm
    letters = (
        c for c in apart if c.isspace() or unicodedata.category(c) in {"Ll", "Lo", "Lu", "Lt"}
    )
    return " ".join(sorted("".join(letters).split()))


def _likenesses(person, organisation_id):
    addresses = {person.email, *(record.email for record in person.emailaddress_set.all())}
    for email in filter(None, addresses):
        yield "email", plain_email(email)
    if person.phone:
        yield "phone", person.phone[-DIGITS_ALIKE:]
    if name := plain_name(person.full_name):
        yield "name", (organisation_id, name)


def find_duplicates(organisation):
    """Pairs of active accounts of `organisation` and below that look like one person's."""
    memberships = (
        Membership.objects.current()
        .filter(organisation__path__startswith=organisation.path, user__is_active=True)
        .select_related("user")
        .prefetch_related("user__emailaddress_set")
        .order_by("user_id")
    )
    alike = defaultdict(dict)
    for membership in memberships:
        for likeness in _likenesses(membership.user, membership.organisation_id):
            alike[likeness][membership.user_id] = membership.user
    pairs = {}
    for (reason, _value), people in alike.items():
        for first, second in combinations(people.values(), 2):
            pairs.setdefault((first.pk, second.pk), Pair(first, second, REASONS[reason]))
    return [pairs[key] for key in sorted(pairs)]


def _references():
    """(model, field) of everything that points to a person and goes along with them."""
    for relation in get_user_model()._meta.get_fields(include_hidden=True):
        is_reverse = relation.auto_created and not relation.concrete
        if not is_reverse or not (relation.one_to_many or relation.one_to_one):
            continue
        if not issubclass(relation.related_model, STAY):
            yield relation.related_model, relation.field.name


def _hand_over(model, name, kept, merged):
    """Point rows of `model` from `merged` to `kept`; return the keys of those moved and those that clash."""
    rows = model._meta.base_manager.filter(**{name: merged})
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return [], []
    try:
        with transaction.atomic():
            rows.update(**{name: kept})
    except DatabaseError:  # a constraint, or a trigger that keeps a row as it is
        pass
    else:
        return keys, []
    moved, left = [], []
    for key in keys:
        try:
            with transaction.atomic():
                model._meta.base_manager.filter(pk=key).update(**{name: kept})
            moved.append(key)
        except DatabaseError:  # a constraint, or a trigger that keeps a row as it is
            left.append(key)
    return moved, left


def _refuse(by, organisation, *people):
    if not rules.may_merge(by, organisation):
        raise Refused(
            _("Accounts are joined by administrators of an organisation above both."),
            code="not_administrator",
        )
    for person in people:
        belongs = person.memberships.current().filter(
            organisation__path__startswith=organisation.path
        )
        if not belongs.exists():
            raise Refused(
                _("%(person)s does not belong to %(organisation)s.")
                % {"person": person, "organisation": organisation},
                code="stranger",
            )
        if person == by or not covers(by, person):
            raise Refused(
                _(
                    "You cannot join your own account, or that of a person who may do more than you."
                ),
                code="wider_rights",
            )


def _take_addresses(kept, merged, moved):
    """Give `kept` the address that it lacks; each is unique, so it leaves the other account first."""
    people = get_user_model()._meta.base_manager
    for fields in (["email"], ["phone", "is_phone_verified"]):
        if getattr(kept, fields[0]) or not getattr(merged, fields[0]):
            continue
        values = {name: getattr(merged, name) for name in fields}
        for person, new in ((merged, dict.fromkeys(fields[:1])), (kept, values)):
            for name, value in new.items():
                moved.append(_entry(person, name, [person.pk], getattr(person, name), value))
            people.filter(pk=person.pk).update(**new)


def _entry(model, field, keys, old, new):
    return {
        "model": model._meta.label,
        "field": field,
        "keys": [str(key) for key in keys],
        "old": old,
        "new": new,
    }


@transaction.atomic
def merge_accounts(kept, merged, organisation, *, by):
    """Make `merged` part of `kept` and close it; what was changed is kept for `undo_merge`.

    Refuses all but administrators above both, accounts that are closed, and two that both have what
    cannot be joined, such as a place in the same run.
    """
    people = get_user_model().objects.select_for_update().order_by("pk")
    both = {person.pk: person for person in people.filter(pk__in=[kept.pk, merged.pk])}
    if len(both) < 2:  # noqa: PLR2004  two accounts
        raise Refused(_("Choose two different accounts."), code="one_account")
    kept, merged = both[kept.pk], both[merged.pk]
    if not (kept.is_active and merged.is_active):
        raise Refused(_("One of the accounts is closed."), code="account_closed")
    _refuse(by, organisation, kept, merged)
    moved, left = [], []
    for model, name in _references():
        with every_organisation():  # all that is the person's goes along, wherever they learned
            keys, clashing = _hand_over(model, name, kept, merged)
        if clashing and name == OWNER and model._meta.app_label not in MAY_REST:
            raise Refused(
                _("Both accounts have “%(thing)s” that cannot be joined. End one of them first.")
                % {"thing": model._meta.verbose_name},
                code="cannot_join",
            )
        if keys:
            moved.append(_entry(model, name, keys, merged.pk, kept.pk))
        if clashing:
            left.append(_entry(model, name, clashing, merged.pk, merged.pk))
    _take_addresses(kept, merged, moved)
    moved.append(_entry(merged, "is_active", [merged.pk], True, False))
    get_user_model()._meta.base_manager.filter(pk=merged.pk).update(is_active=False)
    merge = Merge.objects.create(
        organisation=organisation, kept=kept, merged=merged, by=by, moved=moved, left=left
    )
    data = {"kept": kept.pk, "merged": merged.pk}
    log(merge, "organisations.accounts_merged", user=by, data=data)
    transaction.on_commit(partial(access_ended.send, get_user_model(), user=merged))
    return merge


@transaction.atomic
def undo_merge(merge, *, by):
    """Give every row back that the merge moved and that has not been moved on since.

    Refuses a second time, and while a later merge of one of the two stands.
    """
    merge = Merge.objects.select_for_update(of=["self"]).get(pk=merge.pk)
    if not rules.may_merge(by, merge.organisation):
        raise Refused(
            _("Joined accounts are taken apart by administrators of the organisation."),
            code="not_administrator",
        )
    if merge.undone_at:
        raise Refused(_("These accounts are apart already."), code="merge_undone")
    both = [merge.kept_id, merge.merged_id]
    with every_organisation():  # wherever the two were joined again
        later = Merge.objects.filter(pk__gt=merge.pk, undone_at__isnull=True)
        if later.filter(Q(kept__in=both) | Q(merged__in=both)).exists():
            raise Refused(
                _("One of the accounts was joined with another one later. Take those apart first."),
                code="later_merge",
            )
    with every_organisation():  # as they were joined
        for entry in reversed(merge.moved):
            rows = apps.get_model(entry["model"])._meta.base_manager.filter(pk__in=entry["keys"])
            rows.filter(**{entry["field"]: entry["new"]}).update(**{entry["field"]: entry["old"]})
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    data = {"kept": merge.kept_id, "merged": merge.merged_id}
    log(merge, "organisations.merge_undone", user=by, data=data)
    return merge
