"""The authored tree, its editions and runs, who is enrolled, and what they achieved."""

from courses.levels import Level
from courses.models.adaptations import Adaptation, AdaptedPage, SkippedUpdate
from courses.models.competencies import Competency
from courses.models.credibility import CheckAnswer, PaceNote, PaceNoteState
from courses.models.enrolments import (
    Enrolment,
    EnrolmentChange,
    EnrolmentState,
    Extension,
    Pace,
    Progress,
)
from courses.models.gradebook import LineItem, Result
from courses.models.pages import (
    ActivityPage,
    CataloguePage,
    CoursePage,
    LessonPage,
    ModulePage,
    Source,
)
from courses.models.programmes import (
    ProgrammeCompletion,
    ProgrammeEdition,
    ProgrammeEnrolment,
    ProgrammePage,
)
from courses.models.rollups import EnrolmentRollup
from courses.models.runs import Cohort, CourseRun, DueDate, Edition, Holiday

__all__ = [
    "ActivityPage",
    "Adaptation",
    "AdaptedPage",
    "CataloguePage",
    "CheckAnswer",
    "Cohort",
    "Competency",
    "CoursePage",
    "CourseRun",
    "DueDate",
    "Edition",
    "Enrolment",
    "EnrolmentChange",
    "EnrolmentRollup",
    "EnrolmentState",
    "Extension",
    "Holiday",
    "LessonPage",
    "Level",
    "LineItem",
    "ModulePage",
    "Pace",
    "PaceNote",
    "PaceNoteState",
    "ProgrammeCompletion",
    "ProgrammeEdition",
    "ProgrammeEnrolment",
    "ProgrammePage",
    "Progress",
    "Result",
    "SkippedUpdate",
    "Source",
]
