"""What Africa's Talking calls: delivery reports, and messages that people send back."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_POST

from lms.accounts.models import User
from lms.messaging.domain.delivering import record_report
from lms.messaging.domain.preferences import stop_news
from lms.messaging.forms import IncomingForm, ReportForm

DELIVERED = {"Success"}
FAILED = {"Failed", "Rejected", "AbsentSubscriber", "Expired"}
STOP_WORDS = {"STOP", "ACHA", "SIMAMISHA"}


def _demand(secret):
    if not settings.SMS_CALLBACK_SECRET or not constant_time_compare(
        secret, settings.SMS_CALLBACK_SECRET
    ):
        raise Http404


@require_POST
def report(request, secret):
    """Take a report on one message. Of ids that are not ours, and of steps on the way, nothing is kept."""
    _demand(secret)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain")
    status = form.cleaned_data["status"]
    if status in DELIVERED | FAILED and not record_report(
        form.cleaned_data["id"],
        is_delivered=status in DELIVERED,
        error=form.cleaned_data["failureReason"] or status,
    ):
        raise Http404
    return HttpResponse(status=204)


@require_POST
def incoming(request, secret):
    """Take a STOP: the sender gets no more news by text message."""
    _demand(secret)
    form = IncomingForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain")
    words = form.cleaned_data["text"].upper().split()
    phone = form.cleaned_data["phoneNumber"]
    user = User.objects.filter(phone=phone).first() if phone else None
    if user and (not words or words[0].strip(".!") in STOP_WORDS):
        stop_news(user, only_sms=True)
    return HttpResponse(status=204)
