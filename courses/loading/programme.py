"""`load_programme`: a file of facts and levels becomes a programme's page and an edition of its rules."""

import json
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction

from courses.domain.programmes import cut_programme_edition
from courses.loading.course import Report, demand_facts, find_catalogue, save_page, stable_key
from courses.models import CoursePage, CourseRun, ProgrammePage

REQUIRED = ("key", "code", "slug", "title", "summary", "levels")
OF_A_LEVEL = ("key", "title", "level", "courses")


@transaction.atomic
def load_programme(path: Path) -> tuple[ProgrammePage, Report]:
    """Create or update the programme that the file describes; a second time updates only what the file changed.

    Cuts an edition of its rules if they changed. Runs of the courses named in `runs_of` that belong to no programme
    yet belong to this one from now on: they ask for what comes first. Its courses must have been loaded. Raises
    ValidationError with the file and what to do.
    """
    text = path.read_text(encoding="utf-8")
    try:
        facts = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ValidationError(f"{path}: this is not YAML: {error}") from error
    demand_facts(facts, REQUIRED, path)
    report = Report()
    programme = save_page(
        ProgrammePage,
        find_catalogue(),
        key=facts["key"],
        source=text,
        report=report,
        title=facts["title"],
        slug=facts["slug"],
        code=facts["code"],
        summary=facts["summary"],
        valid_months=facts.get("valid_months"),
        renewal_months=facts.get("renewal_months", 6),
        levels=json.dumps([_level(level, facts["key"], path) for level in facts["levels"]]),
    )
    cut_programme_edition(programme)
    courses = [_course(key, path) for key in facts.get("runs_of", [])]
    CourseRun.objects.filter(course__in=courses, programme=None).update(programme=programme)
    return programme, report


def _course(key: str, path: Path) -> int:
    """The id of the course that course files call `key`."""
    course = CoursePage.objects.filter(translation_key=stable_key(key)).order_by("pk").first()
    if course is None:
        raise ValidationError(f"{path}: there is no course {key}. Load it first.")
    return course.pk


def _level(level: dict, programme: str, path: Path) -> dict:
    """A level as the page's blocks hold it."""
    demand_facts(level, OF_A_LEVEL, path)
    electives = level.get("elective_courses", [])
    if level.get("electives", 0) > len(electives):
        raise ValidationError(f"{path}: level {level['key']} asks for more electives than it has.")
    return {
        "type": "level",
        "id": str(uuid5(NAMESPACE_URL, f"umahiri:{programme}:{level['key']}")),
        "value": {
            "title": level["title"],
            "level": level["level"],
            "gate": _course(level["gate"], path) if "gate" in level else None,
            "courses": [
                {"course": _course(key, path), "is_elective": key in electives}
                for key in [*level["courses"], *electives]
            ],
            "is_in_order": level.get("is_in_order", False),
            "electives": level.get("electives", 0),
            "practical": _course(level["practical"], path) if "practical" in level else None,
        },
    }
