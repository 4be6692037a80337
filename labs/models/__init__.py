"""Labs as authored, learners' files in them, and what they handed in."""

from labs.models.labs import LabFile, LabMaster, LabPage, LabRelease
from labs.models.launches import LabIdentity, Launch, Workspace
from labs.models.submissions import GradeRun, Submission, SubmissionState
from labs.models.teaching import (
    HandMark,
    LabComment,
    Remark,
    RemarkChange,
    RemarkedSubmission,
    WorkspaceProgress,
)

__all__ = [
    "GradeRun",
    "HandMark",
    "LabComment",
    "LabFile",
    "LabIdentity",
    "LabMaster",
    "LabPage",
    "LabRelease",
    "Launch",
    "Remark",
    "RemarkChange",
    "RemarkedSubmission",
    "Submission",
    "SubmissionState",
    "Workspace",
    "WorkspaceProgress",
]
