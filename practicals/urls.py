from django.contrib.auth.decorators import login_not_required
from django.urls import path

from practicals.views import attendance, calendars, learners, sessions

app_name = "practicals"
STAFF = "o/<slug:organisation>/practicals/"
urlpatterns = [
    path("learn/<int:pk>/<uuid:key>/session.ics", calendars.booking_file, name="calendar_file"),
    path("calendar/", calendars.feed_address, name="feed_address"),
    path("calendar/<str:token>.ics", login_not_required(calendars.feed), name="feed"),
    path("in/", login_not_required(learners.check_in_offline), name="check_in_offline"),
    path("in/<int:day>/<str:token>/", login_not_required(learners.check_in), name="check_in"),
    path(STAFF, sessions.session_list, name="session_list"),
    path(f"{STAFF}new/", sessions.session_new, name="session_new"),
    path(f"{STAFF}<int:pk>/", sessions.session_detail, name="session"),
    path(f"{STAFF}<int:pk>/edit/", sessions.session_edit, name="session_edit"),
    path(f"{STAFF}<int:pk>/cancel/", sessions.session_cancel, name="session_cancel"),
    path(f"{STAFF}<int:pk>/release/", sessions.session_release, name="session_release"),
    path(f"{STAFF}bookings/<int:pk>/", sessions.booking_decide, name="booking_decide"),
    path(f"{STAFF}<int:pk>/export/", attendance.export, name="export"),
    path(f"{STAFF}<int:pk>/sheets/", attendance.sheet_make, name="sheet_make"),
    path(f"{STAFF}sheets/<slug:code>/", attendance.sheet, name="sheet"),
    path(f"{STAFF}sheets/<slug:code>/type/", attendance.sheet_type, name="sheet_type"),
    path(f"{STAFF}days/<int:day>/list/", attendance.day_list, name="day_list"),
    path(f"{STAFF}days/<int:day>/ticks/", attendance.day_ticks, name="day_ticks"),
    path(f"{STAFF}days/<int:day>/screen/", attendance.screen, name="screen"),
    path(f"{STAFF}days/<int:day>/join/", attendance.screen_join, name="screen_join"),
]
