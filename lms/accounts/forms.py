"""What people type to sign up and sign in: a name, one address to be reached at, a code."""

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import filter_users_by_email
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import validate_password
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from lms.accounts.domain.sessions import SHARED, SHARED_HINT, SHARED_LABEL
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


class SharedDeviceMixin(forms.Form):
    """Asks whether the device is shared; the session remembers it until the person is in."""

    is_shared = forms.BooleanField(label=SHARED_LABEL, help_text=SHARED_HINT, required=False)

    def clean_is_shared(self):
        is_shared = self.cleaned_data["is_shared"]
        if is_shared:
            context.request.session[SHARED] = True
        else:
            context.request.session.pop(SHARED, None)
        return is_shared


class RequestCodeForm(SharedDeviceMixin, ContactMixin, allauth_forms.RequestLoginCodeForm):
    contact = forms.CharField(max_length=254, **CONTACT)
    field_order = ["contact", "is_shared"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("email", "phone"):
            del self.fields[name]

    def clean_contact(self):
        address = super().clean_contact()
        # allauth looks the person up, and limits how often, in the cleaner of its own field
        (self.clean_email if "email" in self.cleaned_data else self.clean_phone)()
        return address


class PasskeySignInForm(SharedDeviceMixin, LoginWebAuthnForm):
    """A passkey's answer, and whether the device is shared."""


class LoginForm(SharedDeviceMixin, allauth_forms.LoginForm):
    field_order = ["login", "password", "is_shared"]

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


CODE = {"inputmode": "numeric", "autocomplete": "one-time-code"}


class SentCodeForm(forms.Form):
    """The six digits that we sent to an address."""

    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        help_text=_("Six digits. It works for 15 minutes."),
        error_messages={"required": _("Write the six digits.")},
        widget=forms.TextInput(attrs=CODE),
    )

    def clean_code(self):
        return "".join(filter(str.isdigit, self.cleaned_data["code"]))


class PasswordForm(forms.Form):
    """The person's own password, asked again."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Write your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password. Look again."))
        return self.cleaned_data["password"]


class NewAddressForm(forms.Form):
    """A new e-mail address or phone number of a person; of another account's holder nothing is told."""

    contact = forms.CharField(max_length=254, **CONTACT)

    def clean_contact(self):
        return read_contact(self.cleaned_data["contact"])


class NewPasswordForm(SetPasswordForm):
    """Once, with a button to look at it: a second field is no help to who types on a phone."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["new_password2"]
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].error_messages["required"] = _("Write a password.")
        self.fields["new_password1"].help_text = _(
            "At least ten characters. Three or four words that you remember are best."
        )

    def clean(self):
        forms.Form.clean(self)
        if password := self.cleaned_data.get("new_password1"):
            try:
                validate_password(password, self.user)
            except forms.ValidationError as error:
                self.add_error("new_password1", error)
        return self.cleaned_data


class AppCodeMixin(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs = dict(CODE)
        self.fields["code"].error_messages["required"] = _("Write the code.")


class ActivateAppForm(AppCodeMixin, ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("The six digits that the app shows now.")


class SecondStepForm(AppCodeMixin, AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("The app's six digits, or one of your recovery codes.")


class ConfirmSecondStepForm(SecondStepForm, ReauthenticateForm):
    """The second step, asked again."""


class AddPasskeyForm(AddWebAuthnForm):
    """Every key we take signs in by itself, so it is always one that the person unlocks."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].help_text = _("So that you know it again, such as “Office laptop”.")

    def clean(self):
        self.cleaned_data["passwordless"] = True
        return super().clean()
