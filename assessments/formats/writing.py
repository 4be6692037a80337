"""Questions written in the formats of other systems."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from assessments.formats.gift_writer import write_gift
from assessments.formats.lost import Lost
from assessments.formats.moodle.writer import write_moodle_xml
from assessments.formats.qti.writer import write_qti3, write_qti21
from assessments.formats.records import ReadItem
from assessments.formats.tables_writer import write_csv

Files = dict[str, bytes]
_WRITERS: dict[str, tuple[str, Callable[[list[ReadItem], Files, Lost], bytes]]] = {
    "gift": ("gift", write_gift),
    "moodlexml": ("xml", write_moodle_xml),
    "qti21": ("zip", write_qti21),
    "qti3": ("zip", write_qti3),
    "csv": ("csv", write_csv),
}
FORMATS = list(_WRITERS)
_MEDIA_TYPES = {
    "gift": "text/plain",
    "xml": "application/xml",
    "zip": "application/zip",
    "csv": "text/csv",
}


class Written(NamedTuple):
    """A file, its ending without a point, and (identifier, reason) of what its format cannot carry."""

    data: bytes
    suffix: str
    lost: list[tuple[str, str]]

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self.suffix]


def write_items(form: str, items: Iterable[ReadItem], files: Files) -> Written:
    """Write items in the format `form`, one of FORMATS; `files` are those that their HTML calls by name."""
    lost = Lost()
    suffix, writer = _WRITERS[form]
    data = writer(list(items), files, lost)
    return Written(data, suffix, lost.rows)
