"""What is said of rows and files: each fault has a code for machines, and a sentence with what to do.

Reports keep codes and values, so that each reader has the sentences in their own language. `docs/rosters.md` lists
the codes.
"""

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.eligibility import PersonFacts, refusals


class RefusalCode(StrEnum):
    """Why a row is not taken in. The names are part of the report's format and stay."""

    NAME_MISSING = "name_missing"
    NAME_NUMBER = "name_number"
    NAME_BOOLEAN = "name_boolean"
    NAME_IS_CONTACT = "name_is_contact"
    NAME_CHARACTERS = "name_characters"
    CONTACT_MISSING = "contact_missing"
    EMAIL_MALFORMED = "email_malformed"
    EMAIL_SEVERAL = "email_several"
    EMAIL_DOMAIN = "email_domain"
    EMAIL_TWICE = "email_twice"
    EMAIL_TAKEN = "email_taken"
    PHONE_MALFORMED = "phone_malformed"
    PHONE_SHORT = "phone_short"
    PHONE_LONG = "phone_long"
    PHONE_ROUNDED = "phone_rounded"
    PHONE_SEVERAL = "phone_several"
    PHONE_TWICE = "phone_twice"
    PHONE_TAKEN = "phone_taken"
    TWO_ACCOUNTS = "two_accounts"
    ROW_TWICE = "row_twice"
    CELL_ERROR = "cell_error"
    CELL_FORMULA = "cell_formula"
    CELL_DATE = "cell_date"
    CELL_BOOLEAN = "cell_boolean"
    CELL_GARBLED = "cell_garbled"
    CELL_TOO_LONG = "cell_too_long"
    ROW_TOO_WIDE = "row_too_wide"
    IDENTIFIER_ROUNDED = "identifier_rounded"
    IDENTIFIER_MALFORMED = "identifier_malformed"
    IDENTIFIER_SCHEME = "identifier_scheme"
    IDENTIFIER_TWICE = "identifier_twice"
    IDENTIFIER_TAKEN = "identifier_taken"
    GRADE_SCHEME = "grade_scheme"
    LANGUAGE_UNKNOWN = "language_unknown"
    ORGANISATION_UNKNOWN = "organisation_unknown"
    ORGANISATION_AMBIGUOUS = "organisation_ambiguous"
    ORGANISATION_CLOSED = "organisation_closed"
    ACCOUNT_CLOSED = "account_closed"
    ENROLLED_ELSEWHERE = "enrolled_elsewhere"
    NOT_ELIGIBLE = "not_eligible"
    FULL = "full"


