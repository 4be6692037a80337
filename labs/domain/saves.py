"""Keeping copies of learners' notebooks, restoring one, and putting the release back."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from labs.backends import LARGEST_FILE, LabBackend, LabsDown, get_backend
from labs.cells import (
    NotANotebook,
    answer_names,
    answered_names,
    answers_in,
    read_cells,
    with_answers,
)
from labs.domain.progress import note_progress
from labs.domain.workspaces import release_files
from labs.models import Launch, Save, SaveReason, Workspace
from lms.core.errors import Refused

LOOK_BACK = timedelta(hours=12)  # longer than a server lives: what it last saved is found
NEWEST = 20
HOURS = timedelta(days=2)
DAYS = timedelta(days=90)
MOST_BYTES = 8 << 20
BYTES_A_SECOND = 20_000  # a notebook full of pictures is not kept at every look


def to_keep(saves: Iterable[tuple[int, datetime, int]], now: datetime) -> set[int]:
    """Which of `(id, saved_at, bytes)` stay: the newest, one an hour, one a day, within a size.

    The newest always stays; where the size is used up, the oldest go.
    """
    kept, hours, days, total = set(), set(), set(), 0
    newest_first = sorted(saves, key=lambda save: (save[1], save[0]), reverse=True)
    for place, (key, saved_at, size) in enumerate(newest_first):
        age = now - saved_at
        hour, day = saved_at.replace(minute=0, second=0, microsecond=0), saved_at.date()
        is_wanted = (
            place < NEWEST
            or (age <= HOURS and hour not in hours)
            or (age <= DAYS and day not in days)
        )
        if is_wanted and (not kept or total + size <= MOST_BYTES):
            kept.add(key)
            hours.add(hour)
            days.add(day)
            total += size
    return kept


@transaction.atomic
def keep(
    workspace: Workspace,
    content: bytes,
    reason=SaveReason.CHANGED,
    modified_at: datetime | None = None,
) -> Save:
    """Keep `content`; what was kept before becomes the newest. Raises NotANotebook."""
    release = workspace.release.notebook
    cells = read_cells(content)
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    packed = Save.pack(content)
    now = timezone.now()
    save = workspace.saves.filter(sha256=packed["sha256"]).first()
    if save:
        save.saved_at, save.modified_at = now, modified_at
        if reason != SaveReason.CHANGED:
            save.reason = reason
        save.save(update_fields=["saved_at", "modified_at", "reason"])
    else:
        save = Save.objects.create(
            workspace=workspace,
            **packed,
            answered=len(answered_names(cells, release)),
            answers=len(answer_names(release)),
            reason=reason,
            modified_at=modified_at,
            saved_at=now,
        )
        _thin(workspace, now)
    note_progress(workspace, json.loads(content), at=now)
    return save


def _thin(workspace: Workspace, now: datetime) -> None:
    saves = list(workspace.saves.values_list("pk", "saved_at", "packed_bytes"))
    kept = to_keep(saves, now)
    if len(kept) < len(saves):
        workspace.saves.exclude(pk__in=kept).delete()


def keep_present(workspace: Workspace, reason=SaveReason.CHANGED) -> Save | None:
    """Keep the notebook as it lies in the learner's home; None where no notebook is.

    Refused when it is too large, or when labs are not set up.
    """
    backend, lab_id = get_backend(), workspace.identity.lab_id
    facts = backend.facts(lab_id, workspace.notebook_path)
    newest = workspace.saves.defer("packed").first()
    is_kept = newest and facts and newest.modified_at == facts.modified_at
    if is_kept and reason == SaveReason.CHANGED:
        return newest
    content = backend.collect(lab_id, workspace.notebook_path)
    if content is None or facts is None:
        return None
    try:
        return keep(workspace, content, reason, facts.modified_at)
    except NotANotebook:
        return None


def present_save(workspace: Workspace) -> Save | None:
    """The notebook as it is now, kept; where it cannot be read or kept, as it was kept last."""
    try:
        present = keep_present(workspace)
    except Refused:
        present = None
    return present or workspace.saves.first()


def keep_changed(now: datetime | None = None) -> int:
    """Keep a copy of each notebook that was changed since its last copy; return how many.

    Looks at the files alone, so it goes on when the Hub is down, and finds what a server saved
    before it ended.
    """
    now = now or timezone.now()
    launches = Launch.objects.filter(workspace=OuterRef("pk"), launched_at__gt=now - LOOK_BACK)
    newest = Save.objects.filter(workspace=OuterRef("pk")).order_by("-saved_at")
    workspaces = (
        Workspace.objects.filter(Exists(launches))
        .select_related("identity", "release")
        .annotate(
            kept_modified_at=Subquery(newest.values("modified_at")[:1]),
            kept_saved_at=Subquery(newest.values("saved_at")[:1]),
            kept_size=Subquery(newest.values("packed_bytes")[:1]),
        )
    )
    try:
        backend = get_backend()
    except LabsDown:
        return 0
    return sum(_keep_if_changed(backend, workspace, now) for workspace in workspaces)


def _keep_if_changed(backend: LabBackend, workspace: Workspace, now: datetime) -> bool:
    facts = backend.facts(workspace.identity.lab_id, workspace.notebook_path)
    # unequal, not later: the learner may have set the file's time to any
    if facts is None or facts.modified_at == workspace.kept_modified_at:
        return False
    if workspace.kept_saved_at:
        pause = timedelta(seconds=workspace.kept_size / BYTES_A_SECOND)
        if now - workspace.kept_saved_at < pause:
            return False
    if facts.size > LARGEST_FILE:
        return False
    try:
        return keep_present(workspace) is not None
    except Refused:  # it grew meanwhile; the lab's page says what to do
        return False


def restore(workspace: Workspace, save: Save) -> None:
    """Put `save` in the notebook's place; what is there now is kept first."""
    keep_present(workspace, SaveReason.BEFORE_RESTORE)
    _write(workspace, workspace.release.file_name, save.content)
    keep_present(workspace)


