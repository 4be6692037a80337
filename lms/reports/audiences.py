"""The people of a list or grid, as a group to write to: its filters, worked out anew when the message is sent."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Cohort, CourseRun, EnrolmentState, Progress
from lms.accounts.models import User
from lms.messaging.audiences import register_audience
from lms.organisations.models import Organisation
from lms.reports.grid import Grid
from lms.reports.queries import learners_of
from lms.reports.standing import Standing

LEARNERS, PROGRESS = "reports.learners", "reports.progress"


def as_params(filters):
    """The filters of a grid that hold, as plain values."""
    return {name: getattr(value, "pk", value) for name, value in filters.items() if value}


def _learners(organisation, params):
    return User.objects.filter(pk__in=learners_of(**params).order_by().values("user"))


def _learners_in_words(organisation, params):
    said = []
    if params["state"] in EnrolmentState.values:
        label = EnrolmentState(params["state"]).label
        said.append(_("whose enrolment is: %(state)s") % {"state": label})
    if params["search"]:
        said.append(_("with “%(search)s” in their name") % {"search": params["search"]})
    return _sentence(_("Learners of %(group)s") % {"group": organisation}, said)


def _grid(organisation, params):
    runs = CourseRun.objects.select_related("edition")
    return Grid(runs.get(pk=params["run"]), organisation)


def _of_progress(organisation, params):
    filters = {name: value for name, value in params.items() if name != "run"}
    if "below" in filters:
        filters["below"] = Organisation.objects.get(pk=filters["below"])
    chosen = _grid(organisation, params).chosen(**filters)
    return User.objects.filter(pk__in=chosen.order_by().values("user"))


def _progress_in_words(organisation, params):
    run = CourseRun.objects.select_related("edition").get(pk=params["run"])
    titles = {entry["key"]: entry["title"] for entry in run.edition.activities}
    gone = _("an activity that is no longer in the run")
    phrases = {
        "without": lambda key: (
            _("who have not started %(activity)s") % {"activity": titles.get(key, gone)}
        ),
        "unfinished": lambda key: (
            _("who have not completed %(activity)s") % {"activity": titles.get(key, gone)}
        ),
        "standing": lambda value: _("whose state is: %(state)s") % {"state": Standing(value).label},
        "overdue": lambda _value: _("with something overdue"),
        "cohort": lambda pk: _("in the cohort %(cohort)s") % {"cohort": Cohort.objects.get(pk=pk)},
        "below": lambda pk: (
            _("from %(organisation)s") % {"organisation": Organisation.objects.get(pk=pk)}
        ),
        "search": lambda words: _("with “%(search)s” in their name") % {"search": words},
    }
    said = [phrase(params[name]) for name, phrase in phrases.items() if name in params]
    return _sentence(_("Learners of %(group)s") % {"group": run.code}, said)


def _sentence(who, said):
    return f"{who} {', '.join(said)}".strip()


def _who_opened(organisation, params, person_ids, since, until):
    """Those who opened the activity that they had not started, or any of the run."""
    opened = Progress.objects.filter(
        enrolment__run=params["run"],
        enrolment__user__in=person_ids,
        visited_at__gte=since,
        started_at__lt=until,
    )
    if key := params.get("without"):
        opened = opened.filter(activity_key=key)
    return opened.values_list("enrolment__user", flat=True)


register_audience(
    LEARNERS, gettext_lazy("learners of a list"), _learners, form=None, words=_learners_in_words
)
register_audience(
    PROGRESS,
    gettext_lazy("learners of a progress grid"),
    _of_progress,
    form=None,
    words=_progress_in_words,
    outcome=_who_opened,
    outcome_label=gettext_lazy(
        "Opened the activity that they had not started, or any of the run where none was chosen."
    ),
)
