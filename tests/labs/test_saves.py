"""Copies of notebooks: which are kept, and that none of a learner's work is lost to another."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from labs.backends import get_backend
from labs.cells import answers_in, read_cells
from labs.domain import saves
from labs.domain.workspaces import release_files, workspace_of
from labs.models import Launch, Save, SaveReason
from labs.setup import prepare_hub
from labs.tasks import keep_changed_notebooks_task
from lms.core.errors import Refused
from lms.organisations.domain import subtree_scope
from tests.labs.notebooks import handed_in

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
seconds_ago = st.integers(0, 100 * 24 * 3600)
kept_before = st.lists(st.tuples(seconds_ago, st.integers(1, 4 << 20)), max_size=30).map(
    lambda rows: [(n, NOW - timedelta(seconds=s), size) for n, (s, size) in enumerate(rows)]
)


@given(kept_before)
def test_the_newest_stay_within_a_size_and_thinning_again_changes_nothing(rows):
    kept = saves.to_keep(rows, NOW)
    left = [row for row in rows if row[0] in kept]
    newest = sorted(rows, key=lambda row: (row[1], row[0]), reverse=True)

    assert {row[0] for row in newest[:1]} <= kept
    assert sum(row[2] for row in left) <= saves.MOST_BYTES or len(left) == 1
    assert saves.to_keep(left, NOW) == kept
    if sum(row[2] for row in newest[: saves.NEWEST]) <= saves.MOST_BYTES:
        assert {row[0] for row in newest[: saves.NEWEST]} <= kept


def test_one_an_hour_and_one_a_day_stay():
    every_minute = [(n, NOW - timedelta(minutes=n), 1) for n in range(3 * 24 * 60)]
    kept = sorted(saves.to_keep(every_minute, NOW))

    assert kept[:20] == list(range(20))
    assert len([n for n in kept if 20 <= n <= 48 * 60]) == 47
    assert len([n for n in kept if n > 48 * 60]) == 1


@pytest.fixture
def workspace(enrolment, lab):
    prepare_hub()
    with subtree_scope(enrolment.organisation):
        workspace = workspace_of(enrolment, lab.key, lab.release)
        identity = workspace.identity
        get_backend().seed(
            identity.lab_id, identity.pk, workspace.folder, release_files(workspace.release)
        )
        Launch.objects.create(workspace=workspace)
        yield workspace


def path_of(workspace, name=None):
    home = get_backend().hub.homes / workspace.identity.lab_id
    return home / workspace.folder / (name or workspace.release.file_name)


def write(workspace, text, at=None):
    notebook = handed_in(workspace.release.notebook, {"late": text})
    path_of(workspace).write_text(json.dumps(notebook))
    if at:
        os.utime(path_of(workspace), (at, at))


def answer(content):
    (text,) = [
        cell["source"]
        for cell in read_cells(content)
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "late"
    ]
    return text


def present(workspace):
    return answer(path_of(workspace).read_bytes())


def texts(workspace):
    return [answer(save.content) for save in workspace.saves.all()]


def test_what_changed_is_kept_and_what_did_not_is_not(workspace):
    write(workspace, "one", at=1000)
    assert saves.keep_changed() == 1
    assert saves.keep_changed() == 0

    # even when the learner set the file's time back
    write(workspace, "two", at=10)
    assert saves.keep_changed(timezone.now() + timedelta(seconds=1)) == 1
    assert texts(workspace) == ["two", "one"]
    assert (workspace.saves.first().answered, workspace.saves.first().answers) == (1, 1)


def test_the_task_looks_at_every_organisation(workspace):
    write(workspace, "one")
    keep_changed_notebooks_task()
    keep_changed_notebooks_task()

    assert texts(workspace) == ["one"]


def test_the_same_content_is_kept_once_and_is_then_the_newest(workspace):
    for text in ("one", "two", "one"):
        write(workspace, text)
        saves.keep_present(workspace)

    assert texts(workspace) == ["one", "two"]


def test_a_workspace_that_nobody_opened_for_long_is_not_looked_at(workspace):
    Launch.objects.update(launched_at=timezone.now() - timedelta(days=2))
    write(workspace, "one")

    assert saves.keep_changed() == 0


def test_large_notebooks_are_not_kept_at_every_look(workspace):
    write(workspace, "one")
    saves.keep_changed()
    Save.objects.update(packed_bytes=40 * saves.BYTES_A_SECOND)
    write(workspace, "two")

    assert saves.keep_changed() == 0
    assert saves.keep_changed(timezone.now() + timedelta(seconds=41)) == 1


@pytest.mark.parametrize("content", ["no notebook", "x" * (9 << 20)], ids=["broken", "large"])
def test_what_cannot_be_kept_stops_nothing(workspace, content):
    write(workspace, "one")
    saves.keep_changed()
    path_of(workspace).write_text(content)

    assert saves.keep_changed() == 0
    assert answer(saves.present_save(workspace).content) == "one"


def test_restoring_keeps_the_present_state(workspace):
    write(workspace, "one")
    first = saves.keep_present(workspace)
    write(workspace, "two")
    saves.restore(workspace, first)

    assert present(workspace) == "one"
    assert texts(workspace) == ["one", "two"]
    assert workspace.saves.last().reason == SaveReason.BEFORE_RESTORE


def test_a_reset_keeps_the_work_and_can_be_undone(workspace):
    write(workspace, "mine")
    path_of(workspace, "requests.csv").write_text("spoilt")
    saves.reset(workspace)
    released = answers_in(workspace.release.notebook["cells"], workspace.release.notebook)

    assert present(workspace) == released["late"]
    assert path_of(workspace, "requests.csv").read_bytes() == bytes(
        workspace.release.files.get(name="requests.csv").content
    )
    saves.restore(workspace, workspace.saves.get(reason=SaveReason.BEFORE_RESET))
    assert present(workspace) == "mine"


def test_restoring_brings_back_a_deleted_folder(workspace):
    write(workspace, "one")
    save = saves.keep_present(workspace)
    for path in path_of(workspace).parent.iterdir():
        path.unlink()
    path_of(workspace).parent.rmdir()
    saves.restore(workspace, save)

    assert present(workspace) == "one"


def test_restoring_writes_through_no_link(workspace, tmp_path):
    write(workspace, "one")
    save = saves.keep_present(workspace)
    secret = tmp_path / "secret"
    secret.write_text("another's")
    path_of(workspace).unlink()
    path_of(workspace).symlink_to(secret)
    saves.restore(workspace, save)

    assert secret.read_text() == "another's"
    assert not path_of(workspace).is_symlink()
    assert present(workspace) == "one"


def test_what_lies_in_the_notebooks_place_is_told(workspace):
    write(workspace, "one")
    save = saves.keep_present(workspace)
    path_of(workspace).unlink()
    path_of(workspace).mkdir()
    with pytest.raises(Refused) as refusal:
        saves.restore(workspace, save)

    assert refusal.value.code == "not_writable"


def test_typed_answers_leave_what_was_changed_elsewhere(workspace):
    write(workspace, "shown")
    shown = saves.keep_present(workspace)
    write(workspace, "changed in the lab")

    assert saves.put_typed(workspace, {"late": "shown"}, base=shown.sha256)
    assert present(workspace) == "changed in the lab"
    assert saves.put_typed(workspace, {"late": "typed"}, base=shown.sha256)
    assert present(workspace) == "typed"
    assert not saves.put_typed(workspace, {"late": "again"}, base=workspace.saves.first().sha256)
    assert texts(workspace)[:3] == ["again", "typed", "changed in the lab"]
