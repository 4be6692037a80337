from django.contrib.auth.decorators import login_not_required
from django.urls import path

from lms.operations import views

urlpatterns = [
    path("health/live", login_not_required(views.live), name="health_live"),
    path("health/ready", login_not_required(views.ready), name="health_ready"),
]
