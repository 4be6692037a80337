from django.urls import path

from assessments import views

app_name = "assessments"
urlpatterns = [
    path("learn/<int:pk>/attempts/<uuid:attempt>/<int:number>/", views.item, name="item"),
    path("learn/<int:pk>/attempts/<uuid:attempt>/overview/", views.overview, name="overview"),
    path("learn/<int:pk>/attempts/<uuid:attempt>/submit/", views.submit, name="submit"),
    path("learn/<int:pk>/attempts/<uuid:attempt>/review/", views.review, name="review"),
]
