"""What people type to sign up and sign in: a name, one address to be reached at, a code."""

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import filter_users_by_email
from django import forms
from django.conf import settings
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import User
from lms.accounts.validators import phone_to_e164, read_contact, validate_full_name

CONTACT = {
    "label": _("E-mail or phone"),
    "help_text": _(
        "We send a code there. A private address is fine. Phone as 0712 345 678 or +250…"
    ),
    "error_messages": {"required": _("Write your e-mail address or your phone number.")},
    "widget": forms.TextInput(
        attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    ),
}


class ContactMixin(forms.Form):
    """Asks for one contact and gives allauth the e-mail or the phone that it was."""

    def clean_contact(self):
        channel, address = read_contact(self.cleaned_data["contact"])
        self.cleaned_data[channel] = address
        return address


class SignupForm(ContactMixin, allauth_forms.SignupForm):
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        help_text=_("As it should stand on your certificate."),
        error_messages={"required": _("Write your full name.")},
        validators=[validate_full_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(max_length=254, **CONTACT)
    field_order = ["full_name", "contact"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("email", "phone", "password1"):
            del self.fields[name]

    def clean_contact(self):
        address = super().clean_contact()
        if "email" in self.cleaned_data:
            # allauth's own check says that the address is taken; here the one who reads its mail learns that
            self.account_already_exists = bool(filter_users_by_email(address))
        return address

    def try_save(self, request):
        phone = self.cleaned_data.get("phone")
        if self.account_already_exists and phone:
            return None, self._pretend_to_send_code(request, phone)
        return super().try_save(request)

    def _pretend_to_send_code(self, request, phone):
        """What allauth does for a taken e-mail; for a taken phone it looks for the e-mail of no one."""
        login = Login(user=None, phone=phone, signup=True)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state["login_by_code_required"] = True
        LoginCodeVerificationProcess.initiate(request=request, user=None, phone=phone, stage=stage)
        return redirect("account_confirm_login_code")

    def clean_full_name(self):
        return " ".join(self.cleaned_data["full_name"].split())


class RequestCodeForm(ContactMixin, allauth_forms.RequestLoginCodeForm):
    contact = forms.CharField(max_length=254, **CONTACT)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("email", "phone"):
            del self.fields[name]

    def clean_contact(self):
        address = super().clean_contact()
        # allauth looks the person up, and limits how often, in the cleaner of its own field
        (self.clean_email if "email" in self.cleaned_data else self.clean_phone)()
        return address


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = CONTACT["label"]
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autocapitalize": "none"}
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""

    def clean_login(self):
        login = self.cleaned_data["login"].strip()
        return login if "@" in login else phone_to_e164(login)


class ConfirmCodeForm(allauth_forms.ConfirmLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].error_messages["required"] = _("Write the six digits.")
        self.fields["code"].help_text = _("Six digits. It works for 15 minutes.")
        self.fields["code"].widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
        )


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ["full_name", "language"]
