"""Opens the scope of each request: an organisation's, under `/o/<slug>/`, or the signed-in person's own."""

from django.shortcuts import get_object_or_404

from lms.organisations.domain import organisations_of, organisations_served_by, subtree_scope
from lms.organisations.scoping import scope


class ScopeMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        with scope(organisations_of(request.user)):
            return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Under `/o/`, give the view the organisation and run it in that scope; a stranger gets 404."""
        if not request.path.startswith("/o/") or not request.user.is_authenticated:
            return None
        slug = view_kwargs.pop("organisation")
        organisation = get_object_or_404(organisations_served_by(request.user), slug=slug)
        request.organisation = organisation
        with subtree_scope(organisation):
            response = view_func(request, organisation, *view_args, **view_kwargs)
            if hasattr(response, "render") and callable(response.render):
                response = response.render()
        return response
