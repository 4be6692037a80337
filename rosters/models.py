"""Imports of rosters: what was brought, what became of each row, and what was last imported of each person."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.scoping import Record, scoped


def roster_files():
    """Where rosters wait: never below the public media."""
    return FileSystemStorage(location=settings.DATA_DIR / "rosters")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("being read")
    UNMAPPED = "unmapped", _("waiting to be told what its columns are")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked, nothing taken in yet")
    APPLYING = "applying", _("being taken in")
    APPLIED = "applied", _("taken in")
    UNDOING = "undoing", _("being taken back")
    UNDONE = "undone", _("taken back")
    FAILED = "failed", _("not readable")


WORKING = [
    ImportState.UPLOADED,
    ImportState.CHECKING,
    ImportState.APPLYING,
    ImportState.UNDOING,
]


class RosterImport(Record):
    """A list of people brought for a cohort: checked first, taken in when its report was seen.

    `columns` holds the header row as [{"title", "samples"}]; `mapping` says what each column is, see
    `rosters.domain.columns`. `notes` is about the file as a whole: [[code, values]], told by `rosters.messages`.
    """

    State = ImportState
    TRANSITIONS = {
        State.UPLOADED: {State.UNMAPPED, State.CHECKING, State.FAILED},
        State.UNMAPPED: {State.CHECKING, State.FAILED},
        State.CHECKING: {State.CHECKED, State.FAILED},
        State.CHECKED: {State.CHECKING, State.APPLYING, State.FAILED},
        State.APPLYING: {State.APPLIED, State.FAILED},
        State.APPLIED: {State.UNDOING},
        State.UNDOING: {State.UNDONE},
        State.UNDONE: set(),
        State.FAILED: {State.UNDOING},
    }

    cohort = models.ForeignKey("courses.Cohort", models.PROTECT, related_name="roster_imports")
    name = models.CharField(_("file"), max_length=200)
    file = models.FileField(storage=roster_files, blank=True)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    is_proper_case = models.BooleanField(
        default=False, help_text="Names in capitals are written as people write them"
    )
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    fault_code = models.CharField(max_length=32, blank=True)
    fault = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(
        default=timezone.now, help_text="When work on it last went on"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(
        null=True, blank=True, help_text="When its file and rows were deleted"
    )

    objects = scoped("cohort__organisation")

    class Meta:
        verbose_name = _("import of a roster")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "touched_at"], name="roster_import_stalled")]

    def __str__(self):
        return self.name

    @property
    def organisation_id(self):
        return self.cohort.organisation_id

    @property
    def is_working(self):
        return self.state in WORKING


class Outcome(models.TextChoices):
    CREATED = "created", _("new")
    UPDATED = "updated", _("brought up to date")
    UNCHANGED = "unchanged", _("unchanged")
    REFUSED = "refused", _("refused")


class RosterRow(Record):
    """What became of one row of a roster, and what it changed, so that it can be taken back.

    `notes` is [[code, values]]. `changes` is [{"model", "pk", "before", "after"}], where `before` is null for a
    record that was made. Deleted with the file after thirty days.
    """

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=9, choices=Outcome)
    code = models.CharField(max_length=32, blank=True)
    column = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changes = models.JSONField(default=list)
    kept_because = models.CharField(
        max_length=32, blank=True, help_text="Why it stayed when the import was taken back"
    )

    objects = scoped("roster__cohort__organisation")

    class Meta:
        verbose_name = _("row of a roster")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="roster_row_once"),
        ]

    def __str__(self):
        return f"row {self.number}: {self.outcome}"


class RosterMapping(Record):
    """What an organisation said once of files with these headings."""

    organisation = models.ForeignKey(
        "organisations.Organisation", models.CASCADE, related_name="roster_mappings"
    )
    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("columns of a roster")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "signature"], name="roster_mapping_once"
            )
        ]

    def __str__(self):
        return self.signature[:12]


class RosterPerson(Record):
    """What an organisation's imports last wrote of a person, as hashes by field.

    Where the value of today has another hash, a person changed it, and imports leave it alone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="roster_records"
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="roster_people"
    )
    hashes = models.JSONField(default=dict)
    is_stranger = models.BooleanField(
        default=False,
        help_text="Had an account of their own: is named to the organisation once they accept",
    )

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("imported person")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="roster_person_once")
        ]

    def __str__(self):
        return f"imported person {self.pk}"
