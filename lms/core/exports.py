"""Lists as files: CSV, streamed row by row, and workbooks."""

import csv
from io import BytesIO

from django.http import HttpResponse, StreamingHttpResponse
from openpyxl import Workbook

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


def workbook(name, title, header, rows):
    """Answer with `rows` as the one sheet of `name`.xlsx."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=str(title))
    for row in [header, *rows]:
        cells = [each if isinstance(each, int | float) else str(each) for each in row]
        sheet.append([safe_cell(cell) for cell in cells])
    content = BytesIO()
    book.save(content)
    return HttpResponse(
        content.getvalue(),
        content_type=SPREADSHEET,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
