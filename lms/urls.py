"""Every address there is; tests/architecture holds the table of who may use each."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.accounts.views.profile import not_offered
from lms.api.api import api
from lms.core.media import pictures

sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)
urlpatterns = [
    path("", include("courses.urls")),
    path("", include("admissions.urls")),
    path("", include("assessments.urls")),
    path("", include("certification.urls")),
    path("", include("labs.urls")),
    path("", include("rosters.urls")),
    path("", include("practicals.urls")),
    path("", include("lms.accounts.urls")),
    path("", include("lms.organisations.urls")),
    path("", include("lms.messaging.urls")),
    path("", include("lms.reports.urls")),
    path("", include("lms.operations.urls")),
    # allauth's own pages for what ours do after asking again who it is; allauth needs the names
    re_path("^accounts/(?:confirm-email|email|password|phone|reauthenticate)/", not_offered),
    path("accounts/2fa/", include("lms.accounts.second_factor_urls")),
    path("accounts/organisation/", include("lms.accounts.identity_urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("allauth.idp.urls")),
    path("api/v1/", api.urls),
    path("language/", login_not_required(set_language), name="set_language"),
    # Wagtail's own form does not count wrong passwords
    path("cms/login/", login_not_required(sign_in)),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *pictures(),
]
