"""Lists as files: CSV, streamed row by row, and workbooks."""

import csv
from datetime import date
from io import BytesIO

from django.http import HttpResponse, StreamingHttpResponse
from openpyxl import Workbook

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE_LENGTH = 31  # Excel's limit
PLAIN = int | float | date | None  # what a cell keeps as it is


class _Echo:
    def write(self, row):
        return row


def safe_cell(value):
    """A cell that a spreadsheet would run as a formula is given as text (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def stream_csv(name, header, rows):
    """Answer with `rows` as `name`.csv, in UTF-8 with the mark that Excel needs."""
    writer = csv.writer(_Echo())

    def lines():
        yield "\ufeff"
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow(map(safe_cell, row))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def workbook(name, sheets):
    """Answer with `sheets`, {title: rows}, as `name`.xlsx."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(str(title)[:TITLE_LENGTH])
        for row in rows:
            cells = [each if isinstance(each, PLAIN) else str(each) for each in row]
            sheet.append([safe_cell(cell) for cell in cells])
    content = BytesIO()
    book.save(content)
    return HttpResponse(
        content.getvalue(),
        content_type=SPREADSHEET,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
