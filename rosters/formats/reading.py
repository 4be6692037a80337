"""Any file of people: told by what is in it, not by its name."""

from django.utils.translation import gettext as _

from lms.core.archives import is_tar, is_zip, unpack
from lms.core.errors import NotReadableError
from rosters.formats.cells import MAX_BYTES, Table
from rosters.formats.delimited import read_delimited
from rosters.formats.standards import is_standard, read_standard
from rosters.formats.workbook import MAX_MEMBERS, MAX_UNPACKED, is_workbook, read_workbook

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_table(data: bytes) -> Table:
    """Return the people's rows of a file, or raise NotReadableError with what to do."""
    if len(data) > MAX_BYTES:
        raise NotReadableError(_("The file is larger than 10 MB. Divide it into smaller ones."))
    if data.startswith(_OLD_EXCEL):
        raise NotReadableError(
            _("This is an old .xls file, or one with a password. Save it as .xlsx without one.")
        )
    if is_tar(data):
        raise NotReadableError(
            _("This is an archive that cannot be read here. Bring the spreadsheet itself.")
        )
    if not is_zip(data):
        return read_delimited(data)
    members = unpack(data, max_unpacked=MAX_UNPACKED, max_members=MAX_MEMBERS)
    if is_workbook(members):
        return read_workbook(data, members)
    if is_standard(members):
        return read_standard(members)
    raise NotReadableError(
        _(
            "The archive is no Excel file and holds no users.csv. Bring a .xlsx or .csv file, or a zip of OneRoster or Canvas."
        )
    )
