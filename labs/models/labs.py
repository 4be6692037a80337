"""Labs as authored, and their releases: what a learner gets, frozen."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from courses.blocks import ReadingBody
from courses.models import ActivityPage
from courses.models.pages import TITLE


class LabRelease(models.Model):
    """A lab's notebook without solutions and hidden tests, its data and its limits. Never changed.

    Found by the hash of the master and the data: the same lab is released once.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.SlugField(help_text="The notebook's file name, without .ipynb")
    notebook = models.JSONField()
    points = models.DecimalField(max_digits=7, decimal_places=2)
    memory_mb = models.PositiveIntegerField()
    cut_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lab release")
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="lab_release_has_points"),
        ]

    def __str__(self):
        return f"{self.name} {self.sha256[:8]}"

    @property
    def file_name(self):
        return f"{self.name}.ipynb"


class LabMaster(models.Model):
    """The notebook with solutions and hidden tests. Apart from the release, so that no view of the
    release can show it; only marking reads it.
    """

    release = models.OneToOneField(LabRelease, models.CASCADE, related_name="master")
    notebook = models.JSONField()

    class Meta:
        verbose_name = _("master notebook")

    def __str__(self):
        return f"master of {self.release_id}"


class LabFile(models.Model):
    """A data file that lies beside the notebook."""

    release = models.ForeignKey(LabRelease, models.CASCADE, related_name="files")
    name = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("lab file")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["release", "name"], name="lab_file_once_a_release"),
        ]

    def __str__(self):
        return self.name


class LabPage(ActivityPage):
    """An exercise in a notebook, with a way for who has no computer at hand."""

    kind = "lab"

    instructions = StreamField(ReadingBody(), verbose_name=_("instructions"), blank=True)
    no_lab_path = StreamField(
        ReadingBody(),
        verbose_name=_("without the lab"),
        blank=True,
        help_text=_("For someone on a phone: the same thinking, without the notebook."),
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark in per cent"), default=70, validators=[MaxValueValidator(100)]
    )
    memory_mb = models.PositiveIntegerField(
        _("memory in MB"),
        default=700,
        validators=[MinValueValidator(256), MaxValueValidator(4096)],
    )
    release = models.ForeignKey(
        LabRelease, models.PROTECT, related_name="pages", verbose_name=_("release"), editable=False
    )

    is_creatable = False  # a notebook comes from a folder (`labs.domain.loading`)
    content_panels = [
        TITLE,
        MultiFieldPanel([*ActivityPage.facts, "pass_mark"], heading=_("Facts")),
        FieldPanel("instructions"),
        FieldPanel("no_lab_path"),
    ]

    class Meta:
        verbose_name = _("lab")

    def points(self):
        return int(self.release.points)

    def completion(self):
        return "passed"

    def measured_bytes(self):
        return len(str(self.instructions).encode())

    def serve_preview(self, request, mode_name):
        return render(request, "labs/lab_preview.html", {"lab": self, "title": self.title})
