"""Opening a lab, and closing it when the right to it ends."""

import json

from django.db import transaction
from django.utils.translation import gettext as _

from courses.domain.editions import pinned_page
from courses.domain.progress import complete_activity, visit_activity
from courses.models import Enrolment
from labs.backends import ServerState, get_backend
from labs.domain.standing import forget_server_state
from labs.models import LabIdentity, LabPage, LabRelease, Launch, Workspace
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


def open_lab(enrolment: Enrolment, entry: dict, language: str) -> Launch:
    """Put the release in place and have the learner's server started; does not wait for it.

    Refused when the labs are down or full. Files that the learner has are left as they are. The
    Launch says whether the server was started for it, or ran already.
    """
    lab = pinned_lab(entry, language)
    workspace = workspace_of(enrolment, entry["key"], lab.release)
    visit_activity(enrolment, entry["key"])
    backend = get_backend()
    identity = workspace.identity
    backend.seed(identity.lab_id, identity.pk, workspace.folder, release_files(workspace.release))
    forget_server_state(identity.lab_id)
    state = backend.start(identity.lab_id, memory_mb=lab.release.memory_mb)
    return Launch.objects.create(workspace=workspace, started_server=state != ServerState.READY)


def stop_lab(workspace: Workspace) -> None:
    """End the learner's server; what is saved stays, and is kept by the next look at it."""
    get_backend().stop(workspace.identity.lab_id)
    forget_server_state(workspace.identity.lab_id)


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


def close_labs(enrolment: Enrolment) -> None:
    """Stop the learner's server unless another live enrolment of theirs has a workspace."""
    identity = LabIdentity.objects.filter(user_id=enrolment.user_id).first()
    if identity is None:
        return
    with every_organisation():  # one server serves all of a person's organisations
        live = Enrolment.objects.live().filter(user_id=enrolment.user_id)
        still_used = Workspace.objects.filter(enrolment__in=live).exists()
    if not still_used:
        get_backend().stop(identity.lab_id)
