"""What every template may know."""

from django.conf import settings


def site(request):
    return {"demo": settings.DEMO, "site_url": settings.SITE_URL}
