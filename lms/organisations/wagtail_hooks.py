"""Job grades, kept by administrators in Wagtail: added, dated, and led on to what came after."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from lms.organisations.models import JobGrade


class JobGradeViewSet(ModelViewSet):
    model = JobGrade
    icon = "list-ol"
    menu_label = _("Job grades")
    add_to_settings_menu = True
    form_fields = [
        "country_code",
        "scheme",
        "value",
        "order",
        "valid_from",
        "valid_until",
        "successor",
    ]
    list_display = ["country_code", "scheme", "value", "valid_from", "valid_until"]
    list_filter = ["country_code", "scheme"]
    search_fields = ["scheme", "value"]
    search_backend_name = None


@hooks.register("register_admin_viewset")
def register_viewset():
    return JobGradeViewSet("job_grade")
