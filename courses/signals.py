"""News for the apps above; sent on commit."""

from django.dispatch import Signal

enrolment_ended = Signal()  # enrolment
run_completed = Signal()  # enrolment
enrolment_moved = Signal()  # enrolment, reason
programme_completed = Signal()  # completion
