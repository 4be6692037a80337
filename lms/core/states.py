"""The one way through a state table."""

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.core.errors import InvalidTransition


@transaction.atomic
def change_state(record, to, *, by=None, **changes):
    """Move `record` to state `to` and set `changes`, or raise InvalidTransition.

    Judges by the state in the database, which may be newer than the caller's.
    """
    options = record._meta
    state = options.base_manager.select_for_update().get(pk=record.pk).state
    if to not in record.TRANSITIONS[state]:
        raise InvalidTransition(
            _("This %(thing)s cannot go from “%(state)s” to “%(to)s”.")
            % {"thing": options.verbose_name, "state": state, "to": to},
        )
    for field, value in {"state": to, **changes}.items():
        setattr(record, field, value)
    record.save(update_fields=["state", *changes])
    log(record, f"{options.label_lower}.{to}", user=by, data={"from": state})
