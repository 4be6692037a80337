"""What staff type about people and their roles."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.people import person_at
from lms.organisations.models import Membership, Role


class PersonField(forms.CharField):
    """Names a person by the address they sign in with; no list of everyone is shown to choose from."""

    default_error_messages = {
        "required": _("Write the person's e-mail address or phone number."),
        "unknown": _(
            "No account has this address. Look for a slip, or ask the person to sign up first."
        ),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("The person's e-mail or phone"))
        super().__init__(max_length=254, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        person = person_at(value)
        if person is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return person


class GiveRoleForm(forms.ModelForm):
    person = PersonField()
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    until_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until somebody ends it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    class Meta:
        model = Membership
        fields = ["unit", "grade_scheme", "grade"]

    field_order = ["person", "role", "until_on", "unit", "grade_scheme", "grade"]

    def clean_until_on(self):
        until_on = self.cleaned_data["until_on"]
        if until_on and until_on < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return until_on

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("grade") and not cleaned.get("grade_scheme"):
            self.add_error("grade_scheme", _("Say which scheme the grade is of, such as CSG."))
        return cleaned

    @property
    def facts(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
