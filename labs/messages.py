"""The sentences about a check, made when they are read, in the reader's language, and what learners
are told. No text message carries a mark.
"""

from django.utils.translation import gettext_lazy as _

from lms.messaging.registry import Kind, register_kind

SENTENCES = {
    "marked": _("Marked by a trainer."),
    "met": _("Met."),
    "not_met": _("Not met yet: %(detail)s"),
    "raised": _("Your code raised an error: %(detail)s"),
    "undefined": _("There is no %(detail)s: keep the name that the notebook gave it."),
    "too_slow": _("Your code took too long and was stopped."),
    "ended": _("Your code ended the program, or used too much memory."),
    "hidden_not_met": _("The examples pass, but a hidden check with other values does not."),
    "hidden_raised": _("The examples pass, but with other values your code raises an error."),
    "hidden_undefined": _("The examples pass, but a hidden check misses a name."),
    "hidden_too_slow": _("The examples pass, but with other values your code takes too long."),
    "hidden_ended": _("The examples pass, but with other values your code ends the program."),
    "by_hand": _("A trainer marks this one."),
    "no_time": _("Not reached: the time for marking was used up before."),
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


def sentence(check):
    """What came of a check or cell, as stored by marking, for people."""
    return str(SENTENCES[check["outcome"]]) % {"detail": check["detail"]}


def with_sentences(checks):
    return [{**check, "title": title(check), "message": sentence(check)} for check in checks]


def title(check):
    """A cell's name for people: `test_late_share` is about the late share."""
    return check["name"].removeprefix("test_").replace("_", " ")


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
