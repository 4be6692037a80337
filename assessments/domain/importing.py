"""Files of questions brought by an author: read in the background first, then taken in."""

from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import ItemBank, ItemImport
from lms.core.errors import Refused


@transaction.atomic
def read_file(bank: ItemBank, file: UploadedFile, *, by) -> ItemImport:
    """Keep a file and queue its reading; nothing is taken in."""
    from assessments.tasks import import_items_task  # tasks import the domain

    found = ItemImport.objects.create(bank=bank, name=(file.name or "")[:200], file=file, by=by)
    transaction.on_commit(partial(import_items_task.delay, found.pk))
    return found


@transaction.atomic
def begin_import(found: ItemImport, *, by) -> None:
    """Queue taking in what was read; refused twice."""
    from assessments.tasks import import_items_task  # tasks import the domain

    row = ItemImport.objects.select_for_update().get(pk=found.pk)
    if row.state != ItemImport.State.READ:
        raise Refused(_("This file is being taken in already, or was."), code="import_state")
    row.state, row.by = ItemImport.State.IMPORTING, by
    row.save(update_fields=["state", "by"])
    transaction.on_commit(partial(import_items_task.delay, found.pk))
