"""Cutting releases: the learner's copy of a lab and its master, frozen under one hash."""

import json
from hashlib import sha256

from django.db import transaction

from labs.environments import DEFAULT_ENVIRONMENT
from labs.grading.notebooks import points_of, release_notebook
from labs.grading.rubrics import check_rubrics
from labs.models import LabFile, LabMaster, LabRelease


@transaction.atomic
def cut_release(
    name: str,
    master: dict,
    files: dict[str, bytes],
    *,
    memory_mb: int,
    marking_seconds: int = 90,
    disk_mb: int = 200,
    environment: str = DEFAULT_ENVIRONMENT,
) -> LabRelease:
    """The release of `master` with `files` and limits; the same again returns the one there is.

    Raises NotebookError when the master cannot be released.
    """
    limits = {
        "memory_mb": memory_mb,
        "marking_seconds": marking_seconds,
        "disk_mb": disk_mb,
        "environment": environment,
    }
    parts = [name, json.dumps(master, sort_keys=True), sorted(limits.items())]
    parts += [[file, sha256(content).hexdigest()] for file, content in sorted(files.items())]
    digest = sha256(json.dumps(parts).encode()).hexdigest()
    found = LabRelease.objects.filter(sha256=digest).first()
    if found:
        return found
    check_rubrics(master)
    release = LabRelease.objects.create(
        sha256=digest,
        name=name,
        notebook=release_notebook(master),
        points=points_of(master),
        **limits,
    )
    LabMaster.objects.create(release=release, notebook=master)
    LabFile.objects.bulk_create(
        LabFile(release=release, name=file, content=content) for file, content in files.items()
    )
    return release


def data_of(release: LabRelease) -> dict[str, bytes]:
    return {file.name: bytes(file.content) for file in release.files.all()}


def with_limits(release: LabRelease, limits: dict) -> LabRelease:
    """The release of the same notebook and data with other `limits`."""
    if release.limits == limits:
        return release
    return cut_release(release.name, release.master.notebook, data_of(release), **limits)
