"""Pages for authors inside Wagtail's admin: a lab's notebook, its versions, checks and preview."""

import json
import mimetypes

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Length
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from labs.domain.checking import (
    ask_check,
    peak_of,
    propose_limits,
    reason_against,
    seconds_of,
    use_proposed_limits,
)
from labs.domain.drafts import discard_draft, newest_release, reason_not_to_publish, save_draft
from labs.domain.masters import kinds_by_name, list_cells
from labs.domain.workbench import folder_of, open_workbench, take_over
from labs.environments import ENVIRONMENTS
from labs.forms import NotebookForm
from labs.messages import sentence, title
from labs.models import LabDraft, LabFile, LabPage
from lms.core.errors import Refused

VERSIONS_SHOWN = 20


class LabAuthorMixin:
    """Only for who may edit the lab's page; `self.lab` is the page as last saved."""

    def dispatch(self, request, *args, **kwargs):
        page = get_object_or_404(LabPage, pk=kwargs["pk"])
        if not page.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        self.lab = page.get_latest_revision_as_object()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def may_change(self):
        return not self.lab.permissions_for_user(self.request.user).page_locked()

    def back(self):
        return redirect("labs_notebook", self.lab.pk)

    def release_of(self, version):
        """What `version` names, a draft by its number or "published"."""
        if version == "published":
            release = LabPage.objects.get(pk=self.lab.pk).release
            if release is None:
                raise Http404
            return release
        if not version.isdecimal():
            raise Http404
        drafts = self.lab.drafts.select_related("release")
        return get_object_or_404(drafts, number=int(version)).release

    @property
    def is_master(self):
        """Which of the two copies the address names."""
        if self.kwargs["copy"] not in {"master", "learner"}:
            raise Http404
        return self.kwargs["copy"] == "master"


class LabPageView(LabAuthorMixin, WagtailAdminTemplateMixin, TemplateView):
    header_icon = "code"

    def get_page_subtitle(self):
        return self.lab.title

    def get_breadcrumbs_items(self):
        return [
            *super().get_breadcrumbs_items(),
            {
                "url": reverse("wagtailadmin_explore", args=[self.lab.get_parent().pk]),
                "label": self.lab.get_parent().title,
            },
            {
                "url": reverse("wagtailadmin_pages:edit", args=[self.lab.pk]),
                "label": self.lab.title,
            },
            *self.breadcrumbs_below(),
        ]

    def breadcrumbs_below(self):
        return [{"url": "", "label": self.page_title}]


class NotebookView(LabPageView):
    """The notebook and data as they stand: upload, versions, the newest check, work on the Hub."""

    template_name = "labs/master_notebook.html"
    page_title = gettext_lazy("Notebook and data")

    def get_context_data(self, **kwargs):
        drafts = list(self.lab.drafts.select_related("made_by", "release")[:VERSIONS_SHOWN])
        newest = drafts[0] if drafts else None
        check = newest.checks.first() if newest else None
        release = newest_release(self.lab)
        kwargs.setdefault("form", NotebookForm(self.lab))
        return super().get_context_data(
            lab=self.lab,
            drafts=drafts,
            draft=newest,
            version=newest.number if newest else "published",
            release=release,
            files=_sized(release.files) if release else [],
            environment=ENVIRONMENTS.get(self.lab.environment),
            check=check,
            reason=reason_not_to_publish(self.lab),
            may_change=self.may_change,
            folder=folder_of(self.lab, self.request.user),
            **self.told_by(check),
            **kwargs,
        )

    def told_by(self, check):
        """What a finished check says, for people."""
        if check is None or check.state != check.State.DONE:
            return {}
        seconds, peak_mb = seconds_of(check), peak_of(check)
        proposed = propose_limits(seconds, peak_mb)
        return {
            "rows": check_rows(check),
            "raised": [
                cell | {"message": sentence(cell)} for cell in check.solution.get("cells", [])
            ],
            "seconds": seconds,
            "peak_mb": peak_mb,
            "proposed": proposed,
            "uses_proposed": all(getattr(self.lab, name) == proposed[name] for name in proposed),
            "problem": reason_against(check, self.lab.limits),
        }

    def post(self, request, *args, **kwargs):
        demand_change(self)
        form = NotebookForm(self.lab, request.POST, request.FILES)
        if not form.is_valid():
            return render(request, self.template_name, self.get_context_data(form=form), status=422)
        master, files = form.content()
        tell_of_draft(request, self.lab, save_draft(self.lab, master, files, by=request.user))
        return self.back()


def _sized(files):
    return files.annotate(size=Length("content")).defer("content")


