"""What staff type about seats, nominations and selections."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from admissions.models import Nomination
from courses.models import CoursePage
from lms.accounts.validators import (
    HOME_REGION,
    example_phone,
    read_contact,
    validate_full_name,
)
from lms.organisations.grades import fault_of, schemes, told
from lms.organisations.models import Kind, Organisation

DATE = {"type": "date"}


class OrganisationField(forms.ModelChoiceField):
    def label_from_instance(self, organisation):
        return organisation.name


class SeatsForm(forms.Form):
    """Seats for an organisation below one's own."""

    organisation = OrganisationField(label=_("For"), queryset=Organisation.objects.none())
    seats = forms.IntegerField(
        label=_("Seats in all"), min_value=0, max_value=100_000, help_text=_("0 takes them back.")
    )
    release_on = forms.DateField(
        label=_("Unused seats go back on"),
        required=False,
        help_text=_("Empty: they stay until the run ends."),
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )

    def __init__(self, *args, giver, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = (
            Organisation.objects.on(timezone.localdate())
            .filter(path__startswith=giver.path)
            .exclude(pk=giver.pk)
            .order_by("depth", "name")
        )


class PersonForm(forms.Form):
    """Names a person by the address they are reached at; who has no account gets one."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        validators=[validate_full_name],
        help_text=_("As it should stand on a certificate."),
    )
    contact = forms.CharField(label=_("E-mail or phone"), max_length=254)

    def __init__(self, *args, country, **kwargs):
        super().__init__(*args, **kwargs)
        self.region = country.country_code if country else HOME_REGION
        self.fields["contact"].help_text = _(
            "Phone as %(example)s, or with + and the code of the country."
        ) % {"example": example_phone(self.region)}

    def clean_contact(self):
        """The address as it is kept: a phone without a country's code is one of the nominating country."""
        return read_contact(self.cleaned_data["contact"], self.region)[1]


class NominationForm(PersonForm, forms.ModelForm):
    county = OrganisationField(
        label=_("County"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("not said"),
    )
    has_disability = forms.TypedChoiceField(
        label=_("Lives with a disability"),
        choices=[("", _("not said")), ("yes", _("yes")), ("no", _("no"))],
        required=False,
        coerce={"yes": True, "no": False}.get,
        empty_value=None,
        help_text=_("These three are for the equity view alone; they do not count in the ranking."),
    )
    field_order = ["full_name", "contact", "priority", "statement", "gender", "county"]

    class Meta:
        model = Nomination
        fields = ["priority", "statement", "gender", "county", "has_disability"]

    def __init__(self, *args, country, **kwargs):
        super().__init__(*args, country=country, **kwargs)
        counties = Organisation.objects.filter(kind=Kind.COUNTY)
        if country:
            counties = counties.filter(path__startswith=country.path)
        self.fields["county"].queryset = counties.order_by("name")
        if not counties.exists():
            del self.fields["county"]


class SubstituteForm(PersonForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class SelectionForm(forms.Form):
    """A decision for each person on the ranking; who has none stays as they are."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Each person reads it, beside their rank and points."),
    )

    def __init__(self, *args, enrolments, **kwargs):
        super().__init__(*args, **kwargs)
        self.enrolments = enrolments
        for enrolment in enrolments:
            self.fields[self.name_of(enrolment)] = forms.ChoiceField(
                required=False,
                choices=[("", ""), ("chosen", ""), ("waiting", ""), ("refused", "")],
            )

    @staticmethod
    def name_of(enrolment):
        return f"decision-{enrolment.pk}"

    def decided(self, what):
        return [
            enrolment
            for enrolment in self.enrolments
            if self.cleaned_data.get(self.name_of(enrolment)) == what
        ]

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(self.name_of(enrolment)) for enrolment in self.enrolments):
            raise ValidationError(_("Decide about at least one person."))
        if self.decided("refused") and not cleaned.get("reason"):
            self.add_error("reason", _("Who is not taken is told why: write the reason."))
        return cleaned


def _weight(label, **kwargs):
    return forms.IntegerField(
        label=label,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        **kwargs,
    )


class WeightsForm(forms.Form):
    """The criteria that need nothing but a weight."""

    priority = _weight(
        _("Weight of the place on the institution's list"),
        min_value=0,
        help_text=_("0: it does not count."),
    )
    first_time = _weight(_("Weight of a first course at the Centre"), min_value=0)


class EarlierResultForm(forms.Form):
    """The result of an earlier course, and what it weighs."""

    course = forms.ModelChoiceField(
        label=_("Earlier course"),
        queryset=CoursePage.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=_("none"),
    )
    weight = _weight(_("Weight of its result"), min_value=1, initial=1)

    def criterion(self):
        course = self.cleaned_data.get("course")
        if course is None:
            return None
        weight = self.cleaned_data["weight"]
        return {"kind": "result", "code": course.code, "weight": weight}


class GradesForm(forms.Form):
    """Grades that the run is made for, and what they weigh."""

    scheme = forms.CharField(
        label=_("Scheme of grades"), max_length=32, required=False, help_text=_("As job group.")
    )
    grades = forms.CharField(
        label=_("Grades"),
        max_length=200,
        required=False,
        help_text=_("With commas between them, as L, M, N, P."),
    )
    weight = _weight(_("Weight of these grades"), min_value=1, initial=1)

    def __init__(self, *args, known, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = known
        if known:
            self.fields["scheme"].help_text = told(known)

    def clean_grades(self):
        grades = [grade.strip() for grade in self.cleaned_data["grades"].split(",")]
        return [grade for grade in grades if grade]

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("scheme")) != bool(cleaned.get("grades")):
            missing = "scheme" if cleaned.get("grades") else "grades"
            self.add_error(missing, _("Name both the scheme and the grades."))
        elif fault := fault_of(self.known, cleaned.get("scheme", ""), cleaned.get("grades", [])):
            self.add_error("grades", fault)
        return cleaned

    def criterion(self):
        scheme, grades = self.cleaned_data.get("scheme"), self.cleaned_data.get("grades")
        if not scheme:
            return None
        return {
            "kind": "grade",
            "scheme": scheme,
            "grades": grades,
            "weight": self.cleaned_data["weight"],
        }


EarlierResults = forms.formset_factory(EarlierResultForm, extra=1, max_num=10)
Grades = forms.formset_factory(GradesForm, extra=1, max_num=10)


class CriteriaForms:
    """The criteria of a run as plain fields: two weights, and rows for earlier results and for grades."""

    def __init__(self, data=None, *, criteria):
        weights = {"priority": 0, "first_time": 0} | {each.kind: each.weight for each in criteria}
        results = [
            {"course": each.code, "weight": each.weight}
            for each in criteria
            if each.kind == "result"
        ]
        grades = [
            {"scheme": each.scheme, "grades": ", ".join(each.grades), "weight": each.weight}
            for each in criteria
            if each.kind == "grade"
        ]
        self.weights = WeightsForm(data, initial=weights)
        self.results = EarlierResults(data, initial=results, prefix="results")
        self.grades = Grades(
            data, initial=grades, prefix="grades", form_kwargs={"known": schemes()}
        )
        self.fault = ""

    def is_valid(self):
        """Whether all parts are, and something counts; else `fault` or the fields say what is wrong."""
        if not all([self.weights.is_valid(), self.results.is_valid(), self.grades.is_valid()]):
            return False
        if not self.criteria():
            self.fault = _("Let at least one criterion count.")
        return not self.fault

    def criteria(self):
        plain = [
            {"kind": kind, "weight": weight}
            for kind, weight in self.weights.cleaned_data.items()
            if weight
        ]
        rows = [form.criterion() for form in [*self.results, *self.grades]]
        return plain + [row for row in rows if row]
