"""The sentences about a check, made when they are read, in the reader's language."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
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


def sentence(check):
    """What came of a check or cell, as stored by marking, for people."""
    return str(SENTENCES[check["outcome"]]) % {"detail": check["detail"]}


def with_sentences(checks):
    return [{**check, "title": title(check), "message": sentence(check)} for check in checks]


def title(check):
    """A cell's name for people: `test_late_share` is about the late share."""
    return check["name"].removeprefix("test_").replace("_", " ")
