from django.urls import path

from lms.organisations import views

app_name = "organisations"
urlpatterns = [
    path("o/<slug:organisation>/permissions/", views.permission_list, name="permission_list"),
    path("o/<slug:organisation>/people/", views.people_list, name="people_list"),
    path("o/<slug:organisation>/people/roles/", views.role_give, name="role_give"),
    path("o/<slug:organisation>/people/roles/<int:pk>/end/", views.role_end, name="role_end"),
    path("o/<slug:organisation>/recoveries/", views.recovery_list, name="recovery_list"),
    path("o/<slug:organisation>/recoveries/new/", views.recovery_new, name="recovery_new"),
    path(
        "o/<slug:organisation>/recoveries/<int:pk>/", views.recovery_decide, name="recovery_decide"
    ),
    path("recovery/<uuid:public_id>/", views.recovery_complete, name="recovery_complete"),
    path("o/<slug:organisation>/duplicates/", views.duplicate_list, name="duplicate_list"),
    path("o/<slug:organisation>/duplicates/<int:kept>/<int:merged>/", views.merge, name="merge"),
    path("o/<slug:organisation>/merges/<int:pk>/undo/", views.merge_undo, name="merge_undo"),
]
