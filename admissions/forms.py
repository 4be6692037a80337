"""What staff type about seats, nominations and selections."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from admissions.models import Nomination
from lms.accounts.validators import read_contact, validate_full_name
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
    contact = forms.CharField(
        label=_("E-mail or phone"),
        max_length=254,
        help_text=_("Phone as 0712 345 678 or +250…"),
    )

    def clean_contact(self):
        contact = self.cleaned_data["contact"]
        read_contact(contact)
        return contact


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
        super().__init__(*args, **kwargs)
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
