"""Editions: cutting one from the authored tree, and moving a run to a newer one."""

import json
from hashlib import sha256

from django.db import transaction
from django.db.models import Max
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from courses.models import ActivityPage, CoursePage, CourseRun, Edition, ModulePage
from lms.core.errors import Refused


def _entry(page: ActivityPage) -> dict:
    return {
        "key": page.key,
        "kind": page.kind,
        "title": page.title,
        "summary": page.summary,
        "minutes": page.minutes,
        "bytes": page.measured_bytes(),
        "points": page.points(),
        "completion": page.completion(),
        "revisions": {page.locale.language_code: page.live_revision_id},
    }


def draw_outline(course: CoursePage) -> dict:
    """Return the outline of what is live in `course` now; activities without a published revision are left out."""
    pages = course.get_descendants().live().order_by("path").select_related("locale").specific()
    modules: list[dict] = []
    for page in pages:
        if isinstance(page, ModulePage):
            modules.append(
                {
                    "key": str(page.translation_key),
                    "title": page.title,
                    "summary": page.summary,
                    "activities": [],
                },
            )
        elif isinstance(page, ActivityPage) and page.live_revision_id and modules:
            modules[-1]["activities"].append(_entry(page))
    return {"modules": modules}


@transaction.atomic
def cut_edition(course: CoursePage, *, by=None) -> Edition:
    """Freeze what is live as the course's next edition, or return the newest one if nothing changed."""
    Page.objects.select_for_update().get(pk=course.pk)
    outline = draw_outline(course)
    outline_hash = sha256(json.dumps(outline, sort_keys=True).encode()).hexdigest()
    newest = course.editions.first()
    if newest and newest.outline_hash == outline_hash:
        return newest
    number = (course.editions.aggregate(Max("number"))["number__max"] or 0) + 1
    edition = Edition.objects.create(
        course=course, number=number, outline=outline, outline_hash=outline_hash
    )
    log(edition, "courses.edition.cut", user=by, data={"number": number})
    return edition


def compare_editions(old: Edition, new: Edition) -> dict[str, list[str]]:
    """Return titles of the activities that a move from `old` to `new` adds, removes and changes."""
    before = {entry["key"]: entry for entry in old.activities}
    after = {entry["key"]: entry for entry in new.activities}
    return {
        "added": [entry["title"] for key, entry in after.items() if key not in before],
        "removed": [entry["title"] for key, entry in before.items() if key not in after],
        "changed": [
            entry["title"] for key, entry in after.items() if key in before and entry != before[key]
        ],
    }


@transaction.atomic
def move_run(run: CourseRun, edition: Edition, *, by) -> None:
    """Pin `run` to `edition` of the same course; completions already earned stay as they are."""
    if edition.course_id != run.course_id:
        raise Refused("This edition is of another course.", code="other_course")
    before = run.edition_id
    run.edition = edition
    run.save(update_fields=["edition"])
    log(run, "courses.run.moved", user=by, data={"from": before, "to": edition.pk})


def pinned_revision_id(entry: dict, language: str) -> int:
    """Return the revision that the edition pinned in `language` or, failing that, in the first there is."""
    revisions = entry["revisions"]
    return revisions.get(language) or next(iter(revisions.values()))


def pinned_page(entry: dict, language: str) -> ActivityPage:
    """Return the activity as the edition pinned it."""
    return Revision.objects.get(pk=pinned_revision_id(entry, language)).as_object()
