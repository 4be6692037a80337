"""Writing a lab on the Hub: an author works on the master in their own home, and takes it over."""

import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from labs.backends import get_backend
from labs.domain.drafts import newest_release, release_name, save_draft
from labs.domain.masters import MOST_FILES, check_files, read_notebook
from labs.domain.releases import data_of
from labs.models import LabDraft, LabIdentity, LabPage, Origin
from lms.core.errors import Refused

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def folder_of(page: LabPage, by) -> str:
    """The folder in which `by` works: another one once a version came that is not from there.

    So a version that was uploaded meanwhile is met, and no saved work is written over.
    """
    base = page.drafts.exclude(origin=Origin.HUB, made_by=by).first()
    return f"author-{page.pk}-{base.pk if base else 0}"


def empty_notebook() -> dict:
    return {
        "cells": [],
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def open_workbench(page: LabPage, *, by) -> str:
    """Put master and data into the author's own home, start their server; return its address.

    What lies there already is left as it is. Nobody but `by` gets to that home.
    """
    with transaction.atomic():
        identity, _created = LabIdentity.objects.get_or_create(user=by)
    release = newest_release(page)
    name, folder = f"{release_name(page)}.ipynb", folder_of(page, by)
    master = release.master.notebook if release else empty_notebook()
    files = [(name, json.dumps(master, indent=1).encode())]
    files += data_of(release).items() if release else []
    backend = get_backend()
    backend.seed(identity.lab_id, identity.pk, folder, files)
    backend.start(identity.lab_id, memory_mb=page.memory_mb, environment=page.environment)
    return backend.address(f"{folder}/{name}")


def take_over(page: LabPage, *, by) -> LabDraft:
    """A new draft of what `by` saved on the Hub; Refused if nothing is there.

    Raises ValidationError with a sentence for each fault. If nothing was changed, returns the
    newest draft.
    """
    identity = LabIdentity.objects.filter(user=by).first()
    name, folder = f"{release_name(page)}.ipynb", folder_of(page, by)
    backend = get_backend()
    content = identity and backend.collect(identity.lab_id, f"{folder}/{name}")
    if content is None:
        raise Refused(
            _(
                "There is no notebook %(name)s in your folder %(folder)s on the Hub. Open it there "
                "first, and save it under that name."
            )
            % {"name": name, "folder": folder},
            code="no_notebook",
        )
    names = [each for each in backend.list_files(identity.lab_id, folder) if each != name]
    if len(names) > MOST_FILES:  # before they are read
        raise ValidationError(
            _("Your folder on the Hub holds %(count)s data files; a lab has at most %(limit)s.")
            % {"count": len(names), "limit": MOST_FILES}
        )
    files = {each: backend.collect(identity.lab_id, f"{folder}/{each}") or b"" for each in names}
    check_files(files)
    return save_draft(page, read_notebook(content), files, by=by, origin=Origin.HUB)
