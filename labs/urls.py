from django.urls import path

from labs import fleet_views, views

app_name = "labs"
FLEET = "o/<slug:organisation>/labs-now/"
urlpatterns = [
    path("learn/<int:pk>/<uuid:key>/lab/open/", views.lab_open, name="open"),
    path("learn/<int:pk>/<uuid:key>/lab/", views.lab_wait, name="wait"),
    path("learn/<int:pk>/<uuid:key>/lab/submit/", views.lab_submit, name="submit"),
    path("labs/submissions/<int:pk>/", views.submission_detail, name="submission"),
    path("learn/<int:pk>/<uuid:key>/lab/line/", fleet_views.lab_line, name="line"),
    path("learn/<int:pk>/<uuid:key>/lab/line/leave/", fleet_views.lab_line_leave, name="leave"),
    path(FLEET, fleet_views.fleet, name="fleet"),
    path(f"{FLEET}<int:pk>/stop/", fleet_views.session_stop, name="session_stop"),
    path(f"{FLEET}<int:pk>/log/", fleet_views.session_log, name="session_log"),
    path(f"{FLEET}usage/", fleet_views.usage, name="usage"),
    path(f"{FLEET}quotas/", fleet_views.quota_list, name="quota_list"),
    path(f"{FLEET}quotas/<slug:cohort>/", fleet_views.quota_edit, name="quota_edit"),
    path(f"{FLEET}classes/new/", fleet_views.class_new, name="class_new"),
    path(f"{FLEET}classes/<int:pk>/cancel/", fleet_views.class_cancel, name="class_cancel"),
]
