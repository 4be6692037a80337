"""Which column of a file is which of ours: guessed, told by a person once, and remembered by the headings."""

import hashlib
from dataclasses import asdict, dataclass, field

from rosters.formats.cells import Table, plain
from rosters.headings import FIELDS, NAME_PART, guess, same_words
from rosters.models import RosterMapping
from rosters.template import HEADINGS

AS_WRITTEN, FIRST_LAST, LAST_FIRST = "as_written", "first_last", "last_first"
ORDERS = [AS_WRITTEN, FIRST_LAST, LAST_FIRST]


@dataclass(frozen=True)
class Mapping:
    """The field of each column, "" for one that is not read; and in which order parts of a name are printed."""

    fields: list[str] = field(default_factory=list)
    name_order: str = ""

    def as_json(self) -> dict:
        return asdict(self)

    def column(self, name: str) -> int | None:
        return self.fields.index(name) if name in self.fields else None

    @property
    def name_columns(self) -> list[int]:
        """The columns that make a name, in the order in which they are printed."""
        if "full_name" in self.fields:
            return [self.fields.index("full_name")]
        parts = [index for index, name in enumerate(self.fields) if name == NAME_PART]
        return in_order(parts, self.name_order)

    @property
    def problem(self) -> str:
        """Why a file cannot be read by it: "" or name, contact, twice, or order."""
        told = [name for name in self.fields if name and name != NAME_PART]
        if len(told) != len(set(told)):
            return "twice"
        parts = self.fields.count(NAME_PART)
        if ("full_name" in told) == bool(parts):
            return "name"
        if not {"email", "phone"}.intersection(told):
            return "contact"
        return "order" if parts > 1 and self.name_order not in ORDERS else ""


def in_order(parts: list, order: str) -> list:
    """Return parts of a name as they are printed."""
    match order:
        case "first_last":
            return [*parts[1:], *parts[:1]]
        case "last_first":
            return [*parts[-1:], *parts[:-1]]
    return parts


def read_mapping(data: dict, width: int) -> Mapping:
    """Return a mapping that was kept as JSON, as wide as the file."""
    fields = [name if name in {*FIELDS, NAME_PART} else "" for name in data.get("fields", [])]
    return Mapping([*fields, *[""] * width][:width], data.get("name_order", ""))


def signature(header: list[str]) -> str:
    return hashlib.sha256("\x1f".join(map(same_words, header)).encode()).hexdigest()


def is_template(header: list[str]) -> bool:
    """Whether these are headings of our own template, in any language, and nothing else."""
    known = [set(map(same_words, names.values())) for names in HEADINGS.values()]
    return any({same_words(title) for title in header} <= names for names in known)


def guessed(table: Table) -> Mapping:
    return Mapping(guess(table.header))


def remembered(organisation, header: list[str]) -> Mapping | None:
    """What the organisation said of such a file before, or what our own template says of itself."""
    found = RosterMapping.objects.filter(
        organisation=organisation, signature=signature(header)
    ).first()
    if found:
        return read_mapping(found.mapping, len(header))
    mapping = Mapping(guess(header))
    return mapping if is_template(header) and not mapping.problem else None


def remember(organisation, header: list[str], mapping: Mapping) -> None:
    RosterMapping.objects.update_or_create(
        organisation=organisation,
        signature=signature(header),
        defaults={"mapping": mapping.as_json()},
    )


def told_columns(table: Table, samples: int = 2) -> list[dict]:
    """Each column's heading with the first values in it, for a page that asks what it is."""
    found = []
    for index, title in enumerate(table.header):
        values = [
            plain(cells[index])[:60]
            for _number, cells in table.rows[:200]
            if index < len(cells) and cells[index]
        ]
        found.append({"title": str(title), "samples": values[:samples]})
    return found
