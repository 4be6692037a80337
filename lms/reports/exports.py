"""What the exports of staff pages hold. Files are streamed; their definitions are printed in them."""

from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from lms.core.exports import workbook
from lms.core.keyset import in_chunks
from lms.organisations.domain import subtree_scope
from lms.reports.grid import BY_NAME, cell_words
from lms.reports.standing import definitions

CHUNK = 2_000


def learner_rows(organisation, enrolments, keys):
    """Rows of the learners' export, read in chunks: each opens the scope, which is closed when it is streamed."""
    chunks = in_chunks(enrolments, keys, CHUNK, partial(subtree_scope, organisation))
    for row in chunks:
        rollup = getattr(row, "rollup", None)
        yield (
            row.user.full_name,
            row.organisation.name,
            row.run.code,
            row.get_state_display(),
            rollup.done if rollup else 0,
            len(row.run.edition.activities),
            timezone.localdate(row.enrolled_at),
            rollup and rollup.visited_at and timezone.localdate(rollup.visited_at),
            row.completed_at and timezone.localdate(row.completed_at),
        )


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


def grid_header(grid):
    return [
        _("Name"),
        _("Organisation"),
        _("Cohort"),
        _("State"),
        _("Activities done"),
        _("Activities in all"),
        _("Last seen on"),
        *(entry["title"] for entry in grid.activities),
    ]


def grid_rows(grid, chosen):
    """Rows of a grid's export; `chosen` gives the enrolments, within the scope of its organisation."""
    words, late, total = cell_words(), _("overdue"), len(grid.keys)
    cohorts = {cohort.pk: cohort.name for cohort in grid.cohorts}
    _read = grid.starts, grid.more_time  # while the scope is open
    for enrolment in in_chunks(chosen, BY_NAME, CHUNK, partial(subtree_scope, grid.organisation)):
        row = grid.row(enrolment)
        yield [
            enrolment.user.full_name,
            enrolment.organisation.name,
            cohorts.get(enrolment.cohort_id, ""),
            str(row.standing.label),
            row.done,
            total,
            row.visited_at and timezone.localdate(row.visited_at),
            *(
                f"{words[state]}, {late}" if is_late else words[state]
                for state, is_late in row.cells
            ),
        ]


def printed_definitions():
    """Lines that say what the words of a grid mean, for the end of a file or a sheet of their own."""
    return [
        [],
        [_("What the states mean; the first that fits holds")],
        *([str(label), sentence] for label, sentence in definitions()),
        [_("overdue"), _("Due before today, by the learner's own start, and not completed.")],
        [
            _("median days"),
            _("Half of those who are done took no longer from first visit to completion."),
        ],
        [_("Counts under five are not told, nor others from which they could be worked out.")],
    ]


def summary_table(rows):
    hidden = _("not told")
    header = [
        _("Activity"),
        _("People"),
        _("Not begun"),
        _("Begun"),
        _("Done"),
        _("Median days"),
    ]
    table = [
        [row.title]
        + [
            hidden if count is None else count
            for count in (row.people, row.not_begun, row.begun, row.done, row.median_days)
        ]
        for row in rows
    ]
    return [header, *table]


def grid_workbook(name, grid, chosen, everybody):
    """The grid as a spreadsheet: people, the summary of all, and the definitions."""
    sheets = {
        _("Progress"): [grid_header(grid), *grid_rows(grid, chosen)],
        _("Summary"): summary_table(everybody),
        _("Definitions"): printed_definitions(),
    }
    return workbook(name, sheets)
