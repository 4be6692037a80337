"""allauth's pages of the second step; those that change it ask again who it is."""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from lms.accounts.reauthentication import recent_sign_in_required as recent

urlpatterns = [
    path("", base.index, name="mfa_index"),
    path("authenticate/", base.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", base.reauthenticate, name="mfa_reauthenticate"),
    path("totp/activate/", recent(totp.activate_totp), name="mfa_activate_totp"),
    path("totp/deactivate/", recent(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "recovery-codes/",
        recent(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/generate/",
        recent(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        recent(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("webauthn/add/", recent(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "webauthn/reauthenticate/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "webauthn/keys/<int:pk>/remove/",
        recent(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "webauthn/keys/<int:pk>/edit/",
        recent(passkeys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path("webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
]