def demand_change(view):
    if not view.may_change:
        raise Refused(
            _("This lab's page is locked. Unlock it first, or ask who locked it."), code="locked"
        )


def tell_of_draft(request, lab, draft):
    messages.success(
        request,
        _(
            "Version %(number)s of “%(title)s” is kept. Check it now; learners get it once it is published."
        )
        % {"number": draft.number, "title": lab.title},
    )


def check_rows(check):
    """One row for each test: what the solution and the bare release got for it, in sentences."""
    bare = {each["name"]: each for each in check.bare["checks"]}
    rows = []
    for each in check.solution["checks"]:
        of_bare = bare.get(each["name"], each)
        is_by_hand = each["outcome"] == "by_hand"
        rows.append(
            {
                "title": title(each),
                "max": each["max"],
                "solution": sentence(each),
                "bare": sentence(of_bare),
                "is_by_hand": is_by_hand,
                "is_solution_right": is_by_hand or each["outcome"] == "met",
                "is_bare_right": not of_bare["points"],
            }
        )
    return rows


class CellsView(LabPageView):
    """The cells of the master, or of the copy that learners get, with their kinds."""

    template_name = "labs/notebook_cells.html"

    @property
    def page_title(self):
        return _("Master") if self.is_master else _("What learners get")

    def breadcrumbs_below(self):
        notebook = reverse("labs_notebook", args=[self.lab.pk])
        return [
            {"url": notebook, "label": NotebookView.page_title},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs):
        release = self.release_of(self.kwargs["version"])
        master = release.master.notebook
        shown = master if self.is_master else release.notebook
        return super().get_context_data(
            lab=self.lab,
            release=release,
            cells=list_cells(shown, kinds_by_name(master)),
            is_master=self.is_master,
            **kwargs,
        )


class DownloadView(LabAuthorMixin, View):
    """The master or the learner's copy as a file."""

    def get(self, request, *args, **kwargs):
        release = self.release_of(kwargs["version"])
        notebook = release.master.notebook if self.is_master else release.notebook
        name = f"{release.name}-master.ipynb" if self.is_master else release.file_name
        return attachment(
            name, json.dumps(notebook, indent=1, ensure_ascii=False), "application/x-ipynb+json"
        )


class DataFileView(LabAuthorMixin, View):
    def get(self, request, *args, **kwargs):
        release = self.release_of(kwargs["version"])
        file = get_object_or_404(LabFile, release=release, name=kwargs["name"])
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return attachment(file.name, bytes(file.content), kind)


def attachment(name, content, media_type):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


class LabActionView(LabAuthorMixin, View):
    """One act on a lab, then back to its notebook."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        demand_change(self)
        return self.act(request) or self.back()

    def newest_draft(self):
        draft = self.lab.drafts.first()
        if draft is None:
            raise Refused(_("There is no version of the notebook yet."), code="no_draft")
        return draft


class CheckView(LabActionView):
    def act(self, request):
        ask_check(self.newest_draft(), by=request.user)


class DiscardView(LabActionView):
    def act(self, request):
        """Discard the version that the page showed, which may no longer be the newest."""
        shown = request.POST.get("number", "")
        draft = get_object_or_404(
            LabDraft, page=self.lab.pk, number=int(shown) if shown.isdecimal() else 0
        )
        number = draft.number
        discard_draft(draft, by=request.user)
        messages.success(request, _("Version %(number)s was discarded.") % {"number": number})


class LimitsView(LabActionView):
    def act(self, request):
        check = self.newest_draft().checks.first()
        if check is None or check.state != check.State.DONE:
            raise Refused(_("Check the notebook first: limits come from a check."), code="no_check")
        use_proposed_limits(check, by=request.user)
        messages.success(request, _("The page now has the proposed limits, as a draft."))


class WorkbenchView(LabActionView):
    def act(self, request):
        return redirect(open_workbench(self.lab, by=request.user))


class TakeOverView(LabActionView):
    def act(self, request):
        before = self.lab.drafts.first()
        try:
            draft = take_over(self.lab, by=request.user)
        except ValidationError as error:
            count = len(error.messages)
            said = ngettext(
                "What you saved on the Hub has a fault, so nothing was taken over.",
                "What you saved on the Hub has %(count)s faults, so nothing was taken over.",
                count,
            ) % {"count": count}
            messages.error(request, " ".join([said, *error.messages]))
            return
        if draft == before:
            messages.info(request, _("What you saved on the Hub is the newest version already."))
        else:
            tell_of_draft(request, self.lab, draft)
