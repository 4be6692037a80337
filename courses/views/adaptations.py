"""Staff pages of a partner's own versions of courses."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses.domain.adaptations import adapt_course, decide_skipped, follow_original
from courses.forms import AdaptForm
from courses.models import Adaptation, SkippedUpdate
from lms.core.permissions import demand


def adaptation_list(request, organisation):
    """The courses that the organisation adapted, and a form to adapt another."""
    demand(request, "courses.adapt", organisation)
    form = AdaptForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        adaptation = adapt_course(form.cleaned_data["course"], organisation, by=request.user)
        messages.success(
            request, _("“%(course)s” is yours to adapt.") % {"course": adaptation.course.title}
        )
        return redirect("courses:adaptation_detail", organisation.slug, adaptation.pk)
    adaptations = Adaptation.objects.filter(organisation=organisation)
    context = {
        "organisation": organisation,
        "adaptations": adaptations.select_related("course", "original"),
        "form": form,
    }
    return render(request, "courses/adaptation_list.html", context)


def adaptation_detail(request, organisation, pk):
    """What follows the original, what is the organisation's own, and every update that was skipped."""
    demand(request, "courses.adapt", organisation)
    adaptations = Adaptation.objects.filter(organisation__path__startswith=organisation.path)
    adaptation = get_object_or_404(adaptations.select_related("course", "original"), pk=pk)
    skipped = SkippedUpdate.objects.filter(adapted__adaptation=adaptation).select_related(
        "adapted__page", "original_revision", "decided_by"
    )
    if request.method == "POST":
        if "follow" in request.POST:
            _follow(request, adaptation)
        else:
            update = get_object_or_404(skipped, pk=request.POST.get("update") or 0)
            decide_skipped(update, take="take" in request.POST, by=request.user)
            messages.success(request, _("It is decided."))
        return redirect("courses:adaptation_detail", organisation.slug, adaptation.pk)
    context = {
        "organisation": organisation,
        "adaptation": adaptation,
        "pages": [
            (pair.page, pair.page.latest_revision_id != pair.own_revision_id)
            for pair in adaptation.pages.select_related("page").order_by("page__path")
        ],
        "skipped": skipped,
    }
    return render(request, "courses/adaptation_detail.html", context)


def _follow(request, adaptation):
    followed = follow_original(adaptation, by=request.user)
    if not any([followed.updated, followed.added, followed.skipped]):
        messages.info(request, _("Nothing changed in the original."))
    for titles, sentence in [
        (followed.updated, _("Updated: %(titles)s.")),
        (followed.added, _("Added: %(titles)s.")),
        (followed.skipped, _("Left as you wrote it, for you to decide: %(titles)s.")),
    ]:
        if titles:
            messages.success(request, sentence % {"titles": ", ".join(titles)})
