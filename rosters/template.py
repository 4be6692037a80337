"""Our own template of a roster, as CSV and as Excel with lists to choose from."""

import csv
from io import BytesIO, StringIO

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from lms.core.exports import safe_cell
from rosters.headings import FIELDS

# The headings are read back by rosters.headings, so they are not left to a translation.
HEADINGS = {
    "en": dict(
        zip(
            FIELDS,
            ["Full name", "E-mail", "Phone", "Staff number scheme", "Staff number", "Institution", "Unit",
             "Grade scheme", "Grade", "Language"],
            strict=True,
        )
    ),
    "sw": dict(
        zip(
            FIELDS,
            ["Jina kamili", "Barua pepe", "Namba ya simu", "Aina ya namba ya mtumishi", "Namba ya mtumishi",
             "Taasisi", "Kitengo", "Mfumo wa daraja", "Daraja", "Lugha"],
            strict=True,
        )
    ),
    "fr": dict(
        zip(
            FIELDS,
            ["Nom complet", "Courriel", "Téléphone", "Type de matricule", "Matricule", "Organisme", "Unité",
             "Grille", "Grade", "Langue"],
            strict=True,
        )
    ),
}  # fmt: skip
ROWS = 2_000  # that have lists to choose from
NUMBER_SCHEMES = ["UPN", "PF"]
_WIDTHS = [32, 32, 18, 14, 16, 32, 24, 14, 10, 14]
_TEXT = "@"  # a column of text keeps its zeros


def headings() -> list[str]:
    """The template's headings in the reader's language."""
    return list(HEADINGS.get(get_language() or "en", HEADINGS["en"]).values())


def template_csv() -> bytes:
    text = StringIO()
    csv.writer(text).writerow(headings())
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _guidance() -> list[str]:
    return [
        _("One person in each row. A name, and an e-mail address or a phone, are needed; the rest may stay empty."),
        _("Write the name in one cell, as it should stand on the certificate."),
        _("Each person needs an address or phone of their own: they sign in by it."),
        _("Write phones as 0712345678 or with the country, as +250788123456."),
        _("Institution: where the person works. Empty: the organisation that sends the list."),
        _("Do not add identity numbers, dates of birth or health data: they are not read."),
    ]  # fmt: skip


def template_workbook(institutions: list[str], grade_schemes: list[str]) -> bytes:
    """Return the template with drop-down lists of institutions, schemes and languages."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("People")[:31]
    lists = book.create_sheet(_("Lists")[:31])
    guide = book.create_sheet(_("How to fill it in")[:31])
    for row, sentence in enumerate(_guidance(), 1):
        guide.cell(row, 1, sentence).alignment = Alignment(wrap_text=True)
    guide.column_dimensions["A"].width = 90
    for column, (title, width) in enumerate(zip(headings(), _WIDTHS, strict=True), 1):
        head = sheet.cell(1, column, title)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="DDEBE5")
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].number_format = _TEXT
        for row in range(2, 202):
            sheet.cell(row, column).number_format = _TEXT
    sheet["A1"].comment = Comment(_guidance()[1], "Umahiri")
    sheet["C1"].comment = Comment(_guidance()[3], "Umahiri")
    sheet.freeze_panes = "A2"
    choices = {
        "staff_scheme": NUMBER_SCHEMES,
        "organisation": institutions,
        "grade_scheme": grade_schemes,
        "language": [str(name) for _code, name in settings.LANGUAGES],
    }
    for number, (name, values) in enumerate(choices.items(), 1):
        letter = get_column_letter(number)
        lists.cell(1, number, headings()[FIELDS.index(name)]).font = Font(bold=True)
        for row, value in enumerate(values, 2):
            lists.cell(row, number, safe_cell(value))
        if not values:
            continue
        rule = DataValidation(
            "list",
            formula1=f"'{lists.title}'!${letter}$2:${letter}${len(values) + 1}",
            allow_blank=True,
            showErrorMessage=name == "organisation",
        )
        sheet.add_data_validation(rule)
        column = get_column_letter(FIELDS.index(name) + 1)
        rule.add(f"{column}2:{column}{ROWS}")
    held = BytesIO()
    book.save(held)
    return held.getvalue()
