from django.urls import path

from labs import views
from labs.teaching import board, hand_marking, reading, remarking

app_name = "labs"
_staff = "o/<slug:organisation>/labs/"
_lab = "o/<slug:organisation>/runs/<int:run>/labs/<uuid:key>/"
urlpatterns = [
    path("learn/<int:pk>/<uuid:key>/lab/open/", views.lab_open, name="open"),
    path("learn/<int:pk>/<uuid:key>/lab/", views.lab_wait, name="wait"),
    path("learn/<int:pk>/<uuid:key>/lab/submit/", views.lab_submit, name="submit"),
    path("labs/submissions/<int:pk>/", views.submission_detail, name="submission"),
    path(_staff, board.lab_list, name="lab_list"),
    path(_lab, board.board, name="board"),
    path(f"{_lab}marking/", hand_marking.hand_marking, name="hand_marking"),
    path(f"{_lab}marking/<slug:cell>/", hand_marking.hand_mark_next, name="hand_mark_next"),
    path(f"{_lab}remarks/", remarking.remark_list, name="remark_list"),
    path(f"{_staff}remarks/<int:pk>/", remarking.remark, name="remark"),
    path(f"{_staff}submissions/<int:pk>/", reading.submission_read, name="submission_read"),
    path(
        f"{_staff}submissions/<int:pk>/marks/<slug:cell>/",
        hand_marking.hand_mark,
        name="hand_mark",
    ),
    path(f"{_staff}comments/<int:pk>/", reading.comment_edit, name="comment_edit"),
]
