from django.urls import path

from rosters import views

app_name = "rosters"
_COHORT = "o/<slug:organisation>/cohorts/<slug:cohort>"
_IMPORT = f"{_COHORT}/imports/<int:pk>"
urlpatterns = [
    path("o/<slug:organisation>/cohorts/", views.cohort_list, name="cohort_list"),
    path("o/<slug:organisation>/roster-template/", views.template, name="template"),
    path(f"{_COHORT}/", views.cohort_detail, name="cohort"),
    path(f"{_COHORT}/invite/", views.invite, name="invite"),
    path(f"{_COHORT}/imports/new/", views.import_new, name="import_new"),
    path(f"{_IMPORT}/", views.import_detail, name="import"),
    path(f"{_IMPORT}/columns/", views.import_columns, name="columns"),
    path(f"{_IMPORT}/report/", views.import_report, name="report"),
    path(f"{_IMPORT}/apply/", views.import_apply, name="apply"),
    path(f"{_IMPORT}/undo/", views.import_undo, name="undo"),
    path(f"{_IMPORT}/forget/", views.import_forget, name="forget"),
]
