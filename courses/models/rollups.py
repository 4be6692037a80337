"""What lists and the progress grid read instead of every visit: sums of one enrolment's records."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.organisations.scoping import Record, scoped


class EnrolmentRollup(Record):
    """How one enrolment stands. Written by courses/domain/rollups.py alone; no row says: nothing begun.

    `cells` is {activity key as 32 hex digits: [done, days, pace, elapsed seconds, blocked]}.
    """

    enrolment = models.OneToOneField(
        "courses.Enrolment", models.CASCADE, primary_key=True, related_name="rollup"
    )
    begun = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)
    visited_at = models.DateTimeField(null=True, blank=True)
    is_stuck = models.BooleanField(default=False)
    conspicuous = models.PositiveSmallIntegerField(default=0)
    cells = models.JSONField(default=dict, blank=True)

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("rollup")

    def __str__(self):
        return f"rollup of enrolment {self.enrolment_id}"
