"""Background work inside an organisation's scope."""

from functools import wraps

from celery import shared_task

from lms.organisations.domain import subtree_scope
from lms.organisations.models import Organisation


def scoped_task(function):
    """A shared task whose first argument is the organisation's id: its scope is open while it runs.

    Acknowledged late and retried, so it may run twice: what it calls must bear that.
    """

    @shared_task(
        name=f"{function.__module__}.{function.__name__}",
        autoretry_for=(OSError,),
        retry_backoff=True,
        max_retries=5,
    )
    @wraps(function)
    def run(organisation_id, *args):
        with subtree_scope(Organisation.objects.get(pk=organisation_id)):
            return function(organisation_id, *args)

    return run