_C = RefusalCode
REFUSALS = {
    _C.NAME_MISSING: gettext_lazy("There is no name. Write it as it should stand on a certificate."),
    _C.NAME_NUMBER: gettext_lazy(
        "“%(value)s” is a number where the name belongs. Look whether the columns of this row slipped."
    ),
    _C.NAME_BOOLEAN: gettext_lazy(
        "The cell says %(value)s, as a tick box does, where the name belongs. Write the name."
    ),
    _C.NAME_IS_CONTACT: gettext_lazy(
        "“%(value)s” is an address where the name belongs. Look whether the columns of this row slipped."
    ),
    _C.NAME_CHARACTERS: gettext_lazy(
        "“%(value)s” holds signs that no name has. A name has letters, spaces, hyphens, apostrophes and full stops."
    ),
    _C.CONTACT_MISSING: gettext_lazy(
        "There is neither an e-mail address nor a phone number. Add one: the person signs in by it."
    ),
    _C.EMAIL_MALFORMED: gettext_lazy(
        "“%(value)s” is no e-mail address. Write one as name@example.go.ke."
    ),
    _C.EMAIL_SEVERAL: gettext_lazy(
        "“%(value)s” holds more than one e-mail address. Leave the one that the person reads."
    ),
    _C.EMAIL_DOMAIN: gettext_lazy(
        "“%(value)s” looks misspelt after the @. Did you mean %(meant)s? Correct it."
    ),
    _C.EMAIL_TWICE: gettext_lazy(
        "The person in row %(other)s has this e-mail address under another name. "
        "Each person needs their own: correct this one, or leave it empty and give a phone."
    ),
    _C.EMAIL_TAKEN: gettext_lazy(
        "This e-mail address belongs to another account. Ask the person for another one, or leave it empty and give a phone."
    ),
    _C.PHONE_MALFORMED: gettext_lazy(
        "“%(value)s” is no phone number. Write it with its figures alone, or as +%(calling)s…"
    ),
    _C.PHONE_SHORT: gettext_lazy(
        "“%(value)s” has too few figures for %(country)s, whose numbers have %(lengths)s after +%(calling)s. Look it up and write it whole."
    ),
    _C.PHONE_LONG: gettext_lazy(
        "“%(value)s” has too many figures for %(country)s, whose numbers have %(lengths)s after +%(calling)s. Look it up and correct it."
    ),
    _C.PHONE_ROUNDED: gettext_lazy(
        "“%(value)s” is what a spreadsheet left of a long number; its last figures are lost. "
        "Format the column as text and write the number anew."
    ),
    _C.PHONE_SEVERAL: gettext_lazy(
        "“%(value)s” holds more than one phone number. Leave the one that the person carries."
    ),
    _C.PHONE_TWICE: gettext_lazy(
        "The person in row %(other)s has this phone number. "
        "A phone is one person's: write this person's own, or leave it empty and give an e-mail address."
    ),
    _C.PHONE_TAKEN: gettext_lazy(
        "This phone number belongs to another account. Write the person's own, or leave it empty and give an e-mail address."
    ),
    _C.TWO_ACCOUNTS: gettext_lazy(
        "The e-mail address and the phone number of this row belong to two different accounts. Leave the one that is this person's."
    ),
    _C.ROW_TWICE: gettext_lazy("This person is in row %(other)s already. Delete one of the two."),
    _C.CELL_ERROR: gettext_lazy(
        "The spreadsheet shows the error %(value)s here. Write the value itself in place of the formula."
    ),
    _C.CELL_FORMULA: gettext_lazy(
        "There is a formula here whose value is not in the file. Copy the column and paste it as values."
    ),
    _C.CELL_DATE: gettext_lazy(
        "The spreadsheet made the date %(value)s of what was written here. Format the column as text and write it anew."
    ),
    _C.CELL_BOOLEAN: gettext_lazy(
        "The cell says %(value)s, as a tick box does. Write the value in words, or leave it empty."
    ),
    _C.CELL_GARBLED: gettext_lazy(
        "Letters of “%(value)s” were lost when the file was saved. Save it as .xlsx, or as “CSV UTF-8”, and look at the name."
    ),
    _C.CELL_TOO_LONG: gettext_lazy(
        "The text is longer than %(most)s letters. Shorten it, and look whether the row before it ends where it should."
    ),
    _C.ROW_TOO_WIDE: gettext_lazy(
        "The row has more cells than the header. Look for a comma or semicolon inside a name and put the name in quotation marks."
    ),
    _C.IDENTIFIER_ROUNDED: gettext_lazy(
        "“%(value)s” is what a spreadsheet left of a long staff number. Format the column as text and write it anew."
    ),
    _C.IDENTIFIER_MALFORMED: gettext_lazy(
        "“%(value)s” is no staff number: one has letters and figures, with - / . between them."
    ),
    _C.IDENTIFIER_SCHEME: gettext_lazy(
        "There is a staff number, but not of what kind it is. Write the kind, as UPN or PF, or delete the number."
    ),
    _C.IDENTIFIER_TWICE: gettext_lazy(
        "The person in row %(other)s has this staff number. Look whose it is."
    ),
    _C.IDENTIFIER_TAKEN: gettext_lazy(
        "Another account has this staff number. Look whose it is, or leave it empty."
    ),
    _C.GRADE_SCHEME: gettext_lazy(
        "There is a grade, but not by which scheme. Write the scheme, as CSG, SRC or job group, or delete the grade."
    ),
    _C.LANGUAGE_UNKNOWN: gettext_lazy(
        "“%(value)s” is no language that we know. Write one of these, or leave it empty: %(languages)s."
    ),
    _C.ORGANISATION_UNKNOWN: gettext_lazy(
        "There is no institution “%(value)s” in %(organisation)s. The nearest are: %(nearest)s."
    ),
    _C.ORGANISATION_AMBIGUOUS: gettext_lazy(
        "Several institutions are called “%(value)s”. Write one of these: %(nearest)s."
    ),
    _C.ORGANISATION_CLOSED: gettext_lazy(
        "“%(value)s” does not exist any more. Write the name of what came after it: %(nearest)s."
    ),
    _C.ACCOUNT_CLOSED: gettext_lazy(
        "This person's account is closed. Ask the help desk to open it again."
    ),
    _C.ENROLLED_ELSEWHERE: gettext_lazy(
        "This person has a place in the run through another organisation already. Nothing needs to be done."
    ),
    _C.NOT_ELIGIBLE: gettext_lazy("This person may not take part in %(run)s. %(reasons)s"),
    _C.FULL: gettext_lazy(
        "All %(seats)s seats of %(run)s are taken. Ask for more seats, or choose who gives one up."
    ),
}  # fmt: skip

