"""Editions: cutting one from the authored tree, and moving a run to a newer one."""

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from courses.domain.progress import complete_run_if_done
from courses.models import ActivityPage, CoursePage, CourseRun, Edition, Enrolment, ModulePage
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation

MEASURES = {"length", "checks"}


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
        **page.measures(),
    }


def _differ(old: dict | None, new: dict | None) -> bool:
    """Whether learners meet something else; what only newer editions measure is no difference."""

    def shown(entry: dict | None) -> dict | None:
        return entry and {name: entry[name] for name in entry if name not in MEASURES}

    return shown(old) != shown(new)


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


def _places(edition: Edition) -> dict[str, str]:
    """Return {activity key: module key}, in the edition's order."""
    return {
        activity["key"]: module["key"]
        for module in edition.modules
        for activity in module["activities"]
    }


def _moved(old: Edition, new: Edition) -> set[str]:
    """Return the keys that are in both editions, in another module or another order."""
    before, after = _places(old), _places(new)
    order = [key for key in before if key in after]
    new_order = [key for key in after if key in before]
    kept = {
        key
        for block in SequenceMatcher(a=order, b=new_order, autojunk=False).get_matching_blocks()
        for key in order[block.a : block.a + block.size]
    }
    return {key for key in order if key not in kept or before[key] != after[key]}


def compare_editions(old: Edition, new: Edition) -> dict[str, list[str]]:
    """Return titles of the activities that a move from `old` to `new` adds, removes, changes and moves."""
    before = {entry["key"]: entry for entry in old.activities}
    after = {entry["key"]: entry for entry in new.activities}
    moved = _moved(old, new)
    return {
        "added": [entry["title"] for key, entry in after.items() if key not in before],
        "removed": [entry["title"] for key, entry in before.items() if key not in after],
        "changed": [
            entry["title"]
            for key, entry in after.items()
            if key in before and _differ(before[key], entry)
        ],
        "moved": [entry["title"] for key, entry in after.items() if key in moved],
    }


@dataclass(frozen=True)
class MoveEffect:
    """What moving a run means for its learners, in numbers: `affected` are the active ones with progress
    in what is removed or changed, `finish` those whom the move completes.
    """

    active: int
    completed: int
    affected: int
    more_to_do: int
    finish: int


def foresee_move(run: CourseRun, edition: Edition) -> MoveEffect:
    """Count the learners that moving `run` to `edition` touches, without changing anything."""
    old = {entry["key"]: entry for entry in run.edition.activities}
    new = {entry["key"]: entry for entry in edition.activities}
    touched = {key for key, entry in old.items() if _differ(entry, new.get(key))}
    added = new.keys() - old.keys()
    with every_organisation():  # a run is everybody's; only numbers leave this function
        rows = list(run.enrolments.prefetch_related("progress"))
    active = [row for row in rows if row.state == Enrolment.State.ACTIVE]
    affected = more_to_do = finish = 0
    for row in active:
        seen = {str(progress.activity_key) for progress in row.progress.all()}
        done = {str(entry.activity_key) for entry in row.progress.all() if entry.completed_at}
        affected += bool(seen & touched)
        more_to_do += bool(added - done)
        finish += bool(new) and done >= new.keys()
    completed = sum(row.state == Enrolment.State.COMPLETED for row in rows)
    return MoveEffect(len(active), completed, affected, more_to_do, finish)


@transaction.atomic
def move_run(run: CourseRun, edition: Edition, *, by) -> None:
    """Pin `run` to `edition` of the same course; completions already earned stay as they are.

    Who has done all that the new edition asks for completes the run by it.
    """
    if edition.course_id != run.course_id:
        raise Refused(_("This edition is of another course."), code="other_course")
    before = CourseRun.objects.select_for_update().get(pk=run.pk).edition_id
    if before == edition.pk:
        return
    run.edition = edition
    run.save(update_fields=["edition"])
    log(run, "courses.run.moved", user=by, data={"from": before, "to": edition.pk})
    with every_organisation():  # a run is everybody's
        for enrolment in run.enrolments.filter(state=Enrolment.State.ACTIVE):
            complete_run_if_done(enrolment, at=timezone.now())


def newest_edition(run: CourseRun) -> Edition:
    """The newest edition of the run's course."""
    return run.course.editions.first()


def editions_with(page: Page) -> list[Edition]:
    """Return the editions that pin `page` or a page below it: learners' records rest on these revisions."""
    if isinstance(page.specific_deferred, CoursePage):
        return list(page.specific_deferred.editions.all())
    pages = page.get_descendants(inclusive=True)
    keys = {str(key) for key in pages.values_list("translation_key", flat=True)}
    editions = Edition.objects.all()  # of every course: the page may have moved from one to another
    return [edition for edition in editions if keys & _places(edition).keys()]


def pinned_revision_id(entry: dict, language: str) -> int:
    """Return the revision that the edition pinned in `language` or, failing that, in the first there is."""
    revisions = entry["revisions"]
    return revisions.get(language) or next(iter(revisions.values()))


def pinned_page(entry: dict, language: str) -> ActivityPage:
    """Return the activity as the edition pinned it."""
    return Revision.objects.get(pk=pinned_revision_id(entry, language)).as_object()
