"""What pages show, in a constant number of queries."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Max, Prefetch

from courses.activities import KINDS, StepState
from courses.models import CoursePage, CourseRun, Edition, Enrolment, Progress, Result


@dataclass
class Step:
    """An activity as one learner sees it."""

    entry: dict
    progress: Progress | None = None
    result: Result | None = None
    state: StepState | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.progress and self.progress.completed_at)

    @property
    def is_started(self) -> bool:
        return bool(self.progress)

    @property
    def kind_label(self) -> str:
        return KINDS[self.entry["kind"]].label


@dataclass
class LearnerOutline:
    """A run's outline joined with one learner's progress and results."""

    enrolment: Enrolment
    modules: list[dict] = field(default_factory=list)

    @cached_property
    def steps(self) -> list[Step]:
        return [step for module in self.modules for step in module["steps"]]

    @cached_property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def has_states(self) -> bool:
        return any(step.state for step in self.steps)

    @property
    def percent(self) -> int:
        return 100 * self.done // len(self.steps) if self.steps else 0

    @property
    def minutes_left(self) -> int:
        return sum(step.entry["minutes"] for step in self.steps if not step.is_done)

    @cached_property
    def next_step(self) -> Step | None:
        """Where the learner was last, if that is not done; else the first that is not."""
        visited = [
            (step.progress.visited_at, number)
            for number, step in enumerate(self.steps)
            if step.progress and not step.is_done
        ]
        if visited:
            return self.steps[max(visited)[1]]
        return next((step for step in self.steps if not step.is_done), None)

    def neighbours(self, key: str) -> tuple[Step | None, Step | None]:
        keys = [step.entry["key"] for step in self.steps]
        at = keys.index(key)
        return (
            self.steps[at - 1] if at else None,
            self.steps[at + 1] if at + 1 < len(keys) else None,
        )

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.entry["key"] == key), None)

    def module_of(self, key: str) -> dict | None:
        return next(
            (
                module
                for module in self.modules
                if any(step.entry["key"] == key for step in module["steps"])
            ),
            None,
        )


def join_outline(enrolment: Enrolment, progress, results) -> LearnerOutline:
    by_key = {str(row.activity_key): row for row in progress}
    result_by_key = {str(row.line_item.activity_key): row for row in results}
    modules = [
        {
            **module,
            "steps": [
                Step(entry, by_key.get(entry["key"]), result_by_key.get(entry["key"]))
                for entry in module["activities"]
            ],
        }
        for module in enrolment.run.edition.modules
    ]
    return LearnerOutline(enrolment, modules)


def enrolments_with_outline(enrolments) -> list[LearnerOutline]:
    """Outlines of several enrolments in three queries, whatever their number."""
    rows = enrolments.select_related(
        "run__edition", "run__course", "organisation"
    ).prefetch_related(
        "progress",
        Prefetch(
            "results",
            Result.objects.filter(is_current=True).select_related("line_item"),
            to_attr="current_results",
        ),
    )
    return [join_outline(row, row.progress.all(), row.current_results) for row in rows]


def learner_outline(enrolment: Enrolment) -> LearnerOutline:
    """One enrolment's outline; `enrolment.run.edition` should be loaded with it."""
    return join_outline(
        enrolment,
        enrolment.progress.all(),
        enrolment.results.filter(is_current=True).select_related("line_item"),
    )


def tell_states(outline: LearnerOutline) -> None:
    """Give each step the state that its kind has to tell, if it has any."""
    for kind in KINDS.values():
        steps = [step for step in outline.steps if step.entry["kind"] == kind.name]
        if kind.states and steps:
            states = kind.states(outline.enrolment, [step.entry["key"] for step in steps])
            for step in steps:
                step.state = states.get(step.entry["key"])


def catalogue() -> list[CoursePage]:
    """Live courses, each with `newest`: the edition that a new learner would meet; two queries."""
    courses = list(
        CoursePage.objects.live()
        .annotate(newest_edition=Max("editions__pk"))
        .order_by("level", "code")
    )
    runs = CourseRun.objects.open_for_enrolment().select_related("edition").order_by("starts_on")
    open_runs = {run.course_id: run for run in runs}
    for course in courses:
        course.open_run = open_runs.get(course.pk)
    missing = [
        course.newest_edition for course in courses if not course.open_run and course.newest_edition
    ]
    editions = (
        {edition.course_id: edition for edition in Edition.objects.filter(pk__in=missing)}
        if missing
        else {}
    )
    for course in courses:
        course.newest = course.open_run.edition if course.open_run else editions.get(course.pk)
    order = {"foundations": 0, "application": 1, "management": 2, "leadership": 3}
    return sorted(courses, key=lambda course: (order[course.level], course.code))
