"""The item bank: items that authors write in Wagtail, and the numbered versions that attempts pin."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from taggit.models import ItemBase, TagBase
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
    WorkflowState,
)

from assessments.interactions import KINDS
from courses.models import Level
from lms.organisations.domain import organisations_of, organisations_served_by

UNSUPPORTED = "unsupported"  # the kind of an item that was stored as it came, and cannot be asked


class ItemStream(blocks.StreamBlock):
    """One block type for each kind of item."""

    def __init__(self, local_blocks=(), **kwargs):
        super().__init__(
            [*local_blocks, *((name, kind.block) for name, kind in KINDS.items())], **kwargs
        )


class BankQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Banks of the organisations that `user` serves or belongs to, and those open to all authors."""
        if user.is_superuser:
            return self
        return self.filter(
            Q(visibility=ItemBank.Visibility.EVERYONE)
            | Q(organisation__in=organisations_served_by(user).values("pk"))
            | Q(organisation__in=organisations_of(user))
        )


class ItemBank(models.Model):
    """A collection of items that one organisation looks after."""

    class Visibility(models.TextChoices):
        ORGANISATION = "organisation", _("authors of the organisation")
        EVERYONE = "everyone", _("all authors")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=64, unique=True)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        verbose_name=_("organisation"),
        related_name="item_banks",
    )
    visibility = models.CharField(
        _("who may use it"),
        max_length=16,
        choices=Visibility,
        default=Visibility.ORGANISATION,
    )
    licence = models.CharField(
        _("licence"), max_length=60, blank=True, help_text=_("As CC BY 4.0; empty: not to pass on.")
    )

    objects = BankQuerySet.as_manager()

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        ordering = ["name"]

    def __str__(self):
        return self.name


class StimulusQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(bank__in=ItemBank.objects.visible_to(user))


class Stimulus(models.Model):
    """A text, picture or table that several items share. Versions of those items keep a copy."""

    bank = models.ForeignKey(
        ItemBank, models.PROTECT, related_name="stimuli", verbose_name=_("bank")
    )
    title = models.CharField(_("title"), max_length=200)
    text = RichTextField(
        _("text"), features=["h3", "bold", "italic", "ol", "ul", "link", "image", "document-link"]
    )

    objects = StimulusQuerySet.as_manager()

    panels = ["bank", "title", "text"]

    class Meta:
        verbose_name = _("shared text")
        verbose_name_plural = _("shared texts")
        ordering = ["title"]

    def __str__(self):
        return self.title


class ItemTag(TagBase):
    """A word that items are found and drawn by."""

    free_tagging = True

    class Meta:
        verbose_name = _("question tag")
        verbose_name_plural = _("question tags")


class TaggedItem(ItemBase):
    tag = models.ForeignKey(ItemTag, models.CASCADE, related_name="tagged")
    content_object = ParentalKey(
        "assessments.Item", on_delete=models.CASCADE, related_name="tagged"
    )


class ItemQuerySet(models.QuerySet):
    def askable(self):
        """Those that a new attempt may draw."""
        return self.filter(live=True, current__isnull=False)

    def visible_to(self, user):
        return self.filter(bank__in=ItemBank.objects.visible_to(user))

    def with_status(self):
        """Annotate `is_in_review`, so that a list tells each status without a query of its own."""
        waiting = WorkflowState.objects.filter(
            base_content_type__app_label="assessments",
            base_content_type__model="item",
            object_id=Cast(OuterRef("pk"), models.CharField()),
            status__in=[WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES],
        )
        return self.annotate(is_in_review=Exists(waiting))

    def of_status(self, status):
        """Those that are draft, in review, live or retired, as `Item.status` tells."""
        match status:
            case "live":
                return self.filter(live=True)
            case "review":
                return self.with_status().filter(live=False, is_in_review=True)
            case "retired":
                return self.with_status().filter(
                    live=False, is_in_review=False, current__isnull=False
                )
            case _:
                return self.with_status().filter(
                    live=False, is_in_review=False, current__isnull=True
                )


