"""What anyone may read of the catalogue."""

from decimal import Decimal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from courses.domain.queries import catalogue
from courses.models import CoursePage, Edition

router = Router(tags=["courses"])


class CourseOut(Schema):
    code: str
    slug: str
    title: str
    level: str
    hours: Decimal
    summary: str
    languages: list[str]
    megabytes: float | None
    url: str


class ActivityOut(Schema):
    key: str
    kind: str
    title: str
    minutes: int


class ModuleOut(Schema):
    key: str
    title: str
    summary: str
    activities: list[ActivityOut]


class CourseDetailOut(CourseOut):
    outcomes: list[str]
    modules: list[ModuleOut]


def _course(course: CoursePage, edition: Edition | None) -> dict:
    return {
        "code": course.code,
        "slug": course.slug,
        "title": course.title,
        "level": course.level,
        "hours": course.hours,
        "summary": course.summary,
        "languages": edition.languages if edition else [],
        "megabytes": round(edition.megabytes, 2) if edition else None,
        "url": course.learner_path(),
    }


@router.get("/courses", response=list[CourseOut])
def list_courses(request: HttpRequest) -> list[dict]:
    """Courses that are open to read about, by level and code."""
    return [_course(course, course.newest) for course in catalogue()]


@router.get("/courses/{slug}", response=CourseDetailOut)
def get_course(request: HttpRequest, slug: str) -> dict:
    """One course with the outline of its newest edition."""
    course = get_object_or_404(CoursePage.objects.live(), slug=slug)
    edition = course.editions.first()
    modules = edition.modules if edition else []
    return {**_course(course, edition), "outcomes": course.outcome_list, "modules": modules}
