"""What staff say about the labs: quotas, classes, and why a lab is stopped."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Cohort, CourseRun
from labs.models import LabQuota


class QuotaForm(forms.ModelForm):
    class Meta:
        model = LabQuota
        fields = ["places", "memory_mb", "cpus", "hours_monthly", "hours_in_all"]

    def clean_places(self):
        places = self.cleaned_data["places"]
        if places is not None and places > settings.LABS_PLACES:
            raise forms.ValidationError(
                _("The platform has %(places)s places in all: write no more than that.")
                % {"places": settings.LABS_PLACES}
            )
        return places


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format="%Y-%m-%dT%H:%M")


class ClassForm(forms.Form):
    """A class in a lab of a run that goes on, for all its learners here or one cohort's."""

    lab = forms.ChoiceField(label=_("Lab"))
    cohort = forms.ModelChoiceField(
        label=_("Cohort"),
        queryset=None,
        required=False,
        empty_label=_("all learners of the run"),
    )
    starts_at = forms.DateTimeField(label=_("Starts at"), widget=MomentInput)
    minutes_ahead = forms.IntegerField(
        label=_("Minutes ahead"),
        initial=10,
        min_value=1,
        max_value=60,
        help_text=_("How long before the class its places are kept and its labs started."),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.labs = {
            f"{run.pk}:{entry['key']}": (run, entry)
            for run in CourseRun.objects.going_on().select_related("edition")
            for entry in run.edition.activities
            if entry["kind"] == "lab"
        }
        self.fields["lab"].choices = [
            ("", _("Choose a lab")),
            *(
                (value, f"{run.code}: {entry['title']}")
                for value, (run, entry) in self.labs.items()
            ),
        ]
        self.fields["cohort"].queryset = Cohort.objects.filter(
            run__in={run.pk for run, _entry in self.labs.values()}
        ).select_related("run")
        self.fields["cohort"].label_from_instance = lambda cohort: (
            f"{cohort.run.code}: {cohort.name}"
        )

    def clean_starts_at(self):
        starts_at = self.cleaned_data["starts_at"]
        if starts_at <= timezone.now():
            raise forms.ValidationError(_("Write a time that is still to come."))
        return starts_at

    def clean(self):
        data = super().clean()
        cohort = data.get("cohort")
        if cohort and "lab" in data and self.labs[data["lab"]][0] != cohort.run:
            self.add_error("cohort", _("This cohort is in another run: choose one of the lab's."))
        return data


class StopForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It is kept in the log, for who asks later."),
        error_messages={"required": _("Write why you stop the lab.")},
    )
