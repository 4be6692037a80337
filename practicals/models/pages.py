"""Practicals as authored."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from courses.blocks import LessonBody
from courses.models import ActivityPage
from courses.models.pages import TITLE


class OpensAfter(models.TextChoices):
    ALL = "all", _("everything else in the course is done")
    EARLIER = "earlier", _("everything before it in the course is done")
    NOTHING = "nothing", _("the learner is enrolled")


class PracticalPage(ActivityPage):
    """What people do together at a time and a place; its sessions are planned by staff of a run."""

    kind = "practical"

    about = StreamField(LessonBody(), verbose_name=_("about"), blank=True)
    days_needed = models.PositiveSmallIntegerField(
        _("days needed"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("On how many days of a session a person must be there to complete it."),
    )
    hours = models.DecimalField(
        _("hours"), max_digits=5, decimal_places=1, default=6, validators=[MinValueValidator(0)]
    )
    opens_after = models.CharField(
        _("opens when"), max_length=16, choices=OpensAfter, default=OpensAfter.ALL
    )
    what_to_bring = models.TextField(
        _("what to bring"), blank=True, help_text=_("One thing a line.")
    )
    travel_note = models.TextField(
        _("note on travel"),
        blank=True,
        help_text=_("Who pays, who approves the journey: a learner confirms it when booking."),
    )

    is_creatable = True
    content_panels = [
        TITLE,
        MultiFieldPanel(
            [*ActivityPage.facts, "days_needed", "hours", "opens_after"], heading=_("Facts")
        ),
        FieldPanel("about"),
        FieldPanel("what_to_bring"),
        FieldPanel("travel_note"),
    ]

    class Meta:
        verbose_name = _("practical")

    def completion(self):
        return "attended"

    def measured_bytes(self):
        return len(str(self.about).encode())

    @property
    def things_to_bring(self):
        return [line.strip() for line in self.what_to_bring.splitlines() if line.strip()]

    def serve_preview(self, request, mode_name):
        return render(
            request, "practicals/practical_preview.html", {"page": self, "title": self.title}
        )
