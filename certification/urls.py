from django.http import HttpResponse
from django.urls import path

app_name = "certification"
urlpatterns = [
    path("verify/", HttpResponse, name="verify"),
    path("me/certificates/", HttpResponse, name="mine"),
    path("o/<slug:organisation>/releases/", HttpResponse, name="release_list"),
]
