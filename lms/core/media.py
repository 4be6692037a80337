"""Uploaded pictures, served by ourselves where no web server or object store does.

Django's `static()` serves media in DEBUG alone, so lessons would lose their pictures on a single machine.
Only Wagtail's picture folders are open: documents lie beside them and go through `/documents/`, which
checks who asks. The work is small (one scaled picture, kept by the browser for a month), the files come
from authors only, and a web server that is told to serve MEDIA_URL takes these requests first.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import re_path
from django.utils.cache import patch_cache_control
from django.views.static import serve

FOLDERS = "images|original_images|avatar_images"
MONTH = 60 * 60 * 24 * 30


@login_not_required
def picture(request, path):
    """A file's name changes with what it shows, so it may be kept."""
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    patch_cache_control(response, public=True, max_age=MONTH, immutable=True)
    return response


def pictures():
    """The URL pattern of pictures, unless MEDIA_URL is another host's."""
    address = urlsplit(settings.MEDIA_URL)
    if address.netloc:
        return []
    prefix = address.path.strip("/")
    return [re_path(rf"^{prefix}/(?P<path>(?:{FOLDERS})/[^/]+)$", picture, name="picture")]