NOTES = {
    # of a row
    "has_account": gettext_lazy(
        "This person already has an account. It stays as it is; the person is invited."
    ),
    "zero_restored": gettext_lazy("The phone's first zero was lost in the spreadsheet; it is read as %(phone)s."),
    "capitals": gettext_lazy("The name is in capitals. People would write: %(proposal)s"),
    "written": gettext_lazy("The name was in capitals and is kept as %(proposal)s"),
    "kept": gettext_lazy(
        "“%(column)s” was left as it is: somebody wrote it by hand, or the person did."
    ),
    "language_not_offered": gettext_lazy(
        "The language “%(value)s” is not offered yet; the person chooses one at sign-in."
    ),
    "wanted": gettext_lazy(
        "“%(column)s” was left as it is, for row %(other)s has the old one. Bring that row again in a second file."
    ),
    "in_run": gettext_lazy("Is in the run already: %(state)s."),
    # of a file
    "rows_above": gettext_lazy(
        "The rows from %(first)s to %(last)s, above the header, were not read."
    ),
    "encoding": gettext_lazy("The file's letters were read as %(encoding)s."),
    "hidden_sheets": gettext_lazy("Hidden sheets were not read: %(sheets)s."),
    "sheet_used": gettext_lazy(
        "The sheet “%(sheet)s” was read, for it has the header. These were not: %(others)s."
    ),
    "standard": gettext_lazy("The file was read as %(standard)s."),
    "not_learners": gettext_lazy(
        "Rows of users.csv that are no learners, or are marked as gone: %(count)s."
    ),
    "columns_not_read": gettext_lazy(
        "Columns that were not read, as no agreement asks for them: %(columns)s."
    ),
}  # fmt: skip

KEPT_BECAUSE = {
    "began": gettext_lazy("has begun to learn since"),
    "signed_in": gettext_lazy("has signed in since"),
    "told": gettext_lazy("was sent the invitation since"),
    "imported_again": gettext_lazy("was changed by a later import"),
    "elsewhere": gettext_lazy("has a place or role elsewhere by now"),
    "edited": gettext_lazy("was changed by hand since"),
}  # fmt: skip


def refusal_sentence(code: str, values: dict[str, Any]) -> str:
    """Say what is wrong in a row, and what to do."""
    sentence = str(REFUSALS[RefusalCode(code)])
    if "rules" in values:  # kept as data, said in the reader's language: nobody meets any of them
        values = values | {"reasons": " ".join(refusals(values["rules"], PersonFacts()))}
    return sentence % values if values else sentence


def note_sentence(code: str, values: dict[str, Any]) -> str:
    """Say what else there is to know of a row or a file."""
    return str(NOTES[code]) % values if values else str(NOTES[code])


def field_name(field: str) -> str:
    """What a column of ours is called."""
    return {
        "full_name": _("Full name"),
        "name_part": _("Part of the name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "staff_scheme": _("Staff number scheme"),
        "staff_number": _("Staff number"),
        "organisation": _("Institution"),
        "unit": _("Unit"),
        "grade_scheme": _("Grade scheme"),
        "grade": _("Grade"),
        "language": _("Language"),
    }[field]
