"""Labs as authored, learners' files in them, what they handed in, and the servers that run."""

from labs.models.fleet import (
    Fleet,
    LabClass,
    LabQuota,
    LabSession,
    LabTurn,
    TurnOutcome,
    Why,
)
from labs.models.labs import LabFile, LabMaster, LabPage, LabRelease
from labs.models.launches import LabIdentity, Launch, Workspace
from labs.models.submissions import GradeRun, Submission, SubmissionState

__all__ = [
    "Fleet",
    "GradeRun",
    "LabClass",
    "LabFile",
    "LabIdentity",
    "LabMaster",
    "LabPage",
    "LabQuota",
    "LabRelease",
    "LabSession",
    "LabTurn",
    "Launch",
    "Submission",
    "SubmissionState",
    "TurnOutcome",
    "Why",
    "Workspace",
]
