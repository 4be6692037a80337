"""Labs as authored, and their releases: what a learner gets, frozen."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField

from courses.blocks import ReadingBody
from courses.models import ActivityPage
from courses.models.pages import TITLE
from labs.blocks import NoLabBody
from labs.environments import DEFAULT_ENVIRONMENT, environment_choices

# What a release fixes of a lab's page beside the notebook and the data.
LIMITS = ("memory_mb", "marking_seconds", "disk_mb", "environment")
MOST_MEMORY_MB = 4096
MOST_MARKING_SECONDS = 180


class LabRelease(models.Model):
    """A lab's notebook without solutions and hidden tests, its data and its limits.

    Never changed, by a trigger of the database. Found by the hash of all that is in it: the same
    lab is released once.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.SlugField(help_text="The notebook's file name, without .ipynb")
    notebook = models.JSONField()
    points = models.DecimalField(max_digits=7, decimal_places=2)
    memory_mb = models.PositiveIntegerField()
    marking_seconds = models.PositiveIntegerField(default=90)
    disk_mb = models.PositiveIntegerField(default=200)
    environment = models.CharField(max_length=32, default=DEFAULT_ENVIRONMENT)
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

    @property
    def limits(self):
        return {name: getattr(self, name) for name in LIMITS}


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


class NotebookPanel(HelpPanel):
    """In the page's editor: how the notebook stands, and the way to it."""

    def __init__(self, template="labs/notebook_panel.html", **kwargs):
        super().__init__(template=template, **kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            page = self.instance
            return context | {"lab": page, "draft": page.drafts.first() if page.pk else None}


class LabPage(ActivityPage):
    """An exercise in a notebook, with a way for who has no computer at hand.

    The notebook, with its data, is not in the page: it comes in drafts (`LabDraft`), of which
    publishing the page takes the newest.
    """

    kind = "lab"

    instructions = StreamField(ReadingBody(), verbose_name=_("instructions"), blank=True)
    no_lab_path = StreamField(
        NoLabBody(),
        verbose_name=_("without the lab"),
        blank=True,
        help_text=_(
            "For someone on a phone: what the notebook prints, and the same questions, without it."
        ),
    )
    competencies = ParentalManyToManyField(
        "courses.Competency", blank=True, related_name="labs", verbose_name=_("competencies")
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark in per cent"), default=70, validators=[MaxValueValidator(100)]
    )
    environment = models.CharField(
        _("environment"), max_length=32, choices=environment_choices, default=DEFAULT_ENVIRONMENT
    )
    memory_mb = models.PositiveIntegerField(
        _("memory in MB"),
        default=700,
        validators=[MinValueValidator(256), MaxValueValidator(MOST_MEMORY_MB)],
        help_text=_("For the learner's notebook, and for each marking."),
    )
    marking_seconds = models.PositiveIntegerField(
        _("seconds for marking"),
        default=90,
        validators=[MinValueValidator(10), MaxValueValidator(MOST_MARKING_SECONDS)],
        help_text=_("All cells and all tests together; then the marking is stopped."),
    )
    disk_mb = models.PositiveIntegerField(
        _("disk space in MB"),
        default=200,
        validators=[MinValueValidator(20), MaxValueValidator(2000)],
        help_text=_("For the files of one learner in this lab."),
    )
    release = models.ForeignKey(
        LabRelease,
        models.PROTECT,
        null=True,  # until the first draft of the notebook is published
        related_name="pages",
        verbose_name=_("release"),
        editable=False,
    )

    content_panels = [
        TITLE,
        MultiFieldPanel([*ActivityPage.facts, "pass_mark", "competencies"], heading=_("Facts")),
        NotebookPanel(heading=_("The notebook")),
        FieldPanel("instructions"),
        FieldPanel("no_lab_path"),
        MultiFieldPanel(
            ["environment", "memory_mb", "marking_seconds", "disk_mb"],
            heading=_("Environment and limits"),
        ),
    ]

    class Meta:
        verbose_name = _("lab")

    @property
    def limits(self):
        return {name: getattr(self, name) for name in LIMITS}

    def points(self):
        return int(self.release.points) if self.release else 0

    def completion(self):
        return "passed"

    def measured_bytes(self):
        return len(str(self.instructions).encode())

    @transaction.atomic
    def publish(self, revision, **options):
        """Publish `revision` with the release that learners get, or raise Refused."""
        from labs.domain.drafts import freeze_release  # the domain imports the models

        freeze_release(revision, by=options.get("user"))
        return super().publish(revision, **options)

    def serve_preview(self, request, mode_name):
        return render(request, "labs/lab_preview.html", {"lab": self, "title": self.title})
