"""A partner's copy of a course: what follows the original, what is the partner's own, what was not taken over."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Adaptation(models.Model):
    """A course that an organisation adapted from another; shared as all authored content is."""

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="adaptations"
    )
    original = models.ForeignKey("courses.CoursePage", models.PROTECT, related_name="adaptations")
    course = models.OneToOneField("courses.CoursePage", models.PROTECT, related_name="adapted_from")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("adaptation")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "original"], name="adapted_once_an_organisation"
            )
        ]

    def __str__(self):
        return f"{self.course_id} from {self.original_id}"


class AdaptedPage(models.Model):
    """A page of the copy, the page it came from, and the revisions of both when they last agreed."""

    adaptation = models.ForeignKey(Adaptation, models.CASCADE, related_name="pages")
    page = models.OneToOneField("wagtailcore.Page", models.CASCADE, related_name="adapted")
    original = models.ForeignKey(
        "wagtailcore.Page", models.SET_NULL, null=True, related_name="adapted_pages"
    )
    original_revision = models.ForeignKey(
        "wagtailcore.Revision", models.SET_NULL, null=True, related_name="+"
    )
    own_revision = models.ForeignKey(
        "wagtailcore.Revision", models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("adapted page")

    def __str__(self):
        return f"{self.page_id} from {self.original_id}"


class SkippedUpdate(models.Model):
    """A change of the original that met the partner's own edits, and what became of it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken over")
        KEPT = "kept", _("own version kept")

    adapted = models.ForeignKey(AdaptedPage, models.CASCADE, related_name="skipped")
    original_revision = models.ForeignKey(
        "wagtailcore.Revision",
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="None: the page is gone from the original",
    )
    noticed_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("skipped update")
        ordering = ["-noticed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False),
                name="skipped_update_decided_has_time",
            ),
            models.UniqueConstraint(
                fields=["adapted", "original_revision"],
                name="skipped_update_once_a_revision",
            ),
            models.UniqueConstraint(
                fields=["adapted"],
                condition=Q(original_revision=None),
                name="skipped_update_gone_once",
            ),
        ]

    def __str__(self):
        return f"{self.adapted_id}: {self.state}"
