"""What people enter: a serial to check, a list to prepare, a reason to void."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.models import RevocationReason


class VerifyForm(forms.Form):
    serial = forms.CharField(
        label=_("Serial number"),
        max_length=40,
        error_messages={"required": _("Write the serial number.")},
        help_text=_("As KSG-2026-000001-5, on the left edge of the certificate."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(
        label=_("Name of the holder"),
        error_messages={"required": _("Write the name of the holder.")},
        max_length=200,
        help_text=_("At least the first three letters of any of the names."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class PrepareForm(forms.Form):
    """The chosen awards, among those that wait in the scope."""

    awards = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_("People"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )

    def __init__(self, *args, waiting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["awards"].queryset = waiting


class SendBackForm(forms.Form):
    note = forms.CharField(
        label=_("Why it goes back"),
        error_messages={"required": _("Write one sentence.")},
        max_length=300,
        help_text=_("The person who prepared the list reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VoidForm(forms.Form):
    category = forms.ChoiceField(
        label=_("Why"),
        choices=RevocationReason,
        initial=RevocationReason.ERROR,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("What everyone will read"),
        error_messages={"required": _("Write one sentence.")},
        max_length=300,
        help_text=_("One sentence, shown to anyone who checks this certificate. Name no person."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
