"""What spreadsheets and programs do to a list of people, undone; and files made to do harm, refused."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lms.core.errors import NotReadableError
from rosters.formats import cells, workbook
from rosters.formats.cells import (
    BooleanCell,
    DateCell,
    ErrorCell,
    FormulaCell,
    NumberCell,
    plain,
)
from rosters.formats.delimited import delimiter_of
from rosters.formats.reading import read_table
from rosters.headings import field_of, guess
from rosters.template import HEADINGS, template_csv, template_workbook

ROWS = [
    ["Nom complet", "Courriel", "Téléphone"],
    ["André Ndizèye", "andre@example.rw", "+250788123456"],
    ["Marie-Noëlle Sing\u2019Oei", "marie@example.rw", "+250788123457"],
]


def lines(rows, delimiter=","):
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def xlsx(*sheets, change=None):
    """An Excel file: each sheet is a list of rows, or a pair of a title and rows."""
    book = Workbook()
    book.remove(book.active)
    for number, sheet in enumerate(sheets):
        title, rows = sheet if isinstance(sheet, tuple) else (f"Sheet{number + 1}", sheet)
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    if change:
        change(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def zipped(members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def unzipped(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(data):
    return read_table(data if isinstance(data, bytes) else data.encode())


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"],
)
def test_the_encoding_is_found(encoding):
    table = read(lines(ROWS, ";").encode(encoding))

    assert [table.header, *(row for _number, row in table.rows)] == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    assert read(lines(ROWS, delimiter)).header == ROWS[0]


def test_excels_own_word_on_the_delimiter_is_heard():
    table = read("sep=;\nName;E-mail\nOtieno, Were;a@example.org\n")

    assert table.header == ["Name", "E-mail"]
    assert table.rows == [(3, ["Otieno, Were", "a@example.org"])]
    assert delimiter_of("sep=|\nName|E-mail") == "|"


def test_title_rows_blank_rows_and_trailing_blanks_are_passed_over():
    table = read(
        "Ministry of Records,,,\n,,,\nStaff list 2026,,,\nFull name,E-mail,,\n,,,\nWere,a@b.org,  ,\n,,\n"
    )

    assert table.header == ["Full name", "E-mail"]
    assert table.rows == [(6, ["Were", "a@b.org"])]
    assert table.notes == [["rows_above", {"first": 1, "last": 3}]]


def test_what_cannot_be_seen_is_taken_away():
    assert plain("\ufeffWanjiru\u00a0\u200bNg\u200d'eno\u2003\t ") == "Wanjiru Ng'eno"
    assert plain("Ndize\u0300ye") == "Ndizèye"


@given(st.text())
def test_taking_away_what_cannot_be_seen_twice_changes_nothing(text):
    assert plain(plain(text)) == plain(text)


def test_cells_remember_what_they_were():
    row = ["=A1&B1", True, 712345678, 254712345678.0, date(2026, 5, 6), "#N/A", " x "]
    [(number, found)] = read(
        xlsx([["Name", "E-mail", "Phone", "Unit", "Grade", "x", "y"], row])
    ).rows

    assert number == 2
    assert [type(cell) for cell in found] == [
        FormulaCell, BooleanCell, NumberCell, NumberCell, DateCell, ErrorCell, str,
    ]  # fmt: skip
    assert found[1:] == ["TRUE", "712345678", "254712345678", "2026-05-06", "#N/A", "x"]


def test_a_text_file_s_cells_are_told_apart():
    [(_number, found)] = read(
        'Name,E-mail,Phone,Unit\n=CONCAT(A1),TRUE,"=""0712345678""",#REF!\n'
    ).rows

    assert [type(cell) for cell in found] == [FormulaCell, BooleanCell, str, ErrorCell]
    assert found[2] == "0712345678"


def test_a_formula_is_read_by_its_last_value():
    data = xlsx([["Name", "E-mail"], ["=A1", "a@example.org"]])
    members = unzipped(data)
    sheet = members["xl/worksheets/sheet1.xml"]
    assert b"<f>A1</f><v" in sheet
    members["xl/worksheets/sheet1.xml"] = sheet.replace(
        b'<c r="A2"><f>A1</f><v/></c>', b'<c r="A2" t="str"><f>A1</f><v>Akinyi Were</v></c>'
    ).replace(
        b'<c r="A2"><f>A1</f><v></v></c>', b'<c r="A2" t="str"><f>A1</f><v>Akinyi Were</v></c>'
    )

    assert read(zipped(members)).rows == [(2, ["Akinyi Were", "a@example.org"])]


def test_merged_cells_show_the_same_to_each_row():
    def merge(book):
        book.active.merge_cells("A1:C1")
        book.active.merge_cells("C3:C5")

    rows = [
        ["Staff of the registry", None, None],
        ["Name", "E-mail", "Unit"],
        ["Were", "a@example.org", "Records"],
        ["Rono", "b@example.org", None],
        ["Abdi", "c@example.org", None],
    ]
    table = read(xlsx(rows, change=merge))

    assert [row[2] for _number, row in table.rows] == ["Records"] * 3


def test_the_sheet_with_a_header_is_read_and_hidden_ones_are_not():
    def hide(book):
        book["Old"].sheet_state = "hidden"

    table = read(
        xlsx(
            ("Notes", [["Send this by Friday"], ["please"]]),
            ("Old", [["Full name", "E-mail", "Phone"], ["Gone", "g@example.org", "1"]]),
            ("People", [["Full name", "E-mail"], ["Were", "a@example.org"]]),
            change=hide,
        )
    )

    assert table.rows == [(2, ["Were", "a@example.org"])]
    assert table.notes == [
        ["hidden_sheets", {"sheets": "Old"}],
        ["sheet_used", {"sheet": "People", "others": "Notes"}],
    ]


