from django.contrib.auth.decorators import login_not_required
from django.urls import path, register_converter

from certification.views import learners, public, staff


class PublicId:
    regex = "[0-9a-f]{32}"
    to_python = to_url = staticmethod(str)


register_converter(PublicId, "public_id")

app_name = "certification"
urlpatterns = [
    path("verify/", login_not_required(public.verify), name="verify"),
    path("verify/<str:public_id>/", login_not_required(public.award), name="award"),
    path("V/<str:payload>", login_not_required(public.scanned), name="scanned"),
    path(
        ".well-known/certificates/root.pem",
        login_not_required(public.root),
        name="root",
    ),
    path("me/certificates/", learners.mine, name="mine"),
    path("me/certificates/<public_id:public_id>/download/", learners.download, name="download"),
    path("o/<slug:organisation>/releases/", staff.release_list, name="release_list"),
    path("o/<slug:organisation>/releases/prepare/", staff.prepare, name="release_prepare"),
    path("o/<slug:organisation>/releases/<int:pk>/", staff.release_detail, name="release_detail"),
    path("o/<slug:organisation>/releases/<int:pk>/release/", staff.release, name="release"),
    path("o/<slug:organisation>/releases/<int:pk>/back/", staff.back, name="release_back"),
    path("o/<slug:organisation>/awards/", staff.award_list, name="award_list"),
    path("o/<slug:organisation>/awards/<public_id:public_id>/void/", staff.void, name="award_void"),
    path(
        "o/<slug:organisation>/awards/<public_id:public_id>/replace/",
        staff.replace,
        name="award_replace",
    ),
]
