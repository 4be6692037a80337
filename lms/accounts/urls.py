from django.urls import path

from lms.accounts.views import identities, profile, security

app_name = "accounts"
urlpatterns = [
    path("me/", profile.profile, name="profile"),
    path("me/confirm/", security.confirm, name="confirm"),
    path("me/addresses/confirm/", security.address_confirm, name="address_confirm"),
    path("me/addresses/<slug:channel>/", security.address, name="address"),
    path("me/password/", security.password, name="password"),
    path("me/second-step/", security.second_step, name="second_step"),
    path("me/sessions/end/", security.sessions_end, name="sessions_end"),
    path("sign-in/organisation/", identities.organisation_sign_in, name="organisation_sign_in"),
    path("me/identities/", identities.identities, name="identities"),
    path("me/identities/<int:pk>/connect/", identities.identity_connect, name="identity_connect"),
    path(
        "me/identities/<int:pk>/disconnect/",
        identities.identity_disconnect,
        name="identity_disconnect",
    ),
    path("staff/messages/", profile.sent_message_list, name="sentmessage_list"),
]
