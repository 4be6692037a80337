"""The sentences about a check, made when they are read, in the reader's language, and what learners
are told. No text message carries a mark.
"""

from dataclasses import asdict

from django.template.defaultfilters import floatformat
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from labs.domain.standing import OF_SUBMISSION, LabState, Standing
from labs.grading.marking import Bounds
from lms.core.templatetags.ui import points
from lms.messaging.registry import Kind, register_kind

SENTENCES = {
    "marked": _("Marked by a trainer."),
    "met": _("Met."),
    "not_met": _("Not met yet: %(detail)s"),
    "raised": _("Your code raised an error: %(detail)s"),
    "undefined": _("There is no %(detail)s: keep the name that the notebook gave it."),
    "too_slow": _("Your code took longer than %(cell_seconds)d seconds and was stopped."),
    "ended": _("Your code ended the program, or used more than %(memory_mb)d MB of memory."),
    "hidden_not_met": _("The examples pass, but a hidden check with other values does not."),
    "hidden_raised": _("The examples pass, but with other values your code raises an error."),
    "hidden_undefined": _("The examples pass, but a hidden check misses a name."),
    "hidden_too_slow": _(
        "The examples pass, but with other values your code takes longer than "
        "%(call_seconds)d seconds."
    ),
    "hidden_ended": _(
        "The examples pass, but with other values your code ends the program, or uses more than "
        "%(memory_mb)d MB of memory."
    ),
    "by_hand": _("A trainer marks this one."),
    "no_time": _(
        "Not reached: the %(total_seconds)d seconds for marking the notebook were used up before."
    ),
}

TASK_STATES = {
    "untouched": _("not begun"),
    "begun": _("begun"),
    "handed_in": _("handed in"),
    "met": _("met"),
    "not_met": _("not met"),
}
STUCK = {
    "no_gain": _("several tries without gain"),
    "failing": _("not met for long"),
    "unchanged": _("nothing changed for long"),
}


def sentence(check, bounds=None):
    """What came of a check or cell, as stored by marking, for people."""
    bounds = bounds or Bounds()
    return str(SENTENCES[check["outcome"]]) % {"detail": check["detail"], **asdict(bounds)}


def with_sentences(checks, bounds=None):
    return [
        {**check, "title": title(check), "message": sentence(check, bounds)} for check in checks
    ]


def title(check):
    """A cell's name for people: `test_late_share` is about the late share."""
    return check["name"].removeprefix("test_").replace("_", " ")


STATES = {
    LabState.NOT_STARTED: _("Not opened yet."),
    LabState.STOPPED: _("The lab is stopped. Your files are kept."),
    LabState.STARTING: _("The lab is starting."),
    LabState.RUNNING: _("The lab is running."),
    LabState.UNKNOWN: _(
        "The labs do not answer just now. Your files are kept, and the course goes on."
    ),
    LabState.RECEIVED: _("Handed in. It will be marked next."),
    LabState.MARKING: _("Handed in. It is being marked."),
    LabState.MARKED: _("Marked."),
    LabState.FAILED: _("Handed in, but it could not be marked. The fault is ours."),
}
WORTH_SAYING = {LabState.STARTING, LabState.RUNNING, LabState.UNKNOWN}


def state_sentence(standing: Standing) -> str:
    """What came of the last hand-in, and how the server stands where that matters."""
    said = []
    if standing.submission:
        said.append(_handed_in_sentence(standing))
    if not said or standing.server in WORTH_SAYING:
        said.append(str(STATES[standing.server]))
    return " ".join(said)


def _handed_in_sentence(standing: Standing) -> str:
    if standing.grade_run is None:
        return submission_sentence(standing.submission)
    return gettext("Marked: %(score)s of %(points)s.") % {
        "score": floatformat(standing.grade_run.score),
        "points": points(standing.grade_run.maximum),
    }


def submission_sentence(submission) -> str:
    return str(STATES[OF_SUBMISSION[submission.state]])


