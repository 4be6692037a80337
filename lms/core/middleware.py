"""Who may pass, and how a refusal is told."""

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from lms.core.errors import Refused


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Sign-in by default; Wagtail, allauth and the API guard their own views."""

    GUARDED_ELSEWHERE = ("wagtail.", "allauth.", "ninja.")

    def process_view(self, request, view_func, view_args, view_kwargs):
        view = getattr(view_func, "func", view_func)  # ninja's pages are partials
        if view.__module__.startswith(self.GUARDED_ELSEWHERE):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class PrivatePagesMiddleware:
    """Has browsers keep no page of a signed-in person: "back" would show it to a shared computer's next.

    Pictures and films may be kept, for data costs money.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_text = response.headers.get("Content-Type", "").startswith("text/")
        if is_text and request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class RefusedMiddleware:
    """Turns a Refused into a 409 page or problem document."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Refused):
            return None
        problem = {"code": exception.code, "title": str(exception), "status": 409}
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(problem, status=409, content_type="application/problem+json")
        context = {"refusal": problem, "back": _came_from(request)}
        return render(request, "refused.html", context, status=409)


def _came_from(request):
    """The page of ours that led here, or ""."""
    address = request.headers.get("Referer", "")
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else ""
