"""What became of each row, for people and machines; docs/rosters.md describes the JSON."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from courses.models import EnrolmentState
from rosters.messages import KEPT_BECAUSE, note_sentence, refusal_sentence
from rosters.models import ImportState, Outcome, RosterImport, RosterRow


def tell_note(code: str, values: dict[str, Any]) -> str:
    if code == "in_run":
        values = {"state": EnrolmentState(values["state"]).label}
    return note_sentence(code, values)


def file_notes(roster: RosterImport) -> list[str]:
    """What there is to know of the file as a whole."""
    return [tell_note(code, values) for code, values in roster.notes]


def message_of(row: RosterRow) -> str:
    """What is said of a row, in the reader's language."""
    parts = [tell_note(code, values) for code, values in row.notes]
    if row.outcome == Outcome.REFUSED:
        parts.insert(0, refusal_sentence(row.code, row.values))
    if row.kept_because:
        parts.append(_("Was not taken back: %(why)s.") % {"why": KEPT_BECAUSE[row.kept_because]})
    return " ".join(parts)


def _public_id(roster: RosterImport, row: RosterRow) -> str | None:
    """Of somebody with an account elsewhere nothing is told before they are invited."""
    is_told = row.user is not None and (
        roster.state != ImportState.CHECKED or ["has_account", {}] not in row.notes
    )
    return str(row.user.public_id) if is_told else None


def _rows(roster: RosterImport) -> Iterator[RosterRow]:
    return RosterRow.objects.filter(roster=roster).select_related("user").iterator(chunk_size=2000)


def report_of(roster: RosterImport) -> dict[str, Any]:
    """The whole report."""
    report: dict[str, Any] = {
        "file": roster.name,
        "cohort": roster.cohort.slug,
        "state": roster.state,
        "dry_run": roster.applied_at is None,
        "notes": file_notes(roster),
        **{outcome: [] for outcome in Outcome.values},
    }
    if roster.state == ImportState.FAILED:
        report["fault"] = {"code": roster.fault_code, "message": roster.fault}
    for row in _rows(roster):
        entry: dict[str, Any] = {"row": row.number}
        if row.outcome == Outcome.REFUSED:
            entry |= {"column": row.column, "code": row.code}
        else:
            entry |= {"person": _public_id(roster, row)}
        message = message_of(row)
        if message or row.outcome == Outcome.REFUSED:
            entry["message"] = message
        if row.kept_because:
            entry["kept_because"] = row.kept_because
        report[row.outcome].append(entry)
    return report


def report_header() -> list[str]:
    return [_("Row"), _("What happened"), _("Column"), _("Code"), _("What there is to know")]


def report_rows(roster: RosterImport) -> list[list]:
    """The report as lines of a table, those with something to do first."""
    lines = [
        [row.number, row.get_outcome_display(), row.column, row.code, message_of(row)]
        for row in _rows(roster)
    ]
    refused = Outcome.REFUSED.label
    return sorted(lines, key=lambda line: (line[1] != refused, line[0]))
