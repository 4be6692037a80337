"""Opening a lab: the learner's files in it, and a server to work on them."""

import json

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.domain.editions import pinned_page
from courses.domain.progress import complete_activity, visit_activity
from courses.models import Enrolment
from labs.backends import ServerState, get_backend
from labs.domain.places import end_of_labs, open_turn
from labs.domain.sessions import enter, has_session, stop_session
from labs.domain.standing import forget_server_state
from labs.models import LabIdentity, LabPage, LabRelease, LabSession, Launch, Why, Workspace
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation


def pinned_lab(entry: dict, language: str) -> LabPage:
    return pinned_page(entry, language)


@transaction.atomic
def workspace_of(enrolment: Enrolment, key: str, release: LabRelease) -> Workspace:
    """The learner's workspace for the activity, made at the first call; it follows the release."""
    identity, _created = LabIdentity.objects.get_or_create(user_id=enrolment.user_id)
    LabIdentity.objects.select_for_update().get(pk=identity.pk)
    found = Workspace.objects.filter(enrolment=enrolment, activity_key=key).first()
    if found is None:
        return Workspace.objects.create(
            enrolment=enrolment,
            activity_key=key,
            release=release,
            identity=identity,
            folder=_free_folder(identity, release, enrolment),
        )
    if found.release_id != release.pk:
        found.release = release
        found.save(update_fields=["release"])
    return found


def _free_folder(identity: LabIdentity, release: LabRelease, enrolment: Enrolment) -> str:
    """The lab's name; with the run's number if the learner did the same lab in another run."""
    with every_organisation():  # one home serves all of a person's organisations
        is_taken = identity.workspaces.filter(folder=release.name).exists()
    return f"{release.name}-{enrolment.run_id}" if is_taken else release.name


def open_lab(enrolment: Enrolment, entry: dict, language: str) -> Launch | None:
    """Put the release in place and have the learner's server started; does not wait for it.

    When all places are taken the learner is in line, and there is no Launch yet. Refused when the
    labs are down, closed with the run, or the cohort's hours used. Files that the learner has are
    left as they are. The Launch says whether the server was started for it, or ran already.
    """
    end = end_of_labs(enrolment)
    if end and end <= timezone.now():
        raise Refused(
            _("This run is over, and its labs are closed. Your results stay."), code="run_over"
        )
    lab = pinned_lab(entry, language)
    workspace = workspace_of(enrolment, entry["key"], lab.release)
    visit_activity(enrolment, entry["key"])
    seed(workspace)
    forget_server_state(workspace.identity.lab_id)
    return _enter(workspace)


def _enter(workspace: Workspace) -> Launch | None:
    state = enter(workspace)
    if state is None:
        return None
    return Launch.objects.create(workspace=workspace, started_server=state != ServerState.READY)


def stop_lab(workspace: Workspace) -> None:
    """End the learner's server; what is saved stays, and is kept by the next look at it."""
    with every_organisation():  # one server serves all of a person's organisations
        session = LabSession.objects.open().filter(identity=workspace.identity).first()
        if session:
            stop_session(session, Why.STOPPED)
        else:
            get_backend().stop(workspace.identity.lab_id)
    forget_server_state(workspace.identity.lab_id)


def seed(workspace: Workspace) -> None:
    """Put the files of the release that are not there yet into the learner's folder."""
    identity = workspace.identity
    files = release_files(workspace.release)
    get_backend().seed(identity.lab_id, identity.pk, workspace.folder, files)


def enter_in_turn(workspace: Workspace) -> bool:
    """Start the server of a learner whose turn has come; whether it starts or runs."""
    turn = open_turn(workspace.identity)
    if turn is None:
        return has_session(workspace.identity)
    return turn.called_at is not None and _enter(workspace) is not None


def is_in_line(workspace: Workspace) -> bool:
    """Whether the person waits for a place, for this lab or another."""
    return open_turn(workspace.identity) is not None


def complete_without_lab(enrolment: Enrolment, key: str, lab: LabPage) -> None:
    """Complete the activity for who took the way without the lab: no points, and no result."""
    if not lab.no_lab_path:
        raise Refused(_("This lab has no way without the notebook."), code="no_other_way")
    complete_activity(enrolment, key)


def release_files(release: LabRelease) -> list[tuple[str, bytes]]:
    notebook = json.dumps(release.notebook, indent=1).encode()
    data = [(file.name, bytes(file.content)) for file in release.files.all()]
    return [(release.file_name, notebook), *data]


def lab_address(workspace: Workspace) -> str:
    return get_backend().address(workspace.notebook_path)
