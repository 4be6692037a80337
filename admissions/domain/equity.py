"""Who is put forward and who is chosen, by gender, county and disability, small counts hidden."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from admissions.models import Nomination
from admissions.models.nominations import Gender
from courses.models import CourseRun
from courses.models.enrolments import SEATED
from lms.core.small_counts import hide_small


@dataclass(frozen=True)
class EquityTable:
    """`rows` are (label, nominated, chosen); None is a count too small to show."""

    title: str
    rows: list[tuple[str, int | None, int | None]]


def equity_view(run: CourseRun) -> list[EquityTable]:
    """One table for each of the three, over all nominations of `run` in scope; three queries."""
    nominations = Nomination.objects.filter(enrolment__run=run)
    genders = {"": _("not said"), **dict(Gender.choices)}
    disabled = {None: _("not said"), True: _("yes"), False: _("no")}
    return [
        _table(_("Gender"), nominations, "gender", lambda value: str(genders[value])),
        _table(_("County"), nominations, "county__name", lambda value: value or str(_("not said"))),
        _table(
            _("Lives with a disability"),
            nominations,
            "has_disability",
            lambda value: str(disabled[value]),
        ),
    ]


def _table(title, nominations, field, label) -> EquityTable:
    counted = (
        nominations.order_by()
        .values_list(field)
        .annotate(nominated=Count("pk"), chosen=Count("pk", filter=Q(enrolment__state__in=SEATED)))
    )
    rows = sorted((label(value), nominated, chosen) for value, nominated, chosen in counted)
    return EquityTable(
        title,
        list(
            zip(
                [name for name, _nominated, _chosen in rows],
                hide_small([nominated for _name, nominated, _chosen in rows]),
                hide_small([chosen for _name, _nominated, chosen in rows]),
                strict=True,
            )
        ),
    )
