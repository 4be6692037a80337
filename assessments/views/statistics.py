"""What answers say of quizzes and questions, for those who teach: in words first, figures behind them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from assessments.domain.statistics import attempts_alike, labels_of, request_statistics
from assessments.models import (
    Attempt,
    AttemptState,
    Item,
    ItemStatistics,
    QuizPage,
    QuizStatistics,
)
from assessments.statistics import charts, evidence
from lms.core.exports import stream_csv
from lms.core.permissions import demand

PAGE_SIZE = 50
ACCEPTING = {"choice", "choices", "text"}  # kinds that take one right answer more


def _titles(keys):
    """{key: title in the reader's language, or in another}."""
    pages = QuizPage.objects.filter(translation_key__in=keys).values_list(
        "translation_key", "title", "locale__language_code"
    )
    return {
        key: title
        for key, title, _language in sorted(pages, key=lambda row: row[2] == get_language())
    }


def quiz_list(request, organisation):
    """Quizzes that the organisation's learners have finished, the newest attempts first."""
    demand(request, "assessments.teach", organisation)
    quizzes = (
        Attempt.objects.closed()
        .order_by()
        .values("activity_key")
        .annotate(
            people=Count("enrolment__user", distinct=True),
            attempts=Count("pk"),
            waiting=Count("pk", filter=Q(state=AttemptState.SUBMITTED)),
            newest=Max("submitted_at"),
        )
        .order_by("-newest", "activity_key")
    )
    page = Paginator(quizzes, PAGE_SIZE).get_page(request.GET.get("page"))
    keys = [row["activity_key"] for row in page]
    titles = _titles(keys)
    found = {
        row.activity_key: row
        for row in QuizStatistics.objects.newest().filter(activity_key__in=keys)
    }
    rows = [
        {
            **row,
            "title": titles.get(row["activity_key"]) or _("A quiz that is no longer there"),
            "found": found.get(row["activity_key"]),
        }
        for row in page
    ]
    context = {"organisation": organisation, "page": page, "rows": rows}
    return render(request, "assessments/statistics/quiz_list.html", context)


def _title(organisation, key):
    """The quiz's title; 404 where no learner in scope has finished it."""
    if not Attempt.objects.closed().filter(activity_key=key).exists():
        raise Http404
    return _titles([key]).get(key) or _("A quiz that is no longer there")


@dataclass(frozen=True)
class Action:
    """A link to where something can be done about a question."""

    url: str
    label: str


@dataclass(frozen=True)
class Row:
    """A question of a quiz: its figures, what is odd about it in words, and what can be done."""

    number: int
    figures: ItemStatistics
    reasons: list[str]
    actions: list[Action]

    @property
    def item(self):
        return self.figures.version.item

    @property
    def facility_limits(self):
        figures = self.figures
        return evidence.share_limits(figures.facility, figures.n) if figures.facility else None


def _reason(flag, labels):
    words = {
        "option": labels.get(flag["value"], flag["value"]),
        "share": number_format(100 * (flag["figure"] or 0), 0),
    }
    match flag["code"]:
        case "wrong_key":
            sentence = _(
                "Those who picked “%(option)s” did better on the rest of the quiz than the others. "
                "It may be right too, or the key may be wrong."
            )
        case "negative":
            sentence = _("People who do well on the rest of the quiz tend to get this one wrong.")
        case "guessed":
            sentence = _("Only %(share)s %% of the points were reached: no more than by guessing.")
        case "hard":
            sentence = _("Only %(share)s %% of the points were reached.")
        case "easy":
            sentence = _("%(share)s %% of the points were reached: it tells hardly anybody apart.")
        case _:
            sentence = _("Nobody picked “%(option)s”, so it takes no part in the question.")
    return sentence % words


def _actions(request, organisation, key, figures, labels):
    """One for each thing that can be done about what is odd; each leads to a page that asks first."""
    item = figures.version.item
    codes = {flag["code"] for flag in figures.flags}
    regrade = reverse("assessments:regrade_new", args=[organisation.slug, item.pk])
    actions = [
        Action(
            f"{regrade}?{urlencode({'action': 'accept', 'option': flag['value'], 'quiz': key})}",
            _("Accept “%(option)s” too") % {"option": labels.get(flag["value"], flag["value"])},
        )
        for flag in figures.flags
        if flag["code"] == "wrong_key" and figures.version.kind in ACCEPTING
    ]
    if request.user.has_perm("assessments.change_item"):
        address = reverse(Item.snippet_viewset.get_url_name("edit"), args=[item.pk])
        actions.append(Action(address, _("Change the question")))
    if codes & {"wrong_key", "negative"}:
        if item.current_id != figures.version_id:
            actions.append(
                Action(
                    f"{regrade}?{urlencode({'action': 'rescore', 'quiz': key})}",
                    _("Mark again by the newest key"),
                )
            )
        actions.append(
            Action(f"{regrade}?{urlencode({'action': 'drop', 'quiz': key})}", _("Leave it out"))
        )
    return actions


def _rows(request, organisation, key, found):
    """The questions of a run; one query."""
    figures = (
        ItemStatistics.objects.filter(run=found.run_id)
        .select_related("version__item")
        .order_by("version__item_id", "version__number")
    )
    rows = []
    for number, each in enumerate(figures, start=1):
        labels = labels_of(each.version) if each.flags else {}
        reasons = [_reason(flag, labels) for flag in each.flags]
        actions = _actions(request, organisation, key, each, labels) if each.flags else []
        rows.append(Row(number, each, reasons, actions))
    return rows


def _weak_pass_mark(found):
    """What to say beside a pass mark that the figures cannot carry, or None."""
    figures = found.figures
    consistency, mark = figures["consistency"], figures["pass_mark"]
    if mark is None or found.n < evidence.DISCRIMINATION_FROM or consistency is None:
        return None
    if consistency >= 100 * evidence.SHAKY or not figures["maximum"]:
        return None
    error = 100 * figures["standard_error"] / figures["maximum"]
    low, high = evidence.resit_band(mark, error, 100)
    return {"error": error, "low": low, "high": high, "reliability": consistency / 100}


def _plots(found, rows, calibrated):
    plots: dict[str, Any] = {"frame": charts.FRAME}
    if found.n >= evidence.FACILITY_FROM:
        plots["histogram"] = charts.histogram(
            found.figures["histogram"], found.figures["pass_mark"]
        )
    dots = [
        (
            str(row.number),
            row.figures.facility,
            row.figures.discrimination,
            bool(row.figures.flags),
        )
        for row in rows
        if row.figures.discrimination is not None and row.figures.facility is not None
    ]
    if dots:
        plots["scatter"] = charts.scatter(dots)
    if calibrated:
        plots["curve"] = charts.information_curve(
            [row.a for row in calibrated], [row.b for row in calibrated]
        )
    return plots


def quiz_statistics(request, organisation, key):
    """What to look at, in words; then the figures of the quiz and of its questions."""
    demand(request, "assessments.teach", organisation)
    title = _title(organisation, key)
    found = QuizStatistics.objects.newest().filter(activity_key=key).first()
    context = {"organisation": organisation, "key": key, "title": title, "found": found}
    if found:
        rows = _rows(request, organisation, key, found)
        if request.GET.get("format") == "csv":
            return _csv(rows)
        calibrated = list(
            ItemStatistics.objects.calibrated([row.figures.version_id for row in rows])
        )
        context |= {
            "rows": rows,
            "odd": [row for row in rows if row.reasons],
            "weak": _weak_pass_mark(found),
            "plots": _plots(found, rows, calibrated),
            "calibrated": len(calibrated),
            "is_firm": all(row.n >= evidence.FIRM_FROM for row in calibrated),
            "gates": evidence,
        }
    return render(request, "assessments/statistics/quiz.html", context)


def _csv(rows):
    header = [
        _("Question"),
        _("Identifier"),
        _("Version"),
        _("Answers"),
        _("Facility"),
        _("Standard deviation"),
        _("Guessing gives"),
        _("Discrimination, per cent"),
        _("Lower limit"),
        _("Upper limit"),
        _("Efficiency, per cent"),
        _("Intended weight, per cent"),
        _("Effective weight, per cent"),
        _("To look at"),
    ]
    return stream_csv("questions", header, [_cells(row) for row in rows])


def _cells(row):
    each = row.figures
    return (
        str(row.item),
        row.item.identifier,
        each.version.number,
        each.n,
        each.facility,
        each.figures["sd"] if each.facility is not None else None,
        each.figures["guess"],
        each.discrimination,
        each.discrimination_low,
        each.discrimination_high,
        each.efficiency,
        each.figures["intended_weight"],
        each.figures["effective_weight"] if each.discrimination is not None else None,
        " ".join(row.reasons),
    )


@require_POST
def refresh(request, organisation, key):
    demand(request, "assessments.teach", organisation)
    _title(organisation, key)
    request_statistics(key)
    messages.success(
        request, _("The figures are being worked out. Load this page again in a minute.")
    )
    return redirect("assessments:quiz_statistics", organisation.slug, key)


def item_statistics(request, organisation, key, item):
    """One question: who picked what, how that goes with ability, and how its versions did."""
    demand(request, "assessments.teach", organisation)
    title = _title(organisation, key)
    item = get_object_or_404(Item, pk=item)
    newest = (
        ItemStatistics.objects.filter(activity_key=key, version__item=item)
        .values("version")
        .annotate(newest=Max("pk"))
    )
    versions = list(
        ItemStatistics.objects.filter(pk__in=newest.values("newest"))
        .select_related("version__item", "run")
        .order_by("-run", "-version__number")
    )
    if not versions:
        raise Http404
    figures = versions[0]
    labels = labels_of(figures.version)
    everywhere = (
        ItemStatistics.objects.filter(version=figures.version_id, activity_key=None)
        .order_by("-pk")
        .first()
    )
    calibrated = ItemStatistics.objects.calibrated([figures.version_id]).first()
    fifths = figures.figures.get("fifths")
    context = {
        "organisation": organisation,
        "key": key,
        "title": title,
        "item": item,
        "row": Row(
            0,
            figures,
            [_reason(flag, labels) for flag in figures.flags],
            _actions(request, organisation, key, figures, labels),
        ),
        "options": [
            {
                "option": option,
                "part": labels.get(option.part, option.part),
                "label": labels.get(option.value, option.value),
            }
            for option in figures.options.all()
        ],
        "versions": versions,
        "everywhere": everywhere,
        "calibrated": calibrated,
        "fifths": fifths,
        "gates": evidence,
        "plots": {
            "frame": charts.FRAME,
            "trace": charts.fifths_curve(fifths) if fifths else "",
            "curve": charts.information_curve([calibrated.a], [calibrated.b])
            if calibrated
            else None,
        },
    }
    return render(request, "assessments/statistics/item.html", context)


@require_POST
def alike(request, organisation, key):
    """Pairs of the organisation's learners whose answers are strikingly alike; who asked is logged."""
    demand(request, "assessments.teach", organisation)
    title = _title(organisation, key)
    log(
        organisation,
        "assessments.answers_compared",
        user=request.user,
        data={"quiz": str(key)},
    )
    looks, compared = attempts_alike(key)
    context = {
        "organisation": organisation,
        "key": key,
        "title": title,
        "looks": looks,
        "compared": compared,
        "least": evidence.SCREEN_FROM,
    }
    return render(request, "assessments/statistics/alike.html", context)
