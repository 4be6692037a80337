"""The way to an organisation's server and back, and the names that allauth needs."""

from allauth.socialaccount import views as allauth_views
from django.urls import path

from lms.accounts.identities import identity_callback, identity_login
from lms.accounts.views.profile import not_offered

urlpatterns = [
    path("cancelled/", allauth_views.login_cancelled, name="socialaccount_login_cancelled"),
    path("error/", allauth_views.login_error, name="socialaccount_login_error"),
    path("signup/", not_offered, name="socialaccount_signup"),
    path("connections/", not_offered, name="socialaccount_connections"),
    path("<slug:key>/login/", identity_login, name="identity_login"),
    path("<slug:key>/callback/", identity_callback, name="identity_callback"),
]
