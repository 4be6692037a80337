"""A roster as people send it: many good rows, and among them faults of every kind, each known by its row."""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO, StringIO

from openpyxl import Workbook

from courses.models import CourseRun
from lms.accounts.domain.identifiers import set_identifier
from lms.accounts.models import User

HEADER = [
    "Full name",
    "E-mail",
    "Phone",
    "Staff number scheme",
    "Staff number",
    "Institution",
    "Unit",
    "Grade scheme",
    "Grade",
    "Language",
]
NAME, EMAIL, PHONE, SCHEME, NUMBER, BODY, UNIT, GRADES, GRADE, LANGUAGE = range(10)
GIVEN = ["Wanjiru", "Otieno", "Akinyi", "Kiprono", "Halima", "Mutua", "Uwase", "Ndizèye", "Chebet", "Abdi"]  # fmt: skip
FAMILY = ["Ng'eno", "Were", "Murang'a", "Odhiambo", "Njoroge", "Kilonzo", "Rono", "Mwangi", "Sing'Oei", "Hassan"]  # fmt: skip
BODIES = ["", "Nyeri County", "nyeri-county"]


def person(number: int) -> list:
    """A good row; phones and cases come as they do in life."""
    given, family = GIVEN[number % 10], FAMILY[number // 10 % 10]
    figures = 712_000_000 + number
    phone = [f"0{figures}", figures, f"254{figures}", f"+254 {figures}"][number % 4]
    name = f"{given} {family} {GIVEN[number // 100 % 10]}"
    return [
        name.upper() if number % 7 == 0 else name,
        f"person{number}@example.go.ke",
        phone,
        "UPN",
        f"2024{number:06}",
        BODIES[number % 3],
        "Records",
        "CSG",
        str(number % 10 + 6),
        "English" if number % 2 else "Kiswahili",
    ]


def _set(**cells) -> Callable[[list, list], list]:
    places = {name.lower(): index for name, index in globals().items() if isinstance(index, int)}

    def change(row: list, _other: list) -> list:
        for name, value in cells.items():
            row[places[name]] = value
        return row

    return change


def _copy(*columns: int) -> Callable[[list, list], list]:
    def change(row: list, other: list) -> list:
        for column in columns:
            row[column] = other[column]
        return row

    return change


FAULTS: dict[str, Callable[[list, list], list]] = {
    "name_missing": _set(name=None),
    "name_number": _set(name=4711),
    "name_boolean": _set(name=True),
    "name_is_contact": _set(name="wanjiru@example.go.ke"),
    "name_characters": _set(name="Wanjiru #12 {Were}"),
    "contact_missing": _set(email=None, phone="n/a"),
    "email_malformed": _set(email="wanjiru.example.go.ke"),
    "email_several": _set(email="a@example.go.ke; b@example.go.ke"),
    "email_domain": _set(email="wanjiru@gmail.con"),
    "email_twice": lambda row, other: _copy(EMAIL)(_set(name="Zuhura Xavier")(row, other), other),
    "phone_malformed": _set(phone="ask at the gate"),
    "phone_short": _set(phone="0712 34"),
    "phone_long": _set(phone="0712 345 678 901"),
    "phone_rounded": _set(phone="2.54713E+11"),
    "phone_several": _set(phone="0712345678 / 0722345678"),
    "phone_twice": lambda row, other: _copy(PHONE)(_set(name="Zuhura Xavier")(row, other), other),
    "row_twice": _copy(NAME, EMAIL, PHONE),
    "cell_error": _set(unit="#N/A"),
    "cell_formula": _set(grade="=VLOOKUP(A2,Grades!A:B,2)"),
    "cell_date": _set(grade=date(2026, 5, 6)),
    "cell_garbled": _set(name="NdizÃ¨ye Were"),
    "identifier_scheme": _set(scheme=None),
    "grade_scheme": _set(grades=None),
    "language_unknown": _set(language="Klingon"),
    "organisation_unknown": _set(body="Ministry of Silly Walks"),
}

# what only the database knows to be wrong, once `prepare` was there
FAULTS_OF_THE_PLACE = {
    "identifier_taken": lambda row, _other: _set(number=f"T{row[NUMBER]}")(row, row),
    "not_eligible": _set(grade="99"),
}


@dataclass
class Roster:
    """Rows below a header in row 1, and the code of each fault by its row."""

    rows: list[list] = field(default_factory=list)
    planted: dict[int, str] = field(default_factory=dict)

    @property
    def good(self) -> list[int]:
        return [number for number in range(2, len(self.rows) + 2) if number not in self.planted]

    def as_xlsx(self) -> bytes:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("People")
        for row in [HEADER, *self.rows]:
            sheet.append(row)
        held = BytesIO()
        book.save(held)
        return held.getvalue()

    def as_csv(self) -> bytes:
        text = StringIO()
        csv.writer(text).writerows([HEADER, *self.rows])
        return text.getvalue().encode()


def prepare(roster: Roster, run: CourseRun) -> None:
    """Let the numbers that were planted as taken be somebody's, and the run be for the grades of good rows."""
    for row, code in roster.planted.items():
        if code == "identifier_taken":
            holder = User.objects.create(
                full_name="Zuhura Xavier", email=f"holder{row}@example.go.ke"
            )
            set_identifier(holder, "KE", "UPN", roster.rows[row - 2][NUMBER], by=None)
    grades = [str(grade) for grade in range(6, 16)]
    run.eligibility = [{"kind": "grade", "scheme": "CSG", "grades": grades}]
    run.save()


def faulty_roster(people: int, each: int, seed: int = 1, *, faults=FAULTS) -> Roster:
    """`people` rows, among them `each` of every kind of fault; two-row faults name an earlier good row."""
    chance = random.Random(seed)
    places = chance.sample(range(people // 20, people), each * len(faults))
    kinds = [code for code in faults for _ in range(each)]
    at = dict(zip(places, kinds, strict=True))
    roster = Roster()
    sound: list[int] = []
    for index in range(people):
        row = person(index)
        if index in at:
            # each good row is copied once at most, so that which of two is first stays plain
            other = roster.rows[sound.pop(chance.randrange(len(sound)))] if sound else row
            roster.rows.append(faults[at[index]](row, other))
            roster.planted[index + 2] = at[index]
        else:
            sound.append(index)
            roster.rows.append(row)
    return roster
