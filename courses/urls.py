from django.urls import path

from courses.views import adaptations, catalogue, dates, enrolments, gradebook, lessons

app_name = "courses"
urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("courses/<slug:slug>/", catalogue.course_detail, name="course"),
    path("courses/<slug:slug>/enrol/", catalogue.enrol, name="enrol"),
    path("programmes/<slug:slug>/", catalogue.programme_detail, name="programme"),
    path("learn/", lessons.dashboard, name="dashboard"),
    path("learn/<int:pk>/place/", lessons.pending, name="pending"),
    path("learn/<int:pk>/", lessons.run_detail, name="run"),
    path("learn/<int:pk>/<uuid:key>/", lessons.activity, name="activity"),
    path("learn/<int:pk>/<uuid:key>/position/", lessons.lesson_position, name="lesson_position"),
    path("o/<slug:organisation>/adaptations/", adaptations.adaptation_list, name="adaptation_list"),
    path(
        "o/<slug:organisation>/adaptations/<int:pk>/",
        adaptations.adaptation_detail,
        name="adaptation_detail",
    ),
    path("o/<slug:organisation>/runs/", gradebook.run_list, name="run_list"),
    path("o/<slug:organisation>/runs/<int:run>/link/", enrolments.run_link, name="run_link"),
    path("o/<slug:organisation>/runs/<int:run>/due-dates/", dates.due_dates, name="due_dates"),
    path("o/<slug:organisation>/holidays/", dates.holiday_list, name="holiday_list"),
    path("o/<slug:organisation>/holidays/<int:pk>/", dates.holiday_edit, name="holiday_edit"),
    path(
        "o/<slug:organisation>/holidays/<int:pk>/remove/",
        dates.holiday_remove,
        name="holiday_remove",
    ),
    path(
        "o/<slug:organisation>/enrolments/<int:pk>/",
        enrolments.enrolment_detail,
        name="enrolment_detail",
    ),
    path("o/<slug:organisation>/runs/<int:run>/gradebook/", gradebook.gradebook, name="gradebook"),
]
