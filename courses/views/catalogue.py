"""Pages before enrolment: the catalogue, a course, enrolling."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses.domain import enrolment as enrolment_domain
from courses.domain.programme_rules import programme_standing
from courses.domain.programmes import completed_courses, standing_of, waits_for
from courses.domain.queries import catalogue as catalogue_query
from courses.forms import EnrolForm
from courses.models import (
    CoursePage,
    CourseRun,
    Edition,
    Enrolment,
    ProgrammeEnrolment,
    ProgrammePage,
)
from courses.models.enrolments import LIVE


@login_not_required
def catalogue(request):
    return render(
        request,
        "courses/catalogue.html",
        {
            "courses": catalogue_query(),
            "programmes": ProgrammePage.objects.live().order_by("title"),
        },
    )


def _open_run(course):
    return (
        CourseRun.objects.open_for_enrolment()
        .filter(course=course)
        .select_related("edition", "programme")
        .order_by("starts_on")
        .last()
    )


@login_not_required
def course_detail(request, slug):
    course = get_object_or_404(CoursePage.objects.live(), slug=slug)
    run = _open_run(course)
    edition = run.edition if run else Edition.objects.filter(course=course).first()
    enrolment = pending = None
    if request.user.is_authenticated:
        own = Enrolment.objects.filter(user=request.user, run__course=course)
        enrolment = own.live().first()
        pending = None if enrolment else own.pending().first()
    programme = run.programme if run and not (enrolment or pending) else None
    context = {
        "course": course,
        "run": run,
        "edition": edition,
        "enrolment": enrolment,
        "pending": pending,
        "programme": programme,
        "waits_for": waits_for(request.user, programme, course) if programme else (),
    }
    return render(request, "courses/course_detail.html", context)


def _asked_run(request, course):
    """The run that a link or QR code names, or the newest one that is open."""
    code = request.GET.get("run", "")
    if not code:
        return _open_run(course)
    runs = CourseRun.objects.filter(course=course, code=code)
    return runs.select_related("edition", "programme", "course").first()


def enrol(request, slug):
    course = get_object_or_404(CoursePage.objects.live(), slug=slug)
    run = _asked_run(request, course)
    if run is None:
        return redirect("courses:course", slug)
    initial = {"key": request.GET.get("key", "")}
    form = EnrolForm(request.POST or None, user=request.user, run=run, initial=initial)
    if request.method == "POST" and form.is_valid():
        enrolment = enrolment_domain.enrol_oneself(
            request.user,
            run,
            form.cleaned_data["organisation"],
            key=form.cleaned_data.get("key", ""),
        )
        if enrolment.state not in LIVE:
            return redirect("courses:pending", enrolment.pk)
        messages.success(request, _("You are enrolled. Welcome."))
        return redirect("courses:run", enrolment.pk)
    return render(request, "courses/enrol.html", {"course": course, "run": run, "form": form})


@login_not_required
def programme_detail(request, slug):
    """What a programme asks for and, for who is in it, what is done, what is next and what it opens."""
    programme = get_object_or_404(ProgrammePage.objects.live(), slug=slug)
    edition = programme.editions.first()
    enrolment, completions, period = None, [], 1
    if request.user.is_authenticated:
        enrolment = (
            ProgrammeEnrolment.objects.filter(user=request.user, programme=programme)
            .select_related("edition", "user")
            .prefetch_related("completions")
            .first()
        )
    if enrolment:
        standing, period = standing_of(enrolment)
        completions = enrolment.completions.all()
        edition = enrolment.edition
    elif edition:
        done = completed_courses(request.user) if request.user.is_authenticated else {}
        standing = programme_standing(edition.rules, done)
    else:
        standing = None
    context = {
        "programme": programme,
        "edition": edition,
        "enrolment": enrolment,
        "standing": standing,
        "period": period,
        "earned": {row.level_key: row for row in completions if row.number == period},
        "history": [row for row in completions if not row.level_key],
    }
    return render(request, "courses/programme_detail.html", context)
