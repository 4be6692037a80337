"""What each row says, before anybody is looked for: a person, or what is wrong with it. Pure."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from lms.accounts.validators import validate_full_name
from rosters.domain.columns import Mapping
from rosters.domain.names import in_capitals, proper_case, same_person
from rosters.domain.phones import PhoneFault, read_phone
from rosters.formats.cells import (
    MAX_CELL,
    BooleanCell,
    DateCell,
    ErrorCell,
    FormulaCell,
    Note,
    NumberCell,
    Table,
    plain,
)
from rosters.headings import same_words
from rosters.messages import RefusalCode as Code
from rosters.messages import field_name

_NOTHING = {"-", "--", "–", "—", ".", "n/a", "na", "none", "nil", "null", "hakuna", "aucun", "aucune", "néant"}  # noqa: RUF001  dashes as people type them # fmt: skip
_NO_NAME = {"-", "--", "–", "—", ".", "n/a", "none", "null"}  # noqa: RUF001  likewise
_LONGEST = {"full_name": 200, "email": 254, "unit": 200, "grade_scheme": 32, "grade": 32, "staff_scheme": 32, "staff_number": 64, "organisation": 200, "phone": 200, "language": 64}  # fmt: skip
_GARBLED = re.compile(r"\ufffd|Ã[\x80-\xbf©¨«ª§´¯¢®»¼±³¡\xa0‰ˆ‹¶–]|â€[™˜œ\x9d“]|Â[\xa0´’]")  # noqa: RUF001  what they are
_MISSPELT = {
    "gmail.con": "gmail.com", "gmail.cm": "gmail.com", "gmail.om": "gmail.com", "gmial.com": "gmail.com",
    "gmai.com": "gmail.com", "gamil.com": "gmail.com", "gmaill.com": "gmail.com", "gmail.comm": "gmail.com",
    "gnail.com": "gmail.com", "yahoo.con": "yahoo.com", "yaho.com": "yahoo.com", "yahho.com": "yahoo.com",
    "hotmial.com": "hotmail.com", "hotmail.con": "hotmail.com", "outlook.con": "outlook.com",
}  # fmt: skip
_LANGUAGES = {
    "en": "english anglais kiingereza en eng",
    "sw": "kiswahili swahili sw swa souahili",
    "fr": "french francais kifaransa fr fra",
    "so": "somali kisomali so som",
    "am": "amharic amharique am amh",
    "rw": "kinyarwanda rw kin",
    "rn": "kirundi rundi rn run",
    "ar": "arabic arabe kiarabu ar ara",
    "pt": "portuguese portugais kireno pt por",
}


_NO_NAMES: dict[type, Code] = {
    NumberCell: Code.NAME_NUMBER,
    DateCell: Code.CELL_DATE,
    BooleanCell: Code.NAME_BOOLEAN,
}


@dataclass
class Fault(Exception):  # noqa: N818  an answer, not an error
    """Why a row is refused."""

    code: Code
    column: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    number: int = 0


@dataclass
class Person:
    """What a row says of a person, checked as far as the row itself goes."""

    number: int
    full_name: str
    email: str = ""
    phone: str = ""
    staff_scheme: str = ""
    staff_number: str = ""
    organisation: str = ""
    unit: str = ""
    grade_scheme: str = ""
    grade: str = ""
    language: str = ""
    notes: list[Note] = field(default_factory=list)


Entry = Person | Fault


class RowReader:
    """Reads rows of one file: its header, its mapping, and the country whose phones it has."""

    def __init__(self, header: list[str], mapping: Mapping, region: str, *, is_proper_case: bool):
        self.header, self.mapping, self.region = header, mapping, region
        self.is_proper_case = is_proper_case
        self.at = {name: index for index, name in enumerate(mapping.fields) if name}
        self.name_columns = mapping.name_columns

    def title(self, name: str) -> str:
        """What the file calls a column."""
        if name == "full_name":
            return ", ".join(self.header[index] for index in self.name_columns)
        index = self.at.get(name)
        return self.header[index] if index is not None else field_name(name)

    def read(self, number: int, cells: list[str]) -> Entry | None:
        """Return what a row says; None for one that says nothing in the columns that are read."""
        if not any(index < len(cells) and cells[index] for index in self.at.values()):
            return None
        if any(cells[len(self.header) :]):
            return Fault(Code.ROW_TOO_WIDE, number=number)
        try:
            return self._person(number, cells)
        except Fault as fault:
            fault.number = number
            return fault

    def _person(self, number: int, cells: list[str]) -> Person:
        notes: list[Note] = []
        name = self._name(cells, notes)
        email = self._email(cells)
        phone = self._phone(cells, notes)
        if not email and not phone:
            raise Fault(
                Code.CONTACT_MISSING,
                " / ".join(self.title(each) for each in ("email", "phone") if each in self.at),
            )
        scheme, value = self._staff_number(cells)
        grade_scheme, grade = self._text(cells, "grade_scheme"), self._text(cells, "grade")
        if grade and not grade_scheme and "grade_scheme" in self.at:
            raise Fault(Code.GRADE_SCHEME, self.title("grade_scheme"))
        return Person(
            number=number,
            full_name=name,
            email=email,
            phone=phone,
            staff_scheme=scheme,
            staff_number=value,
            organisation=self._text(cells, "organisation"),
            unit=self._text(cells, "unit"),
            grade_scheme=grade_scheme if grade else "",
            grade=grade,
            language=self._language(cells, notes),
            notes=notes,
        )

    def _cell(self, cells: list[str], index: int | None, name: str) -> str:
        """A cell whose content can be what its column says; raises Fault for an error, a formula or lost letters."""
        cell = cells[index] if index is not None and index < len(cells) else ""
        if not cell:
            return ""
        title = self.header[index] if index is not None else ""
        if isinstance(cell, ErrorCell):
            raise Fault(Code.CELL_ERROR, title, {"value": str(cell)})
        if isinstance(cell, FormulaCell):
            raise Fault(Code.CELL_FORMULA, title)
        longest = _LONGEST[name]
        if len(cell) > min(longest, MAX_CELL):
            raise Fault(Code.CELL_TOO_LONG, title, {"most": longest})
        if not cell.isascii() and _GARBLED.search(cell):
            raise Fault(Code.CELL_GARBLED, title, {"value": cell[:60]})
        return cell

    def _text(self, cells: list[str], name: str) -> str:
        cell = self._cell(cells, self.at.get(name), name)
        if isinstance(cell, DateCell):
            raise Fault(Code.CELL_DATE, self.title(name), {"value": str(cell)})
        if isinstance(cell, BooleanCell):
            raise Fault(Code.CELL_BOOLEAN, self.title(name), {"value": str(cell)})
        return "" if cell.casefold() in _NOTHING else str(cell)

    def _name(self, cells: list[str], notes: list[Note]) -> str:
        parts = [self._name_part(cells, index) for index in self.name_columns]
        name, title = " ".join(filter(None, parts)), self.title("full_name")
        if not name:
            raise Fault(Code.NAME_MISSING, title)
        told = {"value": name[:60]}
        if "@" in name or name.lower().startswith(("http:", "https:", "www.")):
            raise Fault(Code.NAME_IS_CONTACT, title, told)
        if re.fullmatch(r"[\d\s.,+()/-]+", name):
            raise Fault(Code.NAME_NUMBER, title, told)
        if len(name) > _LONGEST["full_name"]:
            raise Fault(Code.CELL_TOO_LONG, title, {"most": _LONGEST["full_name"]})
        try:
            validate_full_name(name)
        except ValidationError:
            raise Fault(Code.NAME_CHARACTERS, title, told) from None
        if not in_capitals(name):
            return name
        proposal = proper_case(name)
        notes.append(["written" if self.is_proper_case else "capitals", {"proposal": proposal}])
        return proposal if self.is_proper_case else name

    def _name_part(self, cells: list[str], index: int) -> str:
        title = self.header[index]
        part = self._cell(cells, index, "full_name")
        for kind, code in _NO_NAMES.items():
            if isinstance(part, kind):
                raise Fault(code, title, {"value": str(part)})
        return "" if part.casefold() in _NO_NAME else str(part)

    def _email(self, cells: list[str]) -> str:
        text = self._text(cells, "email").removeprefix("mailto:")
        if not text:
            return ""
        title, told = self.title("email"), {"value": text[:60]}
        inside = re.search(r"<([^<>]+@[^<>]+)>", text)
        text = inside[1] if inside and text.count("@") == 1 else text
        if text.count("@") > 1:
            raise Fault(Code.EMAIL_SEVERAL, title, told)
        text = re.sub(r"\s+", "", text) if re.search(r"\s@|@\s", text) else text
        text = text.rstrip(".,;").lower()
        try:
            validate_email(text)
        except ValidationError:
            raise Fault(Code.EMAIL_MALFORMED, title, told) from None
        name, _at, domain = text.partition("@")
        if domain in _MISSPELT:
            raise Fault(Code.EMAIL_DOMAIN, title, told | {"meant": f"{name}@{_MISSPELT[domain]}"})
        return text

    def _phone(self, cells: list[str], notes: list[Note]) -> str:
        text = self._text(cells, "phone")
        if not text:
            return ""
        try:
            phone, is_restored = read_phone(text, self.region)
        except PhoneFault as fault:
            raise Fault(fault.code, self.title("phone"), dict(fault.values)) from None
        if is_restored:
            notes.append(["zero_restored", {"phone": phone}])
        return phone

    def _staff_number(self, cells: list[str]) -> tuple[str, str]:
        text = re.sub(r"\.0+$", "", self._text(cells, "staff_number"))
        if not text:
            return "", ""
        title, told = self.title("staff_number"), {"value": text[:40]}
        if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+", text):
            raise Fault(Code.IDENTIFIER_ROUNDED, title, told)
        if not re.fullmatch(r"[\w\-/. ]+", text) or not re.search(r"\d", text):
            raise Fault(Code.IDENTIFIER_MALFORMED, title, told)
        scheme = self._text(cells, "staff_scheme")
        if not scheme and "staff_scheme" in self.at:
            raise Fault(Code.IDENTIFIER_SCHEME, self.title("staff_scheme"))
        return scheme or self.title("staff_number")[:32], text

    def _language(self, cells: list[str], notes: list[Note]) -> str:
        text = self._text(cells, "language")
        if not text:
            return ""
        word = same_words(text)
        code = next((code for code, names in _LANGUAGES.items() if word in names.split()), "")
        offered = dict(settings.LANGUAGES)
        if code in offered:
            return code
        if code:
            notes.append(["language_not_offered", {"value": text[:40]}])
            return ""
        names = ", ".join(str(name) for name in offered.values())
        told = {"value": text[:40], "languages": names}
        raise Fault(Code.LANGUAGE_UNKNOWN, self.title("language"), told)


def read_entries(table: Table, reader: RowReader) -> list[Entry]:
    """What each row of a file says, in order; of two rows with one address, phone or number, the first is taken."""
    rows = (reader.read(number, cells) for number, cells in table.rows)
    return list(_told_apart((row for row in rows if row is not None), reader))


def _told_apart(entries: Iterable[Entry], reader: RowReader) -> Iterable[Entry]:
    emails: dict[str, Person] = {}
    phones: dict[str, Person] = {}
    numbers: dict[tuple[str, str], Person] = {}
    for entry in entries:
        if isinstance(entry, Fault):
            yield entry
            continue
        staff = (entry.staff_scheme.casefold(), entry.staff_number.casefold())
        by_email, by_phone = emails.get(entry.email), phones.get(entry.phone)
        other = by_email or by_phone or (numbers.get(staff) if entry.staff_number else None)
        if other is None:
            if entry.email:
                emails[entry.email] = entry
            if entry.phone:
                phones[entry.phone] = entry
            if entry.staff_number:
                numbers[staff] = entry
            yield entry
            continue
        told = {"other": other.number}
        code, column = Code.IDENTIFIER_TWICE, "staff_number"
        if by_email or by_phone:
            code, column = (Code.EMAIL_TWICE, "email") if by_email else (Code.PHONE_TWICE, "phone")
            if same_person(entry.full_name, other.full_name):
                code, column = Code.ROW_TWICE, "full_name"
        yield Fault(code, reader.title(column), told, entry.number)


class Bodies:
    """The public bodies at or below an organisation, by whatever a file may call them."""

    def __init__(self, organisation, bodies: Iterable[Any], today):
        self.organisation, self.today = organisation, today
        self.called: dict[str, list[Any]] = {}
        self.names: list[str] = []
        for body in bodies:
            if self._exists(body):
                self.names.append(body.name)
            for name in {same_words(name) for name in (body.name, body.slug, body.code) if name}:
                self.called.setdefault(name, []).append(body)
        self.nearest: dict[str, str] = {}

    def _exists(self, body) -> bool:
        begun = body.valid_from is None or body.valid_from <= self.today
        return begun and (body.valid_until is None or body.valid_until > self.today)

    def find(self, name: str, column: str):
        """The body that a row names, the organisation itself where it names none; raises Fault."""
        if not name:
            return self.organisation
        found = self.called.get(same_words(name), [])
        now = [body for body in found if self._exists(body)]
        told = {"value": name[:60], "organisation": self.organisation.name}
        if len(now) == 1:
            return now[0]
        if now:
            slugs = ", ".join(body.slug for body in now)
            raise Fault(Code.ORGANISATION_AMBIGUOUS, column, told | {"nearest": slugs})
        if found:
            after = [body.successor.name for body in found if body.successor]
            near = ", ".join(after) or self._near(name)
            raise Fault(Code.ORGANISATION_CLOSED, column, told | {"nearest": near})
        raise Fault(Code.ORGANISATION_UNKNOWN, column, told | {"nearest": self._near(name)})

    def _near(self, name: str) -> str:
        if name not in self.nearest:
            by_words = {same_words(each): each for each in self.names}
            near = get_close_matches(same_words(name), by_words, n=3, cutoff=0.0)
            self.nearest[name] = ", ".join(by_words[each] for each in near) or _("none")
        return self.nearest[name]


def fingerprint(name: str, value: str) -> str:
    """The hash by which a value that was imported is known again."""
    return hashlib.sha256(f"{name}\x1f{plain(value)}".encode()).hexdigest()[:32]
