"""What a person says when they enrol, and staff of a run."""

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from courses.models import CoursePage, CourseRun, Edition
from lms.organisations.models import Kind, Organisation


class OrganisationChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, organisation):
        return organisation.name


class EnrolForm(forms.Form):
    organisation = OrganisationChoiceField(
        label=_("Where you work"),
        help_text=_("Your training officer there sees your progress. Nobody else does."),
        queryset=Organisation.objects.none(),
        empty_label=_("Choose your employer"),
        error_messages={"required": _("Choose where you work.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = (
            Organisation.objects.on(timezone.localdate()).exclude(kind=Kind.CENTRE).order_by("path")
        )
        organisations = list(field.queryset)
        countries = {row.path: row for row in organisations if row.kind == Kind.COUNTRY}
        groups: dict[str, list] = {}
        for row in organisations:
            country = next(
                (countries[path] for path in countries if row.path.startswith(path)), row
            )
            groups.setdefault(country.name, []).append((row.pk, row.name))
        field.choices = [("", field.empty_label), *groups.items()]
        latest = user.memberships.current().order_by("-from_at").first()
        if latest:
            self.initial.setdefault("organisation", latest.organisation_id)


class RunForm(WagtailAdminModelForm):
    class Meta:
        model = CourseRun
        fields = ["code", "starts_on", "ends_on", "is_self_enrolment_open"]
        widgets = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}
        help_texts = {
            "code": _("The course's code and the date, as F2 01/2026."),
            "ends_on": _("Empty: it stays open."),
        }

    def clean(self):
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("A run ends on or after the day it starts."))
        return cleaned


class NewRunForm(RunForm):
    """A new run pins the newest edition of its course."""

    course = forms.ModelChoiceField(
        label=_("Course"),
        queryset=CoursePage.objects.filter(editions__isnull=False).distinct(),
        help_text=_(
            "A course appears here once it has been published. The run takes its newest edition."
        ),
    )

    class Meta(RunForm.Meta):
        fields = ["course", *RunForm.Meta.fields]

    def save(self, commit=True):  # noqa: FBT002  Django's signature
        self.instance.edition = Edition.objects.filter(course=self.cleaned_data["course"]).first()
        return super().save(commit)


class OverrideForm(forms.Form):
    """A result set by hand."""

    score = forms.DecimalField(
        label=_("Points"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autofocus": True}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args, maximum, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["score"].max_value = maximum
        self.fields["score"].validators.append(
            MaxValueValidator(maximum, _("Write at most %(limit_value)s points."))
        )


class WeightsForm(forms.Form):
    """A weight for each column of a gradebook."""

    def __init__(self, *args, columns, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = columns
        for column in columns:
            self.fields[column.key] = forms.DecimalField(
                label=column.title,
                min_value=0,
                max_digits=6,
                decimal_places=2,
                initial=column.weight,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
            )
