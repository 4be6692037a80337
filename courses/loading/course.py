"""`load_course`: a folder of Markdown, quizzes and labs becomes pages, an edition and a run."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from courses.domain.editions import cut_edition
from courses.loading.competencies import load_competencies
from courses.loading.markdown import read_front_matter, to_blocks, to_html
from courses.models import (
    CataloguePage,
    CoursePage,
    CourseRun,
    Edition,
    LessonPage,
    ModulePage,
    Source,
)


@dataclass
class Report:
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    edition: Edition | None = None


ActivityLoader = Callable[[ModulePage, Path, Report], Page]
LOADERS: dict[str, ActivityLoader] = {}


def register_loader(pattern: str, loader: ActivityLoader) -> None:
    """Let a higher app load what matches `pattern` in a module's folder, after its lessons."""
    LOADERS[pattern] = loader


def stable_key(key: str):
    """The translation key of the page that course files call `key`."""
    return uuid5(NAMESPACE_URL, f"umahiri:{key}")


def demand_facts(facts: dict, names: tuple[str, ...], path: Path) -> None:
    if missing := [name for name in names if name not in facts]:
        raise ValidationError(f"{path}: the facts lack {', '.join(missing)}.")


def save_page(model, parent: Page, *, key: str, source: str, report: Report, **values) -> Page:
    """Create or update and publish the page `key` under `parent`; leave it alone while `source` is the same."""
    digest = sha256(source.encode()).hexdigest()
    page = model.objects.filter(translation_key=stable_key(key), locale=parent.locale).first()
    if page is None:
        page = model(translation_key=stable_key(key), locale=parent.locale, **values)
        parent.add_child(instance=page)
        report.created.append(key)
    elif getattr(Source.objects.filter(page=page).first(), "sha256", None) == digest:
        report.unchanged.append(key)
        return page
    else:
        page = page.get_latest_revision_as_object()
        for name, value in values.items():
            setattr(page, name, value)
        report.updated.append(key)
    page.full_clean()
    page.save_revision().publish()
    Source.objects.update_or_create(page_id=page.pk, defaults={"sha256": digest})
    return model.objects.get(pk=page.pk)


def _load_lesson(module: ModulePage, path: Path, report: Report) -> Page:
    facts, text = read_front_matter(path)
    demand_facts(facts, ("key", "title", "minutes"), path)
    blocks = to_blocks(text, key=facts["key"], folder=path.parent)
    return save_page(
        LessonPage,
        module,
        key=facts["key"],
        source=json.dumps([facts, blocks], sort_keys=True, default=str),
        report=report,
        title=facts["title"],
        slug=facts["key"],
        summary=facts.get("summary", ""),
        minutes=facts["minutes"],
        body=json.dumps(blocks),
    )


def _load_module(course: CoursePage, folder: Path, report: Report) -> None:
    path = folder / "module.md"
    facts, _ = read_front_matter(path)
    demand_facts(facts, ("key", "title"), path)
    module = save_page(
        ModulePage,
        course,
        key=facts["key"],
        source=json.dumps(facts, sort_keys=True),
        report=report,
        title=facts["title"],
        slug=facts["key"],
        summary=facts.get("summary", ""),
    )
    for lesson in sorted(folder.glob("[0-9]*.md")):
        _load_lesson(module, lesson, report)
    for pattern, loader in sorted(LOADERS.items()):  # labs before the quiz
        for found in sorted(folder.glob(pattern)):
            loader(module, found, report)


def find_catalogue() -> CataloguePage:
    catalogue = CataloguePage.objects.first()
    if catalogue is None:
        raise ValidationError("There is no catalogue page yet: run `manage.py migrate` first.")
    return catalogue


@transaction.atomic
def load_course(folder: Path) -> Report:
    """Load the course in `folder` whole or not at all; a second time updates only what its files changed.

    Cuts an edition if anything changed and opens the first run, pinned to it, if there is none.
    Raises ValidationError with the file and what to do.
    """
    path = folder / "course.md"
    if not path.is_file():
        raise ValidationError(f"{folder}: there is no course.md here.")
    facts, text = read_front_matter(path)
    demand_facts(facts, ("code", "key", "slug", "title", "level", "hours", "summary"), path)
    about = to_html(text)
    if "<table" in about:
        raise ValidationError(
            f"{path}: a course's own text has no tables, for its editor would lose them. Make it a list."
        )
    load_competencies()
    report = Report()
    course = save_page(
        CoursePage,
        find_catalogue(),
        key=facts["key"],
        source=json.dumps([facts, text], sort_keys=True, default=str),
        report=report,
        title=facts["title"],
        slug=facts["slug"],
        code=facts["code"],
        level=facts["level"],
        hours=facts["hours"],
        summary=facts["summary"],
        audience=facts.get("audience", ""),
        outcomes="\n".join(facts.get("outcomes", [])),
        competencies=", ".join(facts.get("competencies", [])),
        award_title=facts.get("award_title", ""),
        about=about,
    )
    for module in sorted(path.parent for path in folder.glob("*/module.md")):
        _load_module(course, module, report)
    report.edition = cut_edition(course)
    if not course.runs.exists():
        today = timezone.localdate()
        CourseRun.objects.create(
            course=course,
            edition=report.edition,
            code=f"{course.code} {today:%m/%Y}",
            starts_on=today.replace(day=1),
        )
    return report
