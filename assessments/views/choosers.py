"""Windows in which authors choose a bank, a question or a shared text: only what they may use, found by words."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenView,
)

from assessments.models import Item, ItemBank


class WordsForm(BaseFilterForm):
    """Each word has to occur in one of the fields `looked_at`."""

    looked_at: tuple[str, ...] = ()
    q = forms.CharField(
        label=_("Search term"),
        widget=forms.TextInput(attrs={"placeholder": _("Search")}),
        required=False,
    )

    def filter(self, objects):
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        for word in self.search_query.split():
            found = Q()
            for field in self.looked_at:
                found |= Q(**{f"{field}__icontains": word})
            objects = objects.filter(found)
        return objects


class BankWords(WordsForm):
    looked_at = ("name", "slug")


class ItemWords(WordsForm):
    looked_at = ("identifier", "title", "text", "bank__name")


class StimulusWords(WordsForm):
    looked_at = ("title", "bank__name")


class Allowed:
    """Lists what the author may use, and gives no other by its number either."""

    def allowed(self, objects):
        user = self.request.user
        if self.model_class in {ItemBank, Item}:
            return objects & self.model_class.objects.visible_to(user)
        return objects.filter(bank__in=ItemBank.objects.visible_to(user))

    def get_object_list(self):
        return self.allowed(self.model_class.objects.all())

    def get_filter_form_class(self):
        return {ItemBank: BankWords, Item: ItemWords}.get(self.model_class, StimulusWords)


class AllowedChooseView(Allowed, ChooseView):
    """The window."""


class AllowedResultsView(Allowed, ChooseResultsView):
    """Its list, as one types."""


class AllowedChosenView(Allowed, SnippetChosenView):
    """What was chosen."""

    def get_object(self, pk):
        return self.get_object_list().get(pk=pk)


class AllowedChooserViewSet(SnippetChooserViewSet):
    choose_view_class = AllowedChooseView
    choose_results_view_class = AllowedResultsView
    chosen_view_class = AllowedChosenView
