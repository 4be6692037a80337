from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from lms.messaging.views import callbacks, campaigns, own, staff

app_name = "messaging"
_staff = "o/<slug:organisation>/messages/"
_gateway = "messaging/africastalking/<str:secret>/"
urlpatterns = [
    path("messages/", own.inbox, name="inbox"),
    path("messages/read/", own.mark_as_read, name="mark_read"),
    path("me/messages/", own.preference, name="preference"),
    # mail programs press the button by themselves (RFC 8058): they have no cookie
    path("messages/stop/<str:token>/", csrf_exempt(login_not_required(own.stop)), name="stop"),
    path(_gateway, csrf_exempt(login_not_required(callbacks.report)), name="report"),
    path(
        f"{_gateway}incoming/", csrf_exempt(login_not_required(callbacks.incoming)), name="incoming"
    ),
    path(_staff, staff.outbox, name="outbox"),
    path(f"{_staff}texts/", staff.texts, name="texts"),
    path(f"{_staff}<int:pk>/", staff.resolve, name="resolve"),
    path(f"{_staff}new/", campaigns.campaign_new, name="campaign_new"),
    path(f"{_staff}campaigns/", campaigns.campaign_list, name="campaign_list"),
    path(f"{_staff}campaigns/<int:pk>/", campaigns.campaign_detail, name="campaign"),
]
