"""What learners are told of their attempts. No text message carries a mark or a receipt."""

from django.utils.translation import gettext_lazy as _

from lms.messaging.registry import Kind, register_kind

RECEIPT = register_kind(
    Kind(
        "assessments.receipt",
        _("receipt of an attempt"),
        subject=_("Receipt {receipt_code}: {quiz}"),
        body=_(
            "Good day {name}. The server has your attempt at “{quiz}” with {answers}, handed in on {time}. "
            "Receipt: {receipt_code}. {link}"
        ),
        placeholders=("quiz", "answers", "time", "receipt_code", "link"),
    )
)
MARKED = register_kind(
    Kind(
        "assessments.marked",
        _("an attempt was marked"),
        subject=_("Your answers are marked: {quiz}"),
        body=_(
            "Good day {name}. A trainer has marked your attempt at “{quiz}”. See it here: {link}"
        ),
        sms=_("Umahiri: your answers in {quiz} are marked. {link}"),
        placeholders=("quiz", "link"),
    )
)
CHANGED = register_kind(
    Kind(
        "assessments.result_changed",
        _("a result changed"),
        subject=_("Your result changed: {quiz}"),
        body=_(
            "Good day {name}. A question was put right, and your attempt was marked again. Before: {points_before} "
            "points. Now: {points_after} points. Reason: {reason} {link}"
        ),
        sms=_("Umahiri: your result in {quiz} changed. See why: {link}"),
        placeholders=("quiz", "points_before", "points_after", "reason", "link"),
    )
)
