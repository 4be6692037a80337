"""What staff type about people and their roles."""

from urllib.parse import urlsplit

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model

from lms.accounts.models import IdentityProvider
from lms.accounts.people import person_at
from lms.accounts.sealing import seal
from lms.accounts.validators import read_contact
from lms.organisations.grades import schemes
from lms.organisations.models import Membership, News, PartnerAgreement, Portal, Role

DATE = {"type": "date"}
LARGEST_LOGO = 200 * 1024  # bytes: it is on the first page that people meet


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

    def __init__(self, *args, country_code="", **kwargs):
        super().__init__(*args, **kwargs)
        self.schemes = schemes(country_code) if country_code else {}
        if self.schemes:  # one list in place of two fields to type in
            del self.fields["grade_scheme"]
            self.fields["grade"] = forms.ChoiceField(
                label=_("Grade"), required=False, choices=self._grades()
            )

    def _grades(self):
        groups = [
            (scheme, [(f"{scheme}|{value}", f"{scheme} {value}") for value in values])
            for scheme, values in self.schemes.items()
        ]
        return [("", _("not said")), *groups]

    def clean_until_on(self):
        until_on = self.cleaned_data["until_on"]
        if until_on and until_on < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return until_on

    def clean(self):
        cleaned = super().clean()
        if self.schemes:
            scheme, _bar, grade = cleaned.get("grade", "").partition("|")
            cleaned["grade_scheme"], cleaned["grade"] = scheme, grade
        elif cleaned.get("grade") and not cleaned.get("grade_scheme"):
            self.add_error("grade_scheme", _("Say which scheme the grade is of, such as CSG."))
        return cleaned

    @property
    def facts(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class RecoveryForm(forms.Form):
    """Who is to be helped, where the code goes, why, and how the helper knows who it is."""

    person = PersonField(
        help_text=_("The address that the account has now, even if it can no longer be read.")
    )
    contact = forms.CharField(
        max_length=254,
        label=_("New e-mail or phone"),
        help_text=_("The code goes there. It becomes the only address of the account."),
        error_messages={"required": _("Write the address that the code is sent to.")},
    )
    reason = forms.CharField(
        label=_("Why the person cannot sign in"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a sentence what happened.")},
    )
    checked = forms.CharField(
        label=_("How you made sure who it is"),
        help_text=_("As: came to my office with the staff card. Write no number of a document."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say how you know that it is this person.")},
    )

    def clean_contact(self):
        return read_contact(self.cleaned_data["contact"])


class RecoveryCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        help_text=_("Eight digits. They work for 24 hours."),
        error_messages={"required": _("Write the eight digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self):
        return "".join(filter(str.isdigit, self.cleaned_data["code"]))


class MergeForm(forms.Form):
    """Two accounts, and the one that stays."""

    kept = PersonField(label=_("Account that stays"))
    merged = PersonField(label=_("Account that becomes part of it and is closed"))


def _https_first(field, **kwargs):
    """A form field for `field`; an address without a scheme is one of HTTPS."""
    if isinstance(field, models.URLField):
        kwargs["assume_scheme"] = "https"
    return field.formfield(**kwargs)


class IdentityProviderForm(forms.ModelForm):
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        help_text=_("Kept sealed and never shown. Empty: the one that is there stays."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = IdentityProvider
        formfield_callback = _https_first
        fields = [
            "name",
            "client_id",
            "issuer",
            "authorize_url",
            "token_url",
            "userinfo_url",
            "has_token_in_query",
            "has_pkce",
            "scope",
            "id_claim",
            "name_claims",
            "email_claim",
            "phone_claim",
            "is_active",
        ]

    field_order = ["name", "client_id", "client_secret"]

    def clean(self):
        cleaned = super().clean()
        by_hand = ["authorize_url", "token_url", "userinfo_url"]
        if not cleaned.get("issuer") and not all(cleaned.get(name) for name in by_hand):
            self.add_error(
                "issuer", _("Give the issuer, or all three addresses that stand below it.")
            )
        for name in ["issuer", *by_hand]:
            address = urlsplit(cleaned.get(name) or "")
            if address.scheme == "http" and address.hostname not in {"127.0.0.1", "localhost"}:
                self.add_error(name, _("The address has to begin with https://."))
        return cleaned

    def save(self, commit=True):  # noqa: FBT002  Django's signature
        if secret := self.cleaned_data["client_secret"]:
            self.instance.secret = seal(secret)
        return super().save(commit)


class AgreementForm(forms.ModelForm):
    """What a country agreed on the data of its people."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=[("en", "English"), ("sw", "Kiswahili"), ("fr", "Français")],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = PartnerAgreement
        fields = [
            "organisation",
            "controller",
            "legal_basis",
            "hosting_permission",
            "permit_number",
            "permit_expires_on",
            "breach_contact",
            "breach_hours",
            "retention_years",
            "languages",
            "signed_on",
            "expires_on",
        ]
        widgets = {
            name: forms.DateInput(attrs=DATE, format="%Y-%m-%d")
            for name in ("permit_expires_on", "signed_on", "expires_on")
        }

    def __init__(self, *args, countries, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = countries

    def clean(self):
        cleaned = super().clean()
        signed_on, expires_on = cleaned.get("signed_on"), cleaned.get("expires_on")
        if signed_on and expires_on and expires_on < signed_on:
            self.add_error("expires_on", _("It ends on or after the day it is signed."))
        return cleaned


class PortalForm(forms.ModelForm):
    picture = forms.ImageField(
        label=_("Logo"),
        required=False,
        help_text=_("A picture of at most 200 KB. Empty: the one there is stays."),
    )

    class Meta:
        model = Portal
        fields = ["greeting", "accent"]

    def clean_picture(self):
        picture = self.cleaned_data["picture"]
        if picture and picture.size > LARGEST_LOGO:
            raise forms.ValidationError(_("This picture is larger than 200 KB. Make it smaller."))
        return picture

    def save(self, commit=True):  # noqa: FBT002  Django's signature
        if self.cleaned_data["picture"]:
            title = f"Logo: {self.instance.organisation}"
            logo = get_image_model()(title=title, file=self.cleaned_data["picture"])
            logo.save()
            self.instance.logo = logo
        return super().save(commit)


class NewsForm(forms.ModelForm):
    class Meta:
        model = News
        fields = ["language", "title", "body", "until_on"]
        widgets = {"until_on": forms.DateInput(attrs=DATE, format="%Y-%m-%d")}


class RenameForm(forms.Form):
    name = forms.CharField(label=_("New name"), max_length=200)
    on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
