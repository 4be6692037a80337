"""Where a person stands in a programme. Pure: rules and completed courses in, standing out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dateutil.relativedelta import relativedelta


class StepState(StrEnum):
    DONE = "done"
    OPEN = "open"
    LOCKED = "locked"


@dataclass(frozen=True)
class CourseStep:
    """A course of a level. `waits_for` holds the titles of what opens it."""

    key: str
    code: str
    title: str
    slug: str
    role: str  # gate, course, elective or practical
    state: StepState
    completed_at: datetime | None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class LevelStanding:
    key: str
    title: str
    steps: tuple[CourseStep, ...]
    electives_left: int
    is_complete: bool


@dataclass(frozen=True)
class ProgrammeStanding:
    levels: tuple[LevelStanding, ...]

    @property
    def steps(self) -> list[CourseStep]:
        return [step for level in self.levels for step in level.steps]

    @property
    def is_complete(self) -> bool:
        return all(level.is_complete for level in self.levels)

    @property
    def next_steps(self) -> list[CourseStep]:
        """What is open and counts: electives beyond those needed are not asked for."""
        return [
            step
            for level in self.levels
            for step in level.steps
            if step.state == StepState.OPEN and (step.role != "elective" or level.electives_left)
        ]

    def step(self, key: str) -> CourseStep | None:
        return next((step for step in self.steps if step.key == key), None)


def _courses(rules: dict) -> list[dict]:
    return [
        course
        for level in rules["levels"]
        for course in [level["gate"], *level["courses"], level["practical"]]
        if course
    ]


def course_keys(rules: dict) -> set[str]:
    """Keys of all courses that the rules name."""
    return {course["key"] for course in _courses(rules)}


def required_keys(rules: dict) -> set[str]:
    """Keys of the courses that everyone has to complete."""
    return {course["key"] for course in _courses(rules) if not course["is_elective"]}


def _level_standing(level: dict, done: Mapping[str, datetime], before: str) -> LevelStanding:
    """`before` is the title of a level that is still to be completed, or nothing."""
    steps: list[CourseStep] = []

    def add(course: dict, role: str, waits_for: Iterable[str]) -> None:
        at, waits = done.get(course["key"]), tuple(filter(None, waits_for))
        state = StepState.DONE if at else StepState.LOCKED if waits else StepState.OPEN
        facts = {name: course[name] for name in ("key", "code", "title", "slug")}
        steps.append(
            CourseStep(
                **facts, role=role, state=state, completed_at=at, waits_for=() if at else waits
            )
        )

    gate = level["gate"]
    closed = ""
    if gate:
        add(gate, "gate", [before])
        closed = "" if gate["key"] in done else gate["title"]
    previous = ""
    for course in level["courses"]:
        waits_for = [before, closed, previous if level["is_in_order"] else ""]
        add(course, "elective" if course["is_elective"] else "course", waits_for)
        previous = "" if course["key"] in done or course["is_elective"] else course["title"]
    taken = sum(each["is_elective"] and each["key"] in done for each in level["courses"])
    electives_left = max(0, level["electives"] - taken)
    missing = [
        step.title for step in steps if step.role != "elective" and step.state != StepState.DONE
    ]
    if electives_left:
        missing += [
            step.title for step in steps if step.role == "elective" and step.key not in done
        ]
    practical = level["practical"]
    if practical:
        add(practical, "practical", [before, *missing])
    is_complete = not missing and not (practical and practical["key"] not in done)
    return LevelStanding(level["key"], level["title"], tuple(steps), electives_left, is_complete)


def programme_standing(
    rules: dict, completed: Mapping[str, Iterable[datetime]], *, since: datetime | None = None
) -> ProgrammeStanding:
    """Judge `rules` (those of a ProgrammeEdition) by when each course was completed, keyed by course.

    What was completed before `since`, the start of a period of recertification, does not count.
    Levels follow one another: a level opens when the one before it is complete.
    """
    done: dict[str, datetime] = {}
    for key, times in completed.items():
        counting = [at for at in times if since is None or at >= since]
        if counting:
            done[key] = min(counting)
    levels: list[LevelStanding] = []
    before = ""
    for level in rules["levels"]:
        standing = _level_standing(level, done, before)
        levels.append(standing)
        if not standing.is_complete:
            before = before or standing.title
    return ProgrammeStanding(tuple(levels))


def valid_until(completed_on: date, months: int | None) -> date | None:
    """The last day on which what was earned counts; None where it does not run out."""
    return completed_on + relativedelta(months=months) if months else None


def renewal_opens_on(last_day: date, months: int) -> date:
    """The day from which completed courses count for the next period."""
    return last_day - relativedelta(months=months)
