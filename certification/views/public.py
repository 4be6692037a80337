"""Checking a certificate: open to everyone, without an account and without JavaScript."""

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render

from certification.domain.keys import root_certificate
from certification.domain.verification import check_public_id, check_qr, check_serial
from certification.forms import VerifyForm

TRIES, SECONDS = 20, 60


def client_address(request):
    """The address that asks. Behind our own proxy that is the last one the proxy noted."""
    if settings.SECURE_PROXY_SSL_HEADER:
        noted = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        return noted or request.META["REMOTE_ADDR"]
    return request.META["REMOTE_ADDR"]


def is_too_often(request):
    """Count this try and tell whether its address has had enough of them for now."""
    key = f"verify:{client_address(request)}"
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) > TRIES
    except ValueError:  # the minute ended between the two
        return False


def _answer(request, checked, *, is_scanned=False, status=404):
    context = {"checked": checked, "award": checked.award, "is_scanned": is_scanned}
    if checked.award is None:
        return render(request, "certification/verify_finding.html", context, status=status)
    return render(
        request, "certification/award_detail.html", {**context, "snapshot": checked.award.snapshot}
    )


def verify(request):
    """Ask for a serial and letters of the name, and lead to the page of that certificate."""
    form = VerifyForm(request.POST or None)
    checked = None
    if request.method == "POST":
        if is_too_often(request):
            return render(request, "certification/verify_too_often.html", status=429)
        if form.is_valid():
            checked = check_serial(form.cleaned_data["serial"], form.cleaned_data["name"])
            if checked.award:
                return redirect("certification:award", checked.award.public_id)
    return render(request, "certification/verify.html", {"form": form, "checked": checked})


def award(request, public_id):
    return _answer(request, check_public_id(public_id))


def scanned(request, payload):
    """Where the printed QR code leads."""
    return _answer(request, check_qr(payload), is_scanned=True)


def root(request):
    pem = root_certificate().public_bytes(serialization.Encoding.PEM)
    return HttpResponse(pem, content_type="application/x-pem-file")
