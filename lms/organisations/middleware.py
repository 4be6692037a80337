"""The scope of each request, and what a staff page asks of who opens it.

The scope is an organisation's, under `/o/<slug>/`, or the signed-in person's own.
"""

from contextlib import ExitStack
from contextvars import copy_context

from django.conf import settings
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode

from lms.accounts.second_factor import has_second_factor
from lms.organisations.domain import organisations_of, organisations_served_by, subtree_scope
from lms.organisations.rules import has_staff_role
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


class SecondFactorMiddleware:
    """Leads staff without a second step at sign-in to set one up, before a staff page opens.

    Who has one was asked for it when they signed in.
    """

    STAFF_PAGES = ("/o/", "/staff/", "/cms/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self._lacks_second_factor(request):
            next_page = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('accounts:second_step')}?{next_page}")
        return self.get_response(request)

    def _lacks_second_factor(self, request):
        user = request.user
        if not (settings.STAFF_SECOND_FACTOR and request.path.startswith(self.STAFF_PAGES)):
            return False
        if not user.is_authenticated or has_second_factor(user):
            return False
        return user.is_staff or has_staff_role(user) or user.has_perm("wagtailadmin.access_admin")