def test_rows_are_numbered_as_the_spreadsheet_shows_them():
    table = read(xlsx([[], ["Name", "E-mail"], [], [], ["Were", "a@example.org"]]))

    assert table.rows == [(5, ["Were", "a@example.org"])]


@pytest.mark.parametrize("language", HEADINGS)
def test_the_template_s_headings_are_known_in_every_language(language):
    assert guess(list(HEADINGS[language].values())) == list(HEADINGS[language])


def test_the_template_is_read_back():
    book = load_workbook(io.BytesIO(template_workbook(["Nyeri County"], ["CSG"])))
    sheet = book.worksheets[0]
    sheet["A2"], sheet["B2"] = "Were", "a@example.org"
    held = io.BytesIO()
    book.save(held)

    assert sheet.data_validations.count == 4
    assert read(held.getvalue()).rows == [(2, ["Were", "a@example.org"])]
    assert read(template_csv() + b"Were,a@example.org\n").header == list(HEADINGS["en"].values())


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-MAIL ADDRESS:", "email"),
        ("Mobile No.", "phone"),
        ("Officer's name", "full_name"),
        ("NAMES", "full_name"),
        ("Jina kamili", "full_name"),
        ("Namba ya simu", "phone"),
        ("Numéro de téléphone", "phone"),
        ("Prénoms", "name_part"),
        ("P/No", "staff_number"),
        ("Job Group", "grade"),
        ("ID number", ""),
        ("Gender", ""),
        ("Date of birth", ""),
    ],
)
def test_headings_are_guessed(heading, field):
    assert field_of(heading) == field


ONE_ROSTER = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\n",
    "users.csv": "sourcedId,status,enabledUser,givenName,familyName,email,sms,phone,identifier,password\n"
    "u1,active,true,Wanjiru,Ng'eno,w@example.org,,0712345678,77,secret\n"
    "u2,active,true,Otieno,Were,o@example.org,,,,secret\n"
    "u3,tobedeleted,true,Gone,Away,g@example.org,,,,secret\n",
    "enrollments.csv": "sourcedId,status,classSourcedId,userSourcedId,role\n"
    "e1,active,c1,u1,student\ne2,active,c1,u2,teacher\ne3,active,c1,u3,student\n",
}


def test_one_roster_brings_its_learners_and_no_password():
    table = read(zipped(ONE_ROSTER))

    assert table.header == ["givenName", "familyName", "email", "sms", "identifier"]
    assert table.rows == [(2, ["Wanjiru", "Ng'eno", "w@example.org", "0712345678", "77"])]
    assert table.notes == [
        ["standard", {"standard": "OneRoster 1.1"}],
        ["not_learners", {"count": 2}],
    ]


def test_canvas_brings_whole_names():
    table = read(
        zipped(
            {
                "sis/users.csv": "user_id,login_id,full_name,email,status\n1,a,Akinyi Were,a@example.org,active\n2,b,Rono,b@example.org,deleted\n",
                "sis/enrollments.csv": "course_id,user_id,role,status\nc,1,student,active\n",
            }
        )
    )

    assert table.header == ["full_name", "email"]
    assert table.rows == [(2, ["Akinyi Were", "a@example.org"])]


def refusal(data):
    with pytest.raises(NotReadableError) as told:
        read(data)
    return str(told.value)


def test_files_that_are_no_rosters_are_refused(monkeypatch):
    assert "file is empty" in refusal(b"  \n")
    assert "neither a spreadsheet nor a text" in refusal(b"MZ\x90\0\x03" + bytes(range(1, 200)) * 9)
    assert "old .xls file" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert "no users.csv" in refusal(zipped({"a.txt": "x"}))
    assert "Excel file is damaged" in refusal(zipped({"xl/workbook.xml": "<workbook"}))
    assert "No row of the file names its columns" in refusal("one\ntwo\n")
    assert "no people below the header" in refusal("Name,E-mail\n")
    assert "never closed" in refusal('Name,E-mail\n"Were,a@example.org\n' + "x,y\n" * 9000)
    assert "OneRoster 2.0" in refusal(
        zipped(ONE_ROSTER | {"manifest.csv": "propertyName,value\noneroster.version,2.0\n"})
    )


def test_bounds_are_kept():
    wide = ",".join(["Name", "E-mail", *["x"] * 60])

    assert "more than 60 columns" in refusal(f"{wide}\n{wide}\n")
    assert "more than 60 columns" in refusal(xlsx([wide.split(","), wide.split(",")]))
    assert "more than 50000 rows" in refusal("Name,E-mail\n" + "a,b\n" * 50_001)
    assert "larger than 10 MB" in refusal(b"x" * (cells.MAX_BYTES + 1))


def test_bombs_and_entities_are_refused():
    good = unzipped(xlsx([["Name", "E-mail"], ["Were", "a@example.org"]]))

    assert "far more" in refusal(zipped(good | {"xl/media/x.bin": b"\0" * 60_000_000}))
    assert "more than 2000 entries" in refusal(
        zipped(good | {f"xl/{n}.xml": b"x" for n in range(workbook.MAX_MEMBERS)})
    )
    assert "declares entities" in refusal(
        zipped(good | {"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><sst/>'})
    )
    assert "leads out of it" in refusal(zipped(good | {"../x": b"x"}))
