"""What people choose to get, what staff write to a group, and what a gateway reports."""

from datetime import date
from uuid import uuid4
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from lms.messaging.models import Campaign, Message, MessagePreference
from lms.messaging.registry import EVERYWHERE, Channel, Purpose
from lms.messaging.validators import validate_placeholders, validate_sms

NEAR = (
    "Africa/",
    "Atlantic/",
    "Indian/",
)  # Cabo Verde and the islands of the east are Africa's too


def zone_choices():
    zones = sorted(zone for zone in available_timezones() if zone.startswith(NEAR))
    return [("", _("as my organisation")), *((zone, zone.replace("_", " ")) for zone in zones)]


class PreferenceForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=zone_choices)

    class Meta:
        model = MessagePreference
        fields = [
            "transactional_by",
            "promotional_by",
            "digest",
            "quiet_from",
            "quiet_until",
            "time_zone",
        ]
        help_texts = {
            "quiet_from": _("Between these two nothing is sent to you, unless it is urgent."),
            "promotional_by": _("You get none unless you ask for it, and can stop it at any time."),
        }
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("quiet_from", "quiet_until")
        }


class OutboxFilterForm(forms.Form):
    state = forms.ChoiceField(
        required=False, choices=[("", _("all")), *Message.State.choices], label=_("State")
    )
    channel = forms.ChoiceField(
        required=False, choices=[("", _("all")), *Channel.choices], label=_("Channel")
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )


class MonthForm(forms.Form):
    month = forms.DateField(
        label=_("Month"),
        required=False,
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        error_messages={"invalid": _("Write the month as 2026-07.")},
        validators=[MinValueValidator(date(2020, 1, 1)), MaxValueValidator(date(2099, 12, 1))],
    )


class ResolveForm(forms.Form):
    was_sent = forms.TypedChoiceField(
        choices=[("1", "sent"), ("0", "again")], coerce=lambda value: value == "1"
    )


class CampaignForm(forms.Form):
    """A message to a group, in each language it is written in."""

    TEXTS = ("subject", "body", "sms")

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    audience = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name of this message"),
        max_length=120,
        help_text=_("For you; nobody else sees it."),
    )
    purpose = forms.ChoiceField(
        label=_("What it is"),
        choices=Purpose.choices,
        initial=Purpose.TRANSACTIONAL,
        widget=forms.RadioSelect,
    )
    channels = forms.MultipleChoiceField(
        label=_("How it is sent"),
        required=False,
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to reach each person as they wish: that is best."),
    )
    holdout_percent = forms.IntegerField(
        label=_("Share held back, in percent"),
        initial=0,
        min_value=0,
        max_value=50,
        help_text=_(
            "These people, drawn by lot, get nothing. Comparing them with the others tells whether the message helps."
        ),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    outcome_days = forms.IntegerField(
        label=_("Days until it is judged"),
        initial=7,
        min_value=1,
        max_value=90,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = ", ".join(f"{{{name}}}" for name in EVERYWHERE)
        for code, language in settings.LANGUAGES:
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject in %(language)s") % {"language": language},
                max_length=200,
                required=False,
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": language},
                max_length=5000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 6}),
                help_text=_("You may write %(known)s.") % {"known": known},
            )
            self.fields[f"sms_{code}"] = forms.CharField(
                label=_("Text message in %(language)s") % {"language": language},
                max_length=459,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_(
                    "Without marks, codes or identifiers. 160 plain characters are one part."
                ),
            )

    def clean(self):
        data = super().clean()
        is_sms = Channel.SMS in data.get("channels", [])
        for code, language in settings.LANGUAGES:
            for part in self.TEXTS:
                self._check_text(f"{part}_{code}", data.get(f"{part}_{code}", ""))
            if not self._written(code):
                continue
            needed = ["subject", "body", *(["sms"] if is_sms else [])]
            for part in needed:
                if not data.get(f"{part}_{code}") and f"{part}_{code}" not in self.errors:
                    self.add_error(
                        f"{part}_{code}",
                        _("Write this too, or nothing at all in %(language)s.")
                        % {"language": language},
                    )
        if not self.errors and not any(self._written(code) for code, _name in settings.LANGUAGES):
            self.add_error("body_en", _("Write the message in one language at least."))
        return data

    def _check_text(self, field, text):
        try:
            validate_placeholders(text, EVERYWHERE)
            if field.startswith("sms_"):
                validate_sms(text)
        except ValidationError as error:
            self.add_error(field, error)

    def _written(self, code):
        return any(self.cleaned_data.get(f"{part}_{code}") for part in self.TEXTS)

    def campaign(self, organisation, audience, params):
        """What was typed, as a campaign that is not saved."""
        data = self.cleaned_data
        names = ("token", "name", "purpose", "channels", "holdout_percent", "outcome_days")
        return Campaign(
            organisation=organisation,
            audience=audience,
            audience_params=params,
            texts={
                code: {part: data[f"{part}_{code}"] for part in self.TEXTS}
                for code, _name in settings.LANGUAGES
                if self._written(code)
            },
            **{name: data[name] for name in names},
        )


class ReportForm(forms.Form):
    """A delivery report of Africa's Talking, by its own names."""

    id = forms.CharField(max_length=100)
    status = forms.CharField(max_length=40)
    failureReason = forms.CharField(max_length=150, required=False)  # noqa: N815  on the wire


class IncomingForm(forms.Form):
    """A text message that somebody sent to us, or their number alone where the operator took the stop."""

    phoneNumber = forms.CharField(max_length=20, required=False)  # noqa: N815  on the wire
    text = forms.CharField(max_length=1000, required=False)

    def __init__(self, data):
        super().__init__(
            {**data.dict(), "phoneNumber": data.get("phoneNumber") or data.get("from")}
        )
