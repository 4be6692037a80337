"""The language that a person chose, on a device that has no choice of its own yet."""

from django.conf import settings
from django.utils import translation


class LanguageMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen_here = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if request.user.is_authenticated and request.user.language and not chosen_here:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)
