from django.urls import path

from labs import fleet_views, notebook_views, views
from labs.teaching import board, hand_marking, reading, remarking

app_name = "labs"
OF_LAB = "learn/<int:pk>/<uuid:key>/lab/"
FLEET = "o/<slug:organisation>/labs-now/"
_staff = "o/<slug:organisation>/labs/"
_lab = "o/<slug:organisation>/runs/<int:run>/labs/<uuid:key>/"
urlpatterns = [
    path(f"{OF_LAB}open/", views.lab_open, name="open"),
    path(OF_LAB, views.lab_wait, name="wait"),
    path(f"{OF_LAB}state/", views.lab_state, name="state"),
    path(f"{OF_LAB}stop/", views.lab_stop, name="stop"),
    path(f"{OF_LAB}submit/", views.lab_submit, name="submit"),
    path(f"{OF_LAB}submissions/", views.submission_list, name="submission_list"),
    path(f"{OF_LAB}notebook/", notebook_views.notebook, name="notebook"),
    path(f"{OF_LAB}reset/", notebook_views.lab_reset, name="reset"),
    path(f"{OF_LAB}saves/", notebook_views.save_list, name="save_list"),
    path(f"{OF_LAB}saves/<int:save>/", notebook_views.save_detail, name="save"),
    path(f"{OF_LAB}saves/<int:save>/restore/", notebook_views.save_restore, name="restore"),
    path(
        f"{OF_LAB}saves/<int:save>/<int:cell>/<int:output>.png",
        notebook_views.save_picture,
        name="picture",
    ),
    path(f"{OF_LAB}browser/", views.lab_in_browser, name="in_browser"),
    path(f"{OF_LAB}file/", views.lab_file, name="file"),
    path("labs/hand-in/", views.from_lab, name="from_lab"),
    path("labs/submissions/<int:pk>/", views.submission_detail, name="submission"),
    path("labs/submissions/<int:pk>/state/", views.submission_state, name="submission_state"),
    path(f"{OF_LAB}line/", fleet_views.lab_line, name="line"),
    path(f"{OF_LAB}line/leave/", fleet_views.lab_line_leave, name="leave"),
    path(FLEET, fleet_views.fleet, name="fleet"),
    path(f"{FLEET}<int:pk>/stop/", fleet_views.session_stop, name="session_stop"),
    path(f"{FLEET}<int:pk>/log/", fleet_views.session_log, name="session_log"),
    path(f"{FLEET}usage/", fleet_views.usage, name="usage"),
    path(f"{FLEET}quotas/", fleet_views.quota_list, name="quota_list"),
    path(f"{FLEET}quotas/<slug:cohort>/", fleet_views.quota_edit, name="quota_edit"),
    path(f"{FLEET}classes/new/", fleet_views.class_new, name="class_new"),
    path(f"{FLEET}classes/<int:pk>/cancel/", fleet_views.class_cancel, name="class_cancel"),
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