def saved_sentence(standing: Standing, now) -> str:
    """When the notebook was last saved, as people say it; "" where none is."""
    if standing.saved_at is None:
        return ""
    seconds = int((now - standing.saved_at).total_seconds())
    if seconds < 1:
        return gettext("Saved just now.")
    if seconds < 60:  # noqa: PLR2004 - a minute
        return ngettext("Saved %(n)d second ago.", "Saved %(n)d seconds ago.", seconds) % {
            "n": seconds
        }
    return gettext("Saved %(time)s ago.") % {"time": timesince(standing.saved_at, now, depth=1)}


LIMITS = {
    "memory": _(
        "Your lab used all of its %(memory_mb)d MB of memory, and the program in the notebook was "
        "ended. What you saved is safe. Work with fewer rows or smaller tables at a time, delete "
        "what you no longer need with del, then run the cells again from the top."
    ),
    "disk": _(
        "Your lab's disk is full, so the notebook may not save. Delete files that you do not need "
        "in the file list of the lab, then save again."
    ),
    "idle": _(
        "Your lab was stopped because nothing was done in it for a while. What you saved is safe: "
        "open it again, and run the cells from the top."
    ),
    "life": _(
        "Your lab was stopped because it had run for as long as a lab may. What you saved is "
        "safe: open it again, and run the cells from the top."
    ),
    "ended": _(
        "Your lab ended by itself. What you saved is safe: open it again, and run the cells from "
        "the top. If it ends again at the same cell, tell your trainer."
    ),
}


def limit_sentence(standing: Standing) -> str:
    """Which limit ended the lab or stands in its way, and what to do; "" where none."""
    if standing.limit is None or standing.limit.reason not in LIMITS:
        return ""
    is_over = standing.server == LabState.RUNNING and standing.limit.reason in {"idle", "life"}
    if is_over:
        return ""
    memory_mb = (standing.other or standing.workspace).release.memory_mb
    return str(LIMITS[standing.limit.reason]) % {"memory_mb": memory_mb}


def other_sentences(standing: Standing) -> list[str]:
    """What to know when the learner's one server was opened for another lab."""
    if standing.other is None:
        return []
    said = [
        gettext(
            "Your lab is running for another exercise, %(name)s. This one opens beside it: each "
            "keeps its own files."
        )
        % {"name": standing.other.release.name}
    ]
    running, needed = standing.other.release.memory_mb, standing.workspace.release.memory_mb
    if needed > running:
        said.append(
            gettext(
                "It runs with %(running)d MB of memory, and this exercise may need %(needed)d MB. "
                "Stop it first, then open this one."
            )
            % {"running": running, "needed": needed}
        )
    return said


COMMENTED = register_kind(
    Kind(
        "labs.commented",
        _("a comment on a lab"),
        subject=_("A comment on your notebook: {lab}"),
        body=_(
            "Good day {name}. A trainer has commented on what you handed in for “{lab}”. Read it "
            "here: {link}"
        ),
        sms=_("Umahiri: a trainer has commented on your notebook {lab}. {link}"),
        placeholders=("lab", "link"),
    )
)
HAND_MARKED = register_kind(
    Kind(
        "labs.hand_marked",
        _("a lab was marked by a trainer"),
        subject=_("Your answers are marked: {lab}"),
        body=_(
            "Good day {name}. A trainer has marked your answers in “{lab}”. See them here: {link}"
        ),
        sms=_("Umahiri: your answers in {lab} are marked. {link}"),
        placeholders=("lab", "link"),
    )
)
CHANGED = register_kind(
    Kind(
        "labs.result_changed",
        _("a lab's result changed"),
        subject=_("Your result changed: {lab}"),
        body=_(
            "Good day {name}. What was handed in for “{lab}” was marked again. Before: "
            "{points_before} points. Now: {points_after} points. Reason: {reason} {link}"
        ),
        sms=_("Umahiri: your result in {lab} changed. See why: {link}"),
        placeholders=("lab", "points_before", "points_after", "reason", "link"),
    )
)
