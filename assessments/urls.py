from django.urls import path

from assessments import views

app_name = "assessments"
_attempt = "learn/<int:pk>/attempts/<uuid:attempt>/"
urlpatterns = [
    path(_attempt, views.attempt, name="attempt"),
    path(f"{_attempt}overview/", views.overview, name="overview"),
    path(f"{_attempt}submit/", views.submit, name="submit"),
    path(f"{_attempt}review/", views.review, name="review"),
    path(f"{_attempt}files/<int:position>/", views.file_upload, name="file_upload"),
    path(f"{_attempt}files/<str:sha256>", views.file, name="file"),
    path(f"{_attempt}answers.json", views.answer_file, name="answer_file"),
]
