from django.contrib.auth.decorators import login_not_required
from django.urls import path

from assessments import views
from assessments.views import marking, regrading, statistics, teaching

app_name = "assessments"
_quizzes = "o/<slug:organisation>/quizzes/"
_statistics = f"{_quizzes}<uuid:key>/statistics/"
_attempt = "learn/<int:pk>/attempts/<uuid:attempt>/"
urlpatterns = [
    # at the root, for a worker serves only what lies below it
    path("sw.js", login_not_required(views.service_worker), name="service_worker"),
    path(_attempt, views.attempt, name="attempt"),
    path(f"{_attempt}overview/", views.overview, name="overview"),
    path(f"{_attempt}submit/", views.submit, name="submit"),
    path(f"{_attempt}review/", views.review, name="review"),
    path(f"{_attempt}files/<int:position>/", views.file_upload, name="file_upload"),
    path(f"{_attempt}files/<str:sha256>", views.file, name="file"),
    path("o/<slug:organisation>/marking/", marking.marking_list, name="marking_list"),
    path(
        "o/<slug:organisation>/marking/<int:pk>/<str:sha256>",
        marking.marked_file,
        name="marked_file",
    ),
    path("o/<slug:organisation>/marking/second/", marking.mark_second, name="mark_second"),
    path("o/<slug:organisation>/marking/<int:pk>/", marking.mark_next, name="mark_next"),
    path(
        "o/<slug:organisation>/runs/<int:run>/quizzes/<uuid:key>/",
        teaching.quiz_run,
        name="quiz_run",
    ),
    path(
        "o/<slug:organisation>/allowances/<int:pk>/end/",
        teaching.allowance_end,
        name="allowance_end",
    ),
    path(
        "o/<slug:organisation>/attempts/<uuid:attempt>/",
        teaching.attempt_detail,
        name="attempt_detail",
    ),
    path(
        "o/<slug:organisation>/answer-files/",
        teaching.answer_file_upload,
        name="answer_file_upload",
    ),
    path(
        "o/<slug:organisation>/questions/<int:pk>/regrade/",
        regrading.regrade_new,
        name="regrade_new",
    ),
    path("o/<slug:organisation>/regrades/", regrading.regrade_list, name="regrade_list"),
    path("o/<slug:organisation>/regrades/<int:pk>/", regrading.regrade, name="regrade"),
    path(f"{_attempt}answers.json", views.answer_file, name="answer_file"),
    path(_quizzes, statistics.quiz_list, name="quiz_list"),
    path(_statistics, statistics.quiz_statistics, name="quiz_statistics"),
    path(f"{_statistics}refresh/", statistics.refresh, name="statistics_refresh"),
    path(f"{_statistics}alike/", statistics.alike, name="answers_alike"),
    path(f"{_statistics}<int:item>/", statistics.item_statistics, name="item_statistics"),
]