class Item(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel
):
    """A question as authored, right answers included. Publishing it freezes an ItemVersion."""

    class Difficulty(models.TextChoices):
        EASY = "easy", _("easy")
        MEDIUM = "medium", _("medium")
        HARD = "hard", _("hard")

    bank = models.ForeignKey(ItemBank, models.PROTECT, related_name="items", verbose_name=_("bank"))
    identifier = models.CharField(
        _("identifier"), max_length=64, help_text=_("Short, unique in its bank, and never changed.")
    )
    title = models.CharField(
        _("name for authors"), max_length=200, blank=True, help_text=_("Learners do not see it.")
    )
    body = StreamField(ItemStream(max_num=1), verbose_name=_("question"))
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    translation_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translation of"),
    )
    stimulus = models.ForeignKey(
        Stimulus,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("shared text"),
    )
    tags = ClusterTaggableManager(through=TaggedItem, blank=True, verbose_name=_("tags"))
    competencies = ParentalManyToManyField(
        "courses.Competency", blank=True, related_name="items", verbose_name=_("competencies")
    )
    difficulty = models.CharField(
        _("difficulty"), max_length=8, choices=Difficulty, default=Difficulty.MEDIUM
    )
    level = models.CharField(_("level"), max_length=16, choices=Level, blank=True)
    # what lists and draws ask, kept from the body and its newest version
    kind = models.CharField(_("type"), max_length=32, editable=False)
    text = models.TextField(editable=False)
    current = models.ForeignKey(
        "assessments.ItemVersion", models.PROTECT, null=True, editable=False, related_name="+"
    )
    source_format = models.CharField(max_length=16, blank=True, editable=False)
    source_raw = models.TextField(blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="item",
        for_concrete_model=False,
    )
    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="item",
        for_concrete_model=False,
    )

    objects = ItemQuerySet.as_manager()

    panels = [
        FieldPanel("body"),
        MultiFieldPanel(
            ["bank", "identifier", "title", "stimulus", "language", "translation_of"],
            heading=_("Place"),
        ),
        MultiFieldPanel(["tags", "competencies", "difficulty", "level"], heading=_("Finding it")),
    ]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["bank", "identifier"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "identifier"],
                condition=~Q(identifier=""),  # drafts that authors have yet to name
                name="item_once_a_bank",
            ),
            models.UniqueConstraint(
                fields=["translation_of", "language"],
                condition=Q(translation_of__isnull=False),
                name="item_one_translation",
            ),
        ]

    def __str__(self):
        return self.title or self.text[:80] or self.identifier or gettext("New question")

    @property
    def revisions(self):
        return self._revisions

    @property
    def status(self):
        """Draft, in review, live or retired: told by Wagtail's own publishing and workflow."""
        if self.live:
            return _("live")
        is_in_review = getattr(self, "is_in_review", None)
        if self.workflow_in_progress if is_in_review is None else is_in_review:
            return _("in review")
        return _("retired") if self.current_id else _("draft")

    @property
    def kind_label(self):
        return KINDS[self.kind].label if self.kind in KINDS else _("not supported")

    def make_preview_request(
        self, original_request=None, preview_mode=None, extra_request_attrs=None
    ):
        """As Wagtail does, with the answer that the author tries: its stand-in for a request has no query."""
        more = {"GET": original_request.GET} if original_request else {}
        return super().make_preview_request(
            original_request, preview_mode, {**(extra_request_attrs or {}), **more}
        )

    def serve_preview(self, request, mode_name):
        from assessments.forms import try_form  # forms import the models

        form, verdict = try_form(self, request.GET)
        return render(
            request,
            "assessments/item_preview.html",
            {"item": self, "form": form, "verdict": verdict},
        )


class ItemVersion(models.Model):
    """An item as it was published once: never changed, by a trigger of the database.

    `content` is what a learner's page may hold; the other half, the key, is an ItemKey.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of kind, content and key")
    stimulus = models.TextField(blank=True)
    language = models.CharField(max_length=8)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("version of a question")
        ordering = ["item", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="item_version_number_once")
        ]

    def __str__(self):
        return f"item {self.item_id}, version {self.number}"


class ItemKey(models.Model):
    """The right answers, marks and feedback of a version: for the server alone."""

    version = models.OneToOneField(
        ItemVersion, models.PROTECT, primary_key=True, related_name="secret"
    )
    key = models.JSONField()

    class Meta:
        verbose_name = _("key of a question")

    def __str__(self):
        return f"key of version {self.version_id}"


def import_files():
    """Where files wait to be read: never below the public media."""
    return FileSystemStorage(location=settings.DATA_DIR / "imports")


class ItemImport(models.Model):
    """A file of questions brought to a bank: read first, and taken in when its report was seen."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        READ = "read", _("read, nothing taken in yet")
        IMPORTING = "importing", _("being taken in")
        IMPORTED = "imported", _("taken in")
        FAILED = "failed", _("failed")

    bank = models.ForeignKey(ItemBank, models.CASCADE, related_name="imports")
    name = models.CharField(max_length=200)
    file = models.FileField(storage=import_files)
    state = models.CharField(max_length=12, choices=State, default=State.READING)
    report = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("import of questions")
        ordering = ["-created_at"]

    def __str__(self):
        return self.name
