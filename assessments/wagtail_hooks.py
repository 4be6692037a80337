"""What authors get in Wagtail: question banks, questions with a preview that scores, and shared texts."""

from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from assessments.domain.items import freeze_stimulus, tag_items
from assessments.forms import TagForm
from assessments.interactions import KINDS
from assessments.models import Item, ItemBank, Stimulus
from assessments.views.banks import (
    ExportItemsView,
    ImportItemsView,
    ItemImportView,
    ItemUsageView,
)


class ItemFilterSet(WagtailFilterSet):
    bank = ModelChoiceFilter(queryset=lambda request: ItemBank.objects.visible_to(request.user))
    kind = ChoiceFilter(
        choices=lambda: [(name, kind.label) for name, kind in KINDS.items()],
        label=gettext_lazy("Type"),
    )
    status = ChoiceFilter(
        label=gettext_lazy("Status"),
        method="of_status",
        choices=[
            ("draft", gettext_lazy("draft")),
            ("review", gettext_lazy("in review")),
            ("live", gettext_lazy("live")),
            ("retired", gettext_lazy("retired")),
        ],
    )
    tag = CharFilter(field_name="tagged__tag__name", label=gettext_lazy("Tag"))

    class Meta:
        model = Item
        fields = [
            "bank",
            "kind",
            "status",
            "tag",
            "language",
            "difficulty",
            "level",
            "competencies",
        ]

    def of_status(self, items, _name, value):
        return items.of_status(value)


class ItemIndexView(IndexView):
    def get_base_queryset(self):
        return (
            Item.objects.visible_to(self.request.user)
            .select_related("bank", "current")
            .with_status()
        )


class ItemViewSet(SnippetViewSet):
    model = Item
    icon = "help"
    menu_label = gettext_lazy("Questions")
    index_view_class = ItemIndexView
    usage_view_class = ItemUsageView
    filterset_class = ItemFilterSet
    search_fields = ["identifier", "title", "text"]
    search_backend_name = None
    list_per_page = 50

    @cached_property
    def list_display(self):
        return [
            "__str__",
            Column("identifier", label=gettext_lazy("Identifier"), sort_key="identifier"),
            Column("kind_label", label=gettext_lazy("Type")),
            Column("bank", label=gettext_lazy("Bank")),
            Column("status", label=gettext_lazy("Status")),
            Column("version", label=gettext_lazy("Version"), accessor="current.number"),
            Column("updated_at", label=gettext_lazy("Changed"), sort_key="updated_at"),
        ]


class BankIndexView(IndexView):
    def get_base_queryset(self):
        return ItemBank.objects.visible_to(self.request.user).select_related("organisation")


class BankViewSet(SnippetViewSet):
    model = ItemBank
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Question banks")
    index_view_class = BankIndexView
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("organisation"),
        FieldPanel("visibility"),
        FieldPanel("licence"),
    ]
    list_display = ["name", "organisation", "visibility", "licence"]

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/import/", ImportItemsView.as_view(), name="import"),
            path("imports/<int:pk>/", ItemImportView.as_view(), name="item_import"),
            path("<int:pk>/export/", ExportItemsView.as_view(), name="export"),
        ]


class StimulusViewSet(SnippetViewSet):
    model = Stimulus
    icon = "doc-full"
    menu_label = gettext_lazy("Shared texts")
    list_display = ["title", "bank"]
    search_fields = ["title", "text"]
    search_backend_name = None


class QuestionsGroup(SnippetViewSetGroup):
    items = (ItemViewSet, BankViewSet, StimulusViewSet)
    menu_label = gettext_lazy("Questions")
    menu_icon = "help"
    menu_order = 210


register_snippet(QuestionsGroup)


@hooks.register("after_edit_snippet")
def after_edit_snippet(request, instance):
    if isinstance(instance, Stimulus):
        freeze_stimulus(instance, by=request.user)


@hooks.register("register_snippet_listing_buttons")
def bank_buttons(snippet, user, next_url=None):
    if not isinstance(snippet, ItemBank) or not user.has_perm("assessments.change_item"):
        return
    for name, label in (("import", _("Import questions")), ("export", _("Export questions"))):
        address = reverse(ItemBank.snippet_viewset.get_url_name(name), args=[snippet.pk])
        yield Button(label, address, icon_name="upload" if name == "import" else "download")


@hooks.register("register_bulk_action")
class TagItems(SnippetBulkAction):
    """Give many questions tags, or take them away."""

    models = [Item]
    display_name = gettext_lazy("Tag")
    aria_label = gettext_lazy("Tag the selected questions")
    action_type = "tag"
    template_name = "assessments/bulk_tag.html"
    form_class = TagForm

    def get_execution_context(self):
        return {"form": self.cleaned_form, "user": self.request.user}

    @classmethod
    def execute_action(cls, objects, form=None, **_kwargs):
        tag_items(objects, add=form.cleaned_data["add"], remove=form.cleaned_data["remove"])
        return len(objects), 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        return _("%(count)s questions were tagged.") % {"count": num_parent_objects}
