"""Who a learner is to the labs, their files in one lab, and each time they opened it."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.domain import organisations_served_by
from lms.organisations.scoping import Record, scoped


def new_lab_id():
    return f"l{secrets.token_hex(6)}"


class LabIdentity(models.Model):
    """The opaque name under which JupyterHub knows a person: it tells nobody who they are."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="lab_identity"
    )
    lab_id = models.CharField(max_length=13, unique=True, default=new_lab_id)

    class Meta:
        verbose_name = _("lab identity")
        verbose_name_plural = _("lab identities")

    def __str__(self):
        return self.lab_id


class WorkspaceQuerySet(models.QuerySet):
    def visible_to(self, user):
        served = organisations_served_by(user).values("pk")
        return self.filter(Q(enrolment__user=user) | Q(enrolment__organisation__in=served))


class Workspace(Record):
    """The folder of one enrolment's files in one lab."""

    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="workspaces")
    activity_key = models.UUIDField()
    release = models.ForeignKey("labs.LabRelease", models.PROTECT, related_name="workspaces")
    identity = models.ForeignKey(LabIdentity, models.PROTECT, related_name="workspaces")
    folder = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)

    objects = scoped("enrolment__organisation", WorkspaceQuerySet)

    class Meta:
        verbose_name = _("workspace")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity_key"], name="workspace_once_an_activity"
            ),
            models.UniqueConstraint(fields=["identity", "folder"], name="workspace_own_folder"),
        ]

    def __str__(self):
        return f"workspace {self.pk}"

    @property
    def notebook_path(self):
        return f"{self.folder}/{self.release.file_name}"


class Launch(Record):
    """One opening of a lab."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="launches")
    launched_at = models.DateTimeField(default=timezone.now)
    started_server = models.BooleanField(default=True, help_text="Else it ran already")
    ready_at = models.DateTimeField(null=True, blank=True)

    objects = scoped("workspace__enrolment__organisation")

    class Meta:
        verbose_name = _("launch")
        ordering = ["-launched_at", "-pk"]

    def __str__(self):
        return f"launch {self.pk}"
