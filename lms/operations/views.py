"""Health, for load balancers and for people who run the platform."""

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse, JsonResponse

from labs.backends import LabsDown, get_backend
from labs.sandbox.capabilities import missing_protections
from lms.organisations.fence import fence_gaps


def live(request):
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def _database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache():
    cache.set("health", 1, 5)
    if cache.get("health") != 1:
        raise RuntimeError("what was just written is not there")


REQUIRED = {"database": _database, "cache": _cache}


def _labs():
    """Whether the labs answer; after some failures nobody waits for them."""
    try:
        get_backend().check()
    except LabsDown:
        return "down"
    return missing_protections(settings.LABS_DATA_DIR / "homes") or "protected"


def ready(request):
    """200 when what every page needs is there, else 503; labs may be limited or down without that."""
    problems = {}
    for name, check in REQUIRED.items():
        try:
            check()
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is "not ready"
            problems[name] = type(error).__name__
    report = {
        "status": "not ready" if problems else "ready",
        "problems": problems,
        "labs": _labs(),
        "protections": missing_protections(settings.LABS_DATA_DIR / "homes") or "complete",
    }
    if "database" not in problems:
        report["fence"] = fence_gaps() or "closed"
    if settings.DEMO:
        report["demo"] = True
    return JsonResponse(report, status=503 if problems else 200)
