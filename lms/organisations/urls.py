from django.urls import path

from lms.organisations import views

app_name = "organisations"
urlpatterns = [
    path("o/<slug:organisation>/permissions/", views.permission_list, name="permission_list"),
    path("o/<slug:organisation>/people/", views.people_list, name="people_list"),
    path("o/<slug:organisation>/people/roles/", views.role_give, name="role_give"),
    path("o/<slug:organisation>/people/roles/<int:pk>/end/", views.role_end, name="role_end"),
]
