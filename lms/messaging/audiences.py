"""Groups of people to write to: apps above register theirs by name, and any list can hand one over.

A list page either posts the ids that were ticked, as `person`, to `messaging:campaign_new`, or links there
with `write_address`, which carries its filters: whom they fit is worked out when the message is sent.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import User
from lms.organisations.models import Membership, Role

SALT = "messaging.audience"
Outcome = Callable[[object, dict, list[int], datetime, datetime], Iterable[int]]


@dataclass(frozen=True)
class Audience:
    """A group by name.

    `people(organisation, params)` is a queryset of User; `form` asks for the params, as plain values, and is
    None for a group that a list hands over. `words(organisation, params)` says who it is, as its sender reads it.
    `outcome(organisation, params, person_ids, since, until)` gives the ids of those who did, in that time,
    what a message to the group asks for; without it a campaign has nothing to compare.
    """

    name: str
    label: str
    people: Callable[[object, dict], QuerySet[User]]
    form: type[forms.Form] | None = forms.Form
    words: Callable[[object, dict], str] | None = None
    outcome: Outcome | None = None
    outcome_label: str = ""


AUDIENCES: dict[str, Audience] = {}


def register_audience(name, label, people, form=forms.Form, **values):
    """Offer a group to those who write messages. Call it in your app's `ready()`."""
    AUDIENCES[name] = Audience(name, label, people, form, **values)


def words_of(organisation, audience: str, params: dict) -> str:
    """Who the group is, in words; empty for one that no app registers any more."""
    found = AUDIENCES.get(audience)
    if found is None:
        return ""
    return found.words(organisation, params) if found.words else str(found.label)


def people_of(organisation, audience: str, params: dict) -> QuerySet[User]:
    """The people of an audience whom the organisation may write to: members of it or of one below."""
    members = Membership.objects.current().filter(organisation__path__startswith=organisation.path)
    found = AUDIENCES[audience].people(organisation, params)
    return User.objects.filter(
        pk__in=found.values("pk"), id__in=members.values("user"), is_active=True
    )


def sign_audience(organisation, audience: str, params: dict) -> str:
    """A filter as a word for an address: only this organisation can use it, and nobody can change it."""
    return signing.dumps([organisation.pk, audience, params], salt=SALT, compress=True)


def write_address(user, organisation, audience: str, params: dict) -> str:
    """Where `user` writes to the people whom a list's filters fit; empty for who may not write to them."""
    if not user.has_perm("messaging.send", organisation):
        return ""
    query = urlencode({"audience": sign_audience(organisation, audience, params)})
    return f"{reverse('messaging:campaign_new', args=[organisation.slug])}?{query}"


def read_audience(organisation, signed: str) -> tuple[str, dict] | None:
    """(audience, params) of what `sign_audience` made for this organisation; None for anything else."""
    try:
        of, audience, params = signing.loads(signed, salt=SALT)
    except signing.BadSignature:
        return None
    return (audience, params) if of == organisation.pk and audience in AUDIENCES else None


class MembersForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.LEARNER)


def _ticked(organisation, params):
    return User.objects.filter(pk__in=params["ids"])


def _members(organisation, params):
    held = Membership.objects.current().filter(
        organisation__path__startswith=organisation.path, role=params["role"]
    )
    return User.objects.filter(pk__in=held.values("user"))


PEOPLE = "people"  # those ticked in a list
register_audience(PEOPLE, _("people chosen in a list"), _ticked, form=None)
register_audience("members", _("everyone with a role"), _members, MembersForm)
