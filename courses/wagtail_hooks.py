"""What authors get in Wagtail: editions cut on publishing, runs and their move, and pages that cannot be lost."""

from django.db.models import Max, OuterRef, Subquery
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from courses.domain.editions import cut_edition, editions_with
from courses.domain.programmes import cut_programme_edition
from courses.forms import NewRunForm, RunForm
from courses.models import (
    ActivityPage,
    Competency,
    CoursePage,
    CourseRun,
    Edition,
    ModulePage,
    ProgrammePage,
)
from courses.views.authoring import MoveRunView


def tell_of_publishing(request, page):
    """Cut the edition of a published course; say what is still to do after publishing a part of one."""
    page = page.specific
    if isinstance(page, CoursePage):
        edition = cut_edition(page, by=request.user)
        messages.info(
            request,
            _("Edition %(number)s of “%(course)s” is ready. Runs move to it when you say so.")
            % {"number": edition.number, "course": page.title},
            buttons=[messages.button(reverse("run:index"), _("Runs"))],
        )
    elif isinstance(page, ProgrammePage):
        edition = cut_programme_edition(page, by=request.user)
        messages.info(
            request,
            _("Edition %(number)s of “%(programme)s” is in force for all who begin from now on.")
            % {"number": edition.number, "programme": page.title},
        )
    elif isinstance(page, ModulePage | ActivityPage):
        course = CoursePage.objects.ancestor_of(page).get()
        messages.info(
            request,
            _(
                "Learners see this once “%(course)s” is published and their run moves to that edition."
            )
            % {"course": course.title},
            buttons=[
                messages.button(reverse("wagtailadmin_pages:edit", args=[course.pk]), _("Course"))
            ],
        )


@hooks.register("after_publish_page")
def after_publish_page(request, page):
    tell_of_publishing(request, page)


@hooks.register("after_bulk_action")
def after_bulk_action(request, action_type, objects, _action):
    if action_type == "publish":
        for page in objects:
            if isinstance(page.specific_deferred, CoursePage | ProgrammePage):
                tell_of_publishing(request, page)


def refuse_to_delete(request, pages):
    """Send the author back if an edition has one of `pages`: learners read its revisions and their results rest on them."""
    for page in pages:
        if editions := editions_with(page):
            messages.error(
                request,
                _(
                    "“%(title)s” is part of edition %(number)s, so it cannot be deleted. "
                    "Unpublish it instead: the next edition leaves it out."
                )
                % {"title": page.title, "number": editions[0].number},
            )
            parent = page.get_parent()
            return redirect("wagtailadmin_explore", parent.pk)
    return None


@hooks.register("before_delete_page")
def before_delete_page(request, page):
    return refuse_to_delete(request, [page])


@hooks.register("before_bulk_action")
def before_bulk_action(request, action_type, objects, action):
    if action_type == "delete" and "wagtailcore.Page" in {
        model._meta.label for model in action.models
    }:
        return refuse_to_delete(request, objects)
    return None


class RunIndexView(generic.IndexView):
    def get_base_queryset(self):
        newest = Edition.objects.filter(course=OuterRef("course")).order_by().values("course")
        newest = Subquery(newest.annotate(newest=Max("number")).values("newest"))
        return CourseRun.objects.select_related("course", "edition").annotate(newest=newest)


class MoveColumn(Column):
    """The newest edition where the run reads an older one: a link to the move."""

    cell_template_name = "courses/run_move_cell.html"


class RunViewSet(ModelViewSet):
    """`edition` is in no form: a run begins with the newest, and a move is an act of its own."""

    model = CourseRun
    icon = "date"
    menu_label = gettext_lazy("Runs")
    menu_order = 200
    add_to_admin_menu = True
    index_view_class = RunIndexView
    search_fields = ["code"]
    search_backend_name = None
    list_filter = ["course"]

    def get_form_class(self, for_update=False):  # noqa: FBT002  Wagtail's signature
        return RunForm if for_update else NewRunForm

    @cached_property
    def list_display(self):
        return [
            TitleColumn(
                "code",
                label=gettext_lazy("Run"),
                sort_key="code",
                url_name=self.get_url_name("edit"),
            ),
            Column("course", label=gettext_lazy("Course")),
            Column("edition", label=gettext_lazy("Edition"), accessor="edition.number"),
            MoveColumn("newest", label=gettext_lazy("Newest edition")),
            Column("starts_on", label=gettext_lazy("Starts on"), sort_key="starts_on"),
            Column("ends_on", label=gettext_lazy("Ends on"), sort_key="ends_on"),
            BooleanColumn("is_self_enrolment_open", label=gettext_lazy("Open to all")),
        ]

    def get_urlpatterns(self):
        move = path("move/<int:pk>/", MoveRunView.as_view(), name="move")
        return [*super().get_urlpatterns(), move]


class CompetencyViewSet(ModelViewSet):
    """Frameworks change: what is out of date gets its last day and its successor, and stays where it was claimed."""

    model = Competency
    icon = "list-ul"
    menu_label = gettext_lazy("Competencies")
    add_to_settings_menu = True
    form_fields = [
        "framework",
        "code",
        "title",
        "parent",
        "valid_from",
        "valid_until",
        "successor",
    ]
    list_display = ["code", "title", "framework", "valid_from", "valid_until"]
    list_filter = ["framework"]
    search_fields = ["code", "title"]
    search_backend_name = None


@hooks.register("register_admin_viewset")
def register_viewsets():
    return [RunViewSet("run"), CompetencyViewSet("competency")]
