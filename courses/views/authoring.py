"""Pages for authors inside Wagtail's admin: moving a run to the newest edition."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from courses.domain.editions import compare_editions, foresee_move, move_run, newest_edition
from courses.models import CourseRun, Edition

LABELS = {
    "added": gettext_lazy("New"),
    "removed": gettext_lazy("Removed"),
    "changed": gettext_lazy("Changed"),
    "moved": gettext_lazy("In another place"),
}


class MoveRunView(WagtailAdminTemplateMixin, TemplateView):
    """Shows what a move changes for learners half way through, and moves when that is confirmed."""

    template_name = "courses/run_move.html"
    page_title = gettext_lazy("Move to the newest edition")
    header_icon = "date"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("courses.change_courserun"):
            raise PermissionDenied
        runs = CourseRun.objects.select_related("course", "edition")
        self.run = get_object_or_404(runs, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self):
        return self.run.code

    def get_breadcrumbs_items(self):
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("run:index"), "label": _("Runs")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.run.code},
        ]

    def get_context_data(self, **kwargs):
        newest = newest_edition(self.run)
        changes = compare_editions(self.run.edition, newest)
        return super().get_context_data(
            run=self.run,
            newest=newest,
            changes=[(label, changes[name]) for name, label in LABELS.items()],
            effect=foresee_move(self.run, newest),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        """Move to the edition that the page showed, which may no longer be the newest."""
        newer = Edition.objects.filter(
            course=self.run.course_id, number__gte=self.run.edition.number
        )
        shown = request.POST.get("edition")
        edition = next((row for row in newer if str(row.number) == shown), None)
        if edition is None:
            raise Http404
        move_run(self.run, edition, by=request.user)
        messages.success(
            request,
            _("%(run)s now reads edition %(number)s.")
            % {"run": self.run.code, "number": edition.number},
        )
        return redirect("run:index")
