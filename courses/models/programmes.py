"""Programmes: levels of courses behind a gate, ended by a practical; and how far each person is in one."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.models.pages import TITLE, LearnerUrlMixin
from courses.programme_blocks import LevelsBlock
from lms.organisations.scoping import Record, scoped


class ProgrammePage(LearnerUrlMixin, Page):
    """A programme as authored; people follow the edition of its rules that they began with."""

    code = models.CharField(_("code"), max_length=16, help_text=_("As FDT."))
    summary = models.TextField(
        _("summary"), help_text=_("Who it is for and what it leads to, in two or three sentences.")
    )
    levels = StreamField(LevelsBlock(), verbose_name=_("levels"))
    valid_months = models.PositiveSmallIntegerField(
        _("valid for months"),
        null=True,  # no number means for ever, and 0 would not
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: what was earned does not run out."),
    )
    renewal_months = models.PositiveSmallIntegerField(
        _("renewal opens months before"),
        default=6,
        help_text=_("Courses completed in this time before the end count for the next period."),
    )

    content_panels = [
        TITLE,
        MultiFieldPanel(["code", "summary"], heading=_("Facts")),
        FieldPanel("levels"),
        MultiFieldPanel(["valid_months", "renewal_months"], heading=_("How long it counts")),
    ]
    promote_panels = [
        FieldPanel("slug", help_text=_("The programme's address: /programmes/<this>/."))
    ]
    settings_panels = []
    parent_page_types = ["courses.CataloguePage"]
    subpage_types = []

    class Meta:
        verbose_name = _("programme")

    def learner_path(self):
        return reverse("courses:programme", args=[self.slug])

    def serve_preview(self, request, mode_name):
        from courses.domain.programmes import draw_rules  # the domain imports the models

        context = {"programme": self, "rules": draw_rules(self), "is_preview": True}
        return render(request, "courses/programme_detail.html", context)


class ProgrammeEdition(models.Model):
    """What completing a programme asked for when it was published. Never changed once cut.

    `rules` is {"levels": [{"key", "title", "level", "gate", "courses": [course], "is_in_order", "electives",
    "practical"}], "valid_months", "renewal_months"}; a course is {"key", "code", "title", "slug", "is_elective"},
    and `gate` and `practical` are one each, or None.
    """

    programme = models.ForeignKey(ProgrammePage, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    rules = models.JSONField()
    cut_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("programme edition")
        ordering = ["programme", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "number"], name="programme_edition_number_once"
            )
        ]

    def __str__(self):
        return f"{self.programme_id}, edition {self.number}"


class ProgrammeEnrolment(Record):
    """A person in a programme, by the rules they began with."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="programmes")
    programme = models.ForeignKey(ProgrammePage, models.PROTECT, related_name="enrolments")
    edition = models.ForeignKey(ProgrammeEdition, models.PROTECT, related_name="enrolments")
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="programme_enrolments"
    )
    started_at = models.DateTimeField(default=timezone.now)

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("programme enrolment")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "programme"], name="programme_enrolment_once_a_person"
            )
        ]

    def __str__(self):
        return f"programme enrolment {self.pk}"


class ProgrammeCompletion(Record):
    """A level, or with no key the whole programme, earned: appended, never erased or re-dated.

    `number` counts the periods: 2 is the first recertification.
    """

    enrolment = models.ForeignKey(ProgrammeEnrolment, models.CASCADE, related_name="completions")
    edition = models.ForeignKey(ProgrammeEdition, models.PROTECT, related_name="+")
    level_key = models.CharField(max_length=36, blank=True)
    number = models.PositiveSmallIntegerField(default=1)
    completed_at = models.DateTimeField()
    valid_until = models.DateField(null=True, blank=True)
    last_course = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="+")

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("programme completion")
        ordering = ["completed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "level_key", "number"],
                name="programme_completed_once_a_period",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="programme_completion_number_from_one"
            ),
        ]

    def __str__(self):
        return f"programme enrolment {self.enrolment_id}, {self.level_key or 'whole'}"
