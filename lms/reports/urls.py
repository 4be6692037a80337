from django.contrib.auth.decorators import login_not_required
from django.urls import path

from lms.reports import views

app_name = "reports"
urlpatterns = [
    path("staff/", views.home, name="home"),
    path("o/<slug:organisation>/learners/", views.learner_list, name="learner_list"),
    path("styleguide/", login_not_required(views.styleguide), name="styleguide"),
]
