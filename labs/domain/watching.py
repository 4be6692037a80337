"""Looking at what learners have in their notebooks while they work."""

from datetime import datetime, timedelta

from django.utils import timezone

from courses.models import Enrolment
from labs.backends import LabsDown, ServerState, get_backend
from labs.domain.progress import note_progress
from labs.domain.submissions import read_notebook
from labs.models import LabRelease, Workspace
from lms.core.errors import Refused

OPENED_WITHIN = timedelta(hours=12)  # no server lives longer


def look_at_work(now: datetime | None = None) -> int:
    """Note the progress of everyone whose server runs; return how many that are.

    Raises LabsDown when the labs do not answer. What is no notebook any more is passed over.
    """
    now = now or timezone.now()
    opened = Workspace.objects.filter(
        launches__launched_at__gt=now - OPENED_WITHIN, enrolment__in=Enrolment.objects.live()
    )
    workspaces = list(opened.distinct().select_related("identity"))
    if not workspaces:
        return 0
    backend = get_backend()
    releases = LabRelease.objects.in_bulk({workspace.release_id for workspace in workspaces})
    running = 0
    for workspace in workspaces:
        workspace.release = releases[workspace.release_id]  # one copy of each: they are large
        lab_id = workspace.identity.lab_id
        if backend.poll(lab_id) != ServerState.READY:
            continue
        running += 1
        try:
            content = backend.collect(lab_id, workspace.notebook_path)
            notebook = read_notebook(content or b"")
        except LabsDown:
            raise
        except Refused:
            continue
        note_progress(workspace, notebook, at=now, is_running=True)
    return running
