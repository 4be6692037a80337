from django.urls import path

from admissions.views import criteria, nominations, seats

app_name = "admissions"
urlpatterns = [
    path("o/<slug:organisation>/admissions/", seats.run_list, name="run_list"),
    path("o/<slug:organisation>/admissions/<int:run>/seats/", seats.seat_list, name="seat_list"),
    path(
        "o/<slug:organisation>/admissions/<int:run>/nominations/",
        nominations.nomination_list,
        name="nomination_list",
    ),
    path(
        "o/<slug:organisation>/admissions/<int:run>/selection/",
        nominations.selection,
        name="selection",
    ),
    path(
        "o/<slug:organisation>/admissions/<int:run>/criteria/",
        criteria.criteria,
        name="criteria",
    ),
    path(
        "o/<slug:organisation>/admissions/<int:run>/invite/",
        nominations.invite_approved,
        name="invite",
    ),
    path(
        "o/<slug:organisation>/nominations/<int:pk>/withdraw/",
        nominations.nomination_withdraw,
        name="nomination_withdraw",
    ),
    path(
        "o/<slug:organisation>/nominations/<int:pk>/substitute/",
        nominations.nomination_substitute,
        name="nomination_substitute",
    ),
]
