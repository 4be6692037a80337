from django.contrib.auth.decorators import login_not_required
from django.urls import path

from lms.reports import views

app_name = "reports"
urlpatterns = [
    path("staff/", views.home, name="home"),
    path("o/<slug:organisation>/learners/", views.learner_list, name="learner_list"),
    path("o/<slug:organisation>/progress/<int:run>/", views.progress_grid, name="progress_grid"),
    path(
        "o/<slug:organisation>/progress/<int:run>/summary/",
        views.progress_summary,
        name="progress_summary",
    ),
    path("o/<slug:organisation>/credible/", views.pace_list, name="pace_list"),
    path("o/<slug:organisation>/credible/<int:pk>/", views.pace_detail, name="pace_detail"),
    path("styleguide/", login_not_required(views.styleguide), name="styleguide"),
]
