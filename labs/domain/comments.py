"""What trainers write to learners about what they handed in."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from labs.domain.telling import tell_comment
from labs.models import LabComment, Submission


@transaction.atomic
def add_comment(
    submission: Submission, text: str, *, by: AbstractBaseUser, cell: str = ""
) -> LabComment:
    """Keep a remark on the whole submission, or on one cell, and tell the learner."""
    comment = LabComment.objects.create(submission=submission, cell=cell, text=text, by=by)
    tell_comment(submission)
    return comment


def edit_comment(comment: LabComment, text: str) -> None:
    """Write a comment anew; it says that it was edited."""
    if text != comment.text:
        comment.text, comment.edited_at = text, timezone.now()
        comment.save(update_fields=["text", "edited_at"])


@transaction.atomic
def delete_comment(comment: LabComment, *, by: AbstractBaseUser) -> None:
    log(comment.submission, "labs.comment_deleted", user=by)
    comment.delete()
