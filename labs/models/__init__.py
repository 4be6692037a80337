"""Labs as authored, learners' files in them, what they handed in, and the servers that run."""

from labs.models.drafts import CheckState, LabCheck, LabDraft, Origin
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
from labs.models.saves import Save, SaveReason
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
    "CheckState",
    "Fleet",
    "GradeRun",
    "HandMark",
    "LabCheck",
    "LabClass",
    "LabComment",
    "LabDraft",
    "LabFile",
    "LabIdentity",
    "LabMaster",
    "LabPage",
    "LabQuota",
    "LabRelease",
    "LabSession",
    "LabTurn",
    "Launch",
    "Origin",
    "Remark",
    "RemarkChange",
    "RemarkedSubmission",
    "Save",
    "SaveReason",
    "Submission",
    "SubmissionState",
    "TurnOutcome",
    "Why",
    "Workspace",
    "WorkspaceProgress",
]