def reset(workspace: Workspace) -> None:
    """Put the release's notebook and files back; the notebook that is there is kept first."""
    keep_present(workspace, SaveReason.BEFORE_RESET)
    for name, content in release_files(workspace.release):
        _write(workspace, name, content)
    keep_present(workspace)


@transaction.atomic
def put_typed(workspace: Workspace, answers: dict[str, str], *, base: str = "") -> bool:
    """Write what was typed into the learner's notebook; what is there now is kept first.

    `base` is the hash of the save that the answers were shown from. Where the notebook is another
    by now, only answers that differ from that save are written; returns whether it was.
    """
    backend, identity, release = get_backend(), workspace.identity, workspace.release.notebook
    _seed(workspace)
    present = keep_present(workspace)
    if present is None:
        raise Refused(
            _("The file is not a notebook any more. Restore an earlier save, then try again."),
            code="not_a_notebook",
        )
    is_behind = bool(base) and present.sha256 != base
    if is_behind and (shown := workspace.saves.filter(sha256=base).first()):
        before = answers_in(read_cells(shown.content), release)
        answers = {name: text for name, text in answers.items() if text != before.get(name)}
    written = with_answers(present.content, release, answers)
    backend.write(identity.lab_id, identity.pk, workspace.notebook_path, written)
    keep_present(workspace, SaveReason.TYPED)
    return is_behind


def _seed(workspace: Workspace) -> None:
    identity = workspace.identity
    get_backend().seed(
        identity.lab_id, identity.pk, workspace.folder, release_files(workspace.release)
    )


def _write(workspace: Workspace, name: str, content: bytes) -> None:
    _seed(workspace)  # the folder, should the learner have deleted it
    identity = workspace.identity
    path = f"{workspace.folder}/{name}"
    get_backend().write(identity.lab_id, identity.pk, path, content)
