"""Opens the scope of each request: an organisation's, under `/o/<slug>/`, or the signed-in person's own."""

from contextlib import ExitStack
from contextvars import copy_context

from django.http import FileResponse
from django.shortcuts import get_object_or_404

from lms.organisations.domain import organisations_of, organisations_served_by, subtree_scope
from lms.organisations.scoping import scope


def _rows_within(context, rows):
    """What is streamed is read when the request's scope is closed: go back into `context` for each row."""
    rows = iter(rows)
    end = object()
    while (row := context.run(next, rows, end)) is not end:
        yield row


class ScopeMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        with scope(organisations_of(request.user)), ExitStack() as request.scopes:
            response = self.get_response(request)
            if response.streaming and not isinstance(response, FileResponse):
                response.streaming_content = _rows_within(
                    copy_context(), response.streaming_content
                )
            return response

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Under `/o/`, give the view the organisation and open its scope; a stranger gets 404.

        The view is not called here: what it refuses must still pass the other middleware.
        """
        if not request.path.startswith("/o/") or not request.user.is_authenticated:
            return
        served = organisations_served_by(request.user)
        organisation = get_object_or_404(served, slug=view_kwargs["organisation"])
        view_kwargs["organisation"] = request.organisation = organisation
        request.scopes.enter_context(subtree_scope(organisation))
