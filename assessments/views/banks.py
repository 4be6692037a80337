"""Pages for authors inside Wagtail's admin: files of questions in and out, and where a question is used."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import ReferenceIndex
from wagtail.snippets.views.snippets import UsageView

from assessments.domain.importing import begin_import, read_file
from assessments.formats.exporting import export_items
from assessments.forms import ExportForm, ImportForm
from assessments.interactions import KINDS
from assessments.models import Item, ItemBank, ItemImport


def bank_url(name):
    """The name of one of the addresses below, which Wagtail's viewset gives out."""
    return ItemBank.snippet_viewset.get_url_name(name)


def kind_label(name):
    """A kind as authors call it; one that we do not have as its file does."""
    return KINDS[name].label if name in KINDS else name


class BankView(WagtailAdminTemplateMixin, TemplateView):
    """A page about one bank, for authors who may use it."""

    header_icon = "help"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("assessments.change_item"):
            raise PermissionDenied
        banks = ItemBank.objects.visible_to(request.user)
        self.bank = get_object_or_404(banks, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self):
        return self.bank.name

    def get_breadcrumbs_items(self):
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(bank_url("list")), "label": ItemBank._meta.verbose_name_plural},
            {"url": "", "label": self.page_title, "sublabel": self.bank.name},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(bank=self.bank, **kwargs)


class ImportItemsView(BankView):
    """Takes a file, shows what is in it row by row, and takes it in when that is confirmed."""

    template_name = "assessments/import_items.html"
    page_title = _("Import questions")

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", ImportForm())
        return super().get_context_data(
            imports=self.bank.imports.select_related("by")[:10],
            import_url=bank_url("item_import"),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return render(request, self.template_name, self.get_context_data(form=form), status=422)
        found = read_file(self.bank, form.cleaned_data["file"], by=request.user)
        return redirect(bank_url("item_import"), found.pk)


class ItemImportView(BankView):
    """The report of one file; a page in Wagtail's admin."""

    template_name = "assessments/item_import.html"
    page_title = _("Import questions")

    def dispatch(self, request, *args, **kwargs):
        self.found = get_object_or_404(ItemImport.objects.select_related("bank"), pk=kwargs["pk"])
        return super().dispatch(request, *args, pk=self.found.bank_id)

    def get(self, request, *args, **kwargs):
        if request.GET.get("format") == "json":
            name = f"report-{self.found.pk}.json"
            return JsonResponse(
                self.found.report,
                headers={"Content-Disposition": f'attachment; filename="{name}"'},
            )
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        report = {
            heading: [row | {"kind": kind_label(row["kind"])} for row in rows]
            for heading, rows in self.found.report.items()
            if isinstance(rows, list)
        }
        return super().get_context_data(
            found=self.found,
            report=[
                (_("Refused"), report.get("refused")),
                (_("Kept as it came, but cannot be asked"), report.get("unsupported")),
                (_("Read"), report.get("read")),
            ],
            back_url=bank_url("import"),
            items_url=Item.snippet_viewset.get_url_name("list"),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        begin_import(self.found, by=request.user)
        return redirect(bank_url("item_import"), self.found.pk)


class ExportItemsView(BankView):
    """Chooses a format, tells what it cannot carry, and gives the file."""

    template_name = "assessments/export_items.html"
    page_title = _("Export questions")

    @cached_property
    def form(self):
        return ExportForm(self.request.GET or None)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**{"form": self.form, "lost": None, **kwargs})
        if self.form.is_bound and self.form.is_valid():
            context["lost"] = export_items(self.bank, self.form.cleaned_data["format"]).lost
        return context

    def post(self, request, *args, **kwargs):
        form = ExportForm(request.POST)
        if not form.is_valid():
            return render(request, self.template_name, self.get_context_data(form=form), status=422)
        written = export_items(self.bank, form.cleaned_data["format"])
        name = f"{self.bank.slug}.{written.suffix}"
        return HttpResponse(
            written.data,
            content_type=written.media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class ItemUsageView(UsageView):
    """Where a question is named, and which quizzes draw from its bank."""

    def get_queryset(self):
        named = ReferenceIndex.get_references_to(self.object).group_by_source_object()
        drawn = ReferenceIndex.get_references_to(self.object.bank).filter(
            base_content_type__model="page"
        )
        return [*named, *drawn.group_by_source_object()]
