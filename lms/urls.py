"""Every address there is; tests/architecture holds the table of who may use each."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.api.api import api
from lms.core.media import pictures

urlpatterns = [
    path("", include("courses.urls")),
    path("", include("assessments.urls")),
    path("", include("certification.urls")),
    path("", include("labs.urls")),
    path("", include("lms.accounts.urls")),
    path("", include("lms.reports.urls")),
    path("", include("lms.operations.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("allauth.idp.urls")),
    path("api/v1/", api.urls),
    path("language/", login_not_required(set_language), name="set_language"),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *pictures(),
]
