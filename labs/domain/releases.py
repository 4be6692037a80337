"""Cutting releases: the learner's copy of a lab and its master, frozen under one hash."""

import json
from decimal import Decimal
from hashlib import sha256

from django.db import transaction

from labs.grading.notebooks import is_test, marks_of, release_notebook
from labs.grading.rubrics import check_rubrics
from labs.models import LabFile, LabMaster, LabRelease


@transaction.atomic
def cut_release(name: str, master: dict, files: dict[str, bytes], *, memory_mb: int) -> LabRelease:
    """The release of `master` with `files`; the same again returns the one there is.

    Raises NotebookError when the master cannot be released.
    """
    parts = [name, json.dumps(master, sort_keys=True), memory_mb]
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
        points=sum(
            Decimal(str(marks_of(cell)["points"]))
            for cell in master["cells"]
            if is_test(marks_of(cell))
        ),
        memory_mb=memory_mb,
    )
    LabMaster.objects.create(release=release, notebook=master)
    LabFile.objects.bulk_create(
        LabFile(release=release, name=file, content=content) for file, content in files.items()
    )
    return release
