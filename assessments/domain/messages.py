"""What learners are told by mail: that the server has their attempt, and that a result changed."""

from django.core.mail import send_mail
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.domain.attempts import answered_sentence, attempt_items, attempt_standings
from assessments.domain.quizzes import frozen_quiz
from assessments.models import Attempt, Regrade


def mail_receipt(attempt: Attempt) -> None:
    """Mail the receipt of a closed attempt; who has no address sees it on the page."""
    user = attempt.enrolment.user
    if not user.email:
        return
    quiz = frozen_quiz(attempt.revision_id)
    answers = attempt_standings(attempt, attempt_items(attempt), quiz)
    with override(user.language or attempt.language):
        send_mail(
            _("Receipt %(receipt)s: %(quiz)s") % {"receipt": attempt.receipt, "quiz": quiz.title},
            _(
                "The server has your attempt at “%(quiz)s” with %(answers)s, handed in on %(time)s. "
                "Receipt: %(receipt)s."
            )
            % {
                "quiz": quiz.title,
                "answers": answered_sentence(answers),
                "time": date_format(timezone.localtime(attempt.submitted_at), "DATETIME_FORMAT"),
                "receipt": attempt.receipt,
            },
            None,
            [user.email],
            fail_silently=True,
        )


def tell_changes(regrade: Regrade) -> None:
    """Tell each learner whose result changed, once, what it was and what it is."""
    changes = regrade.changes.filter(told_at__isnull=True).select_related(
        "attempt__enrolment__user"
    )
    for change in changes:
        user, attempt = change.attempt.enrolment.user, change.attempt
        change.told_at = timezone.now()
        change.save(update_fields=["told_at"])
        if not user.email:
            continue
        with override(user.language or attempt.language):
            send_mail(
                _("Your result changed: %(quiz)s")
                % {"quiz": frozen_quiz(attempt.revision_id).title},
                _(
                    "A question was put right, and your attempt was marked again. Before: %(before)s of "
                    "%(before_maximum)s points. Now: %(after)s of %(after_maximum)s points. Reason: %(reason)s"
                )
                % {
                    "before": change.score_before,
                    "before_maximum": change.maximum_before,
                    "after": change.score_after,
                    "after_maximum": change.maximum_after,
                    "reason": regrade.reason,
                },
                None,
                [user.email],
                fail_silently=True,
            )
