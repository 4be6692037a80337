"""Lists as files, streamed row by row."""

import csv

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _


class _Echo:
    def write(self, row):
        return row


def _safe(value):
    """A cell that a spreadsheet would run as a formula is given as text (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def stream_csv(name, header, rows):
    """Answer with `rows` as `name`.csv, in UTF-8 with the mark that Excel needs."""
    writer = csv.writer(_Echo())

    def lines():
        yield "\ufeff"
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow(map(_safe, row))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def learner_rows(enrolments):
    """Rows of the learners' export; read in full first, for the scope closes before the answer is streamed."""
    return [
        (
            row.user.full_name,
            row.organisation.name,
            row.run.code,
            row.get_state_display(),
            row.done,
            len(row.run.edition.activities),
            row.enrolled_at.date(),
            row.visited_at and row.visited_at.date(),
            row.completed_at and row.completed_at.date(),
        )
        for row in enrolments
    ]


def learner_header():
    return [
        _("Name"),
        _("Organisation"),
        _("Run"),
        _("State"),
        _("Activities done"),
        _("Activities in all"),
        _("Enrolled on"),
        _("Last seen on"),
        _("Completed on"),
    ]
