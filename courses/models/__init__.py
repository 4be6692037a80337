"""The authored tree, its editions and runs, who is enrolled, and what they achieved."""

from courses.models.competencies import Competency
from courses.models.enrolments import Enrolment, EnrolmentState, Progress
from courses.models.gradebook import LineItem, Result
from courses.models.pages import (
    ActivityPage,
    CataloguePage,
    CoursePage,
    LessonPage,
    Level,
    ModulePage,
    Source,
)
from courses.models.runs import CourseRun, Edition

__all__ = [
    "ActivityPage",
    "CataloguePage",
    "Competency",
    "CoursePage",
    "CourseRun",
    "Edition",
    "Enrolment",
    "EnrolmentState",
    "LessonPage",
    "Level",
    "LineItem",
    "ModulePage",
    "Progress",
    "Result",
    "Source",
]
