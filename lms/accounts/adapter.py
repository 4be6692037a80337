"""How allauth meets our people: phones, codes and where a sign-in leads."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.domain.sessions import SHARED, mark_shared
from lms.accounts.messages import send_sms
from lms.accounts.models import User
from lms.accounts.sealing import seal, unseal
from lms.accounts.validators import phone_to_e164


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This is not the newest code that we sent. Look again, or have another one sent below."
        ),
    }

    def is_login_by_code_required(self, login):
        """A sign-up is finished by a code; a later sign-in by password needs none."""
        return login.signup

    def save_user(self, request, user, form, commit=True):  # noqa: FBT002  allauth's signature
        user.full_name = form.cleaned_data["full_name"]
        user.email = form.cleaned_data.get("email") or None
        user.phone = form.cleaned_data.get("phone") or None
        user.language = getattr(request, "LANGUAGE_CODE", "")
        user.set_unusable_password()
        if commit:
            user.save()
        return user

    def is_reauthentication_required(self, *, app):
        """Our decorator `recent_sign_in_required` asks, on each page that allauth would ask on."""
        return False

    def post_login(self, request, user, **kwargs):
        if request.session.get(SHARED):
            mark_shared(request.session)
        return super().post_login(request, user, **kwargs)

    def clean_phone(self, phone):
        return phone_to_e164(phone)

    def phone_form_field(self, **kwargs):
        return forms.CharField(max_length=32, **kwargs)

    def set_phone(self, user, phone, verified):
        user.phone, user.is_phone_verified = phone, verified
        user.save(update_fields=["phone", "is_phone_verified"])

    def get_phone(self, user):
        return (user.phone, user.is_phone_verified) if user.phone else None

    def set_phone_verified(self, user, phone):
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone):
        return User.objects.filter(phone=phone, is_active=True).first()

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        send_sms(
            phone, _("Your Umahiri code is %(code)s. It works for 15 minutes.") % {"code": code}
        )

    def send_unknown_account_sms(self, phone, **kwargs):
        send_sms(
            phone,
            _(
                "Someone asked to sign in to Umahiri with this number, but it has no account. You can sign up."
            ),
        )

    def send_account_already_exists_sms(self, phone):
        send_sms(
            phone,
            _("This number already has an Umahiri account. Choose “Sign in” instead of “Sign up”."),
        )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names the person to their app by the address they know, and seals what would let others in."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This code does not fit. Look at the newest one, and whether your phone's clock is right."
        ),
    }

    def _get_user_identifier(self, user):
        return user.email or user.phone or str(user)

    def encrypt(self, text):
        return seal(text)

    def decrypt(self, encrypted_text):
        return unseal(encrypted_text)

    def generate_authenticator_name(self, user, type):  # noqa: A002  allauth's signature
        return _("My passkey")
