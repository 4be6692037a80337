"""One log of who did what, across records, people and authored content that is not a page."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models import BaseLogEntry, BaseLogEntryManager


class LogEntryManager(BaseLogEntryManager):
    def log_action(self, instance, action, **kwargs):
        kwargs.update(object_id=str(instance.pk))
        kwargs.setdefault("organisation_id", getattr(instance, "organisation_id", None))
        return super().log_action(instance, action, **kwargs)

    def for_instance(self, instance):
        content_type = ContentType.objects.get_for_model(instance, for_concrete_model=False)
        return self.filter(content_type=content_type, object_id=str(instance.pk))


class LogEntry(BaseLogEntry):
    """Wagtail's entry, and the organisation it concerns. Its `data` holds no secret and no response."""

    object_id = models.CharField(max_length=255, db_index=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = LogEntryManager()

    class Meta(BaseLogEntry.Meta):
        ordering = ["-timestamp", "-id"]
        verbose_name_plural = "log entries"

    def __str__(self):
        return f"{self.timestamp:%Y-%m-%d %H:%M} {self.action} {self.label}"
