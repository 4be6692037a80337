from django.urls import path

from labs import views

app_name = "labs"
urlpatterns = [
    path("learn/<int:pk>/<uuid:key>/lab/open/", views.lab_open, name="open"),
    path("learn/<int:pk>/<uuid:key>/lab/", views.lab_wait, name="wait"),
    path("learn/<int:pk>/<uuid:key>/lab/submit/", views.lab_submit, name="submit"),
    path("learn/<int:pk>/<uuid:key>/lab/browser/", views.lab_in_browser, name="in_browser"),
    path("learn/<int:pk>/<uuid:key>/lab/file/", views.lab_file, name="file"),
    path("labs/submissions/<int:pk>/", views.submission_detail, name="submission"),
]
