"""What staff choose from lists and grids."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import PaceNoteState
from lms.reports.standing import Standing


class GridForm(forms.Form):
    """The filters of a progress grid; what makes no sense is told beside its field and filters nothing."""

    search = forms.CharField(label=_("Name"), max_length=100, required=False)
    cohort = forms.TypedChoiceField(label=_("Cohort"), required=False, empty_value=None)
    below = forms.TypedChoiceField(label=_("Organisation"), required=False, empty_value=None)
    standing = forms.ChoiceField(
        label=_("State"), choices=[("", _("all")), *Standing.choices], required=False
    )
    without = forms.ChoiceField(label=_("Has not started"), required=False)
    unfinished = forms.ChoiceField(label=_("Has not completed"), required=False)
    overdue = forms.BooleanField(label=_("Overdue"), required=False)

    def __init__(self, *args, grid, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["without"].choices = self.fields["unfinished"].choices = [
            ("", _("any activity or none")),
            *((entry["key"], entry["title"]) for entry in grid.activities),
        ]
        self._offer("cohort", grid.cohorts)
        self._offer("below", grid.below)

    def _offer(self, name, records):
        """Choose among records that the grid has read already."""
        field, by_key = self.fields[name], {str(row.pk): row for row in records}
        field.choices = [("", _("all")), *((key, str(row)) for key, row in by_key.items())]
        field.coerce = by_key.get

    def chosen(self):
        """The filters that hold."""
        if self.is_valid():
            return self.cleaned_data
        return {}


class PaceNoteForm(forms.Form):
    """What a coordinator found out."""

    state = forms.ChoiceField(label=_("State"), choices=PaceNoteState.choices)
    note = forms.CharField(
        label=_("What you found"),
        max_length=500,
        help_text=_("As you would say it to the learner. It is kept with your name."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
