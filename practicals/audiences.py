"""Those booked for a session, and those who wait for a seat, as groups to write to."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.models import User
from lms.messaging.audiences import register_audience
from practicals.domain.attendance import listed_bookings
from practicals.domain.booking import waiting_list
from practicals.models import PracticalSession

BOOKED, WAITING = "practicals.booked", "practicals.waiting"


def _session(params):
    return PracticalSession.objects.get(pk=params["session"])


def _of(bookings: QuerySet) -> QuerySet[User]:
    return User.objects.filter(pk__in=bookings.order_by().values("enrolment__user"))


def _booked(organisation, params):
    people = _of(listed_bookings(_session(params)))
    for word in params.get("search", "").split():
        people = people.filter(full_name__icontains=word)
    return people


def _booked_in_words(organisation, params):
    facts = {"session": _session(params).title, "search": params.get("search", "")}
    if facts["search"]:
        return _("Those booked for %(session)s with “%(search)s” in their name") % facts
    return _("Those booked for %(session)s") % facts


def _waiting(organisation, params):
    return _of(waiting_list(_session(params)))


def _waiting_in_words(organisation, params):
    return _("Those on the waiting list of %(session)s") % {"session": _session(params).title}


register_audience(
    BOOKED,
    gettext_lazy("people booked for a practical session"),
    _booked,
    form=None,
    words=_booked_in_words,
)
register_audience(
    WAITING,
    gettext_lazy("people who wait for a seat in a practical session"),
    _waiting,
    form=None,
    words=_waiting_in_words,
)
