"""Pages before enrolment: the catalogue, a course, enrolling."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses.domain import enrolment as enrolment_domain
from courses.domain.queries import catalogue as catalogue_query
from courses.forms import EnrolForm
from courses.models import CoursePage, CourseRun, Edition, Enrolment


@login_not_required
def catalogue(request):
    return render(request, "courses/catalogue.html", {"courses": catalogue_query()})


def _open_run(course):
    return (
        CourseRun.objects.open_for_enrolment()
        .filter(course=course)
        .select_related("edition")
        .order_by("starts_on")
        .last()
    )


@login_not_required
def course_detail(request, slug):
    course = get_object_or_404(CoursePage.objects.live(), slug=slug)
    run = _open_run(course)
    edition = run.edition if run else Edition.objects.filter(course=course).first()
    enrolment = None
    if request.user.is_authenticated:
        enrolment = Enrolment.objects.live().filter(user=request.user, run__course=course).first()
    context = {"course": course, "run": run, "edition": edition, "enrolment": enrolment}
    return render(request, "courses/course_detail.html", context)


def enrol(request, slug):
    course = get_object_or_404(CoursePage.objects.live(), slug=slug)
    run = _open_run(course)
    if run is None:
        return redirect("courses:course", slug)
    form = EnrolForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        enrolment = enrolment_domain.enrol_oneself(
            request.user, run, form.cleaned_data["organisation"]
        )
        messages.success(request, _("You are enrolled. Welcome."))
        return redirect("courses:run", enrolment.pk)
    return render(request, "courses/enrol.html", {"course": course, "run": run, "form": form})
