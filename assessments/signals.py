"""News from assessments for higher apps and for our own messages, sent when it is certain."""

from django.dispatch import Signal

attempt_submitted = Signal()  # attempt
regrade_finished = Signal()  # regrade
