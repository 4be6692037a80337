"""What authors get in Wagtail: editions cut on publishing, runs, and hints on accessibility."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from courses.domain.editions import cut_edition
from courses.models import CoursePage, CourseRun


@hooks.register("after_publish_page")
def cut_edition_of_published_course(request, page):
    """Publishing a course cuts its edition; publishing a lesson waits for the course."""
    if isinstance(page.specific_deferred, CoursePage):
        edition = cut_edition(page.specific, by=request.user)
        messages.info(
            request,
            _("Edition %(number)s is ready. Runs move to it when you say so.")
            % {"number": edition.number},
        )


class RunViewSet(ModelViewSet):
    model = CourseRun
    icon = "date"
    menu_label = gettext_lazy("Runs")
    menu_order = 200
    add_to_admin_menu = True
    form_fields = ["course", "edition", "code", "starts_on", "ends_on", "is_self_enrolment_open"]
    list_display = ["code", "course", "edition", "starts_on", "ends_on", "is_self_enrolment_open"]
    search_fields = ["code"]
    search_backend_name = None


@hooks.register("register_admin_viewset")
def register_viewset():
    return RunViewSet("run")
