"""What the exports of staff pages hold."""

from django.utils.translation import gettext as _


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
