"""What a session brings along: the language that a person chose, and the end of one on a shared device."""

from django.conf import settings
from django.contrib.auth import logout
from django.utils import translation

from lms.accounts.domain.sessions import SHARED, is_idle


class LanguageMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen_here = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if request.user.is_authenticated and request.user.language and not chosen_here:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class SharedDeviceMiddleware:
    """Signs out who left a shared phone or computer, and has it keep no page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_shared = request.session.get(SHARED, False) and request.user.is_authenticated
        if is_shared and is_idle(request.session):
            logout(request)
        response = self.get_response(request)
        if is_shared:
            # the service worker keeps no page that says so
            response["Cache-Control"] = "private, no-store"
            response["X-Shared-Device"] = "1"
        return response
