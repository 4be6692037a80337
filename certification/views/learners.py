"""A learner's own certificates."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from certification.domain.verification import awards_held_by
from certification.models import AwardState
from certification.pdf.files import certificate_file


def mine(request):
    return render(request, "certification/mine.html", {"awards": awards_held_by(request.user)})


def download(request, public_id):
    """The sealed file of an own certificate; a void or replaced one has none."""
    states = [AwardState.RELEASED, AwardState.EXPIRED]
    held = awards_held_by(request.user, public_id=public_id, state__in=states)
    if not held:
        raise Http404
    award = held[0]
    headers = {
        "Content-Disposition": f'attachment; filename="{award.serial}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(certificate_file(award), content_type="application/pdf", headers=headers)
