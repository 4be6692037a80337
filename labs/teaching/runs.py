"""The lab of a run that a page is about."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language

from courses.models import CourseRun
from labs.domain.workspaces import pinned_lab
from labs.models import LabPage


@dataclass(frozen=True)
class RunLab:
    run: CourseRun
    entry: dict

    @property
    def key(self):
        return self.entry["key"]

    @property
    def page(self) -> LabPage:
        return pinned_lab(self.entry, get_language())


def labs_of(run):
    """The outline's entries of a run's labs."""
    return [entry for entry in run.edition.activities if entry["kind"] == "lab"]


def lab_in_run(run, key):
    """The lab with this key in the run's edition, or 404."""
    found = get_object_or_404(CourseRun.objects.select_related("edition", "course"), pk=run)
    entry = found.edition.activity(str(key))
    if entry is None or entry["kind"] != "lab":
        raise Http404
    return RunLab(found, entry)
