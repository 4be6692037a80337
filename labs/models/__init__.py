"""Labs as authored, learners' files in them, and what they handed in."""

from labs.models.drafts import CheckState, LabCheck, LabDraft, Origin
from labs.models.labs import LabFile, LabMaster, LabPage, LabRelease
from labs.models.launches import LabIdentity, Launch, Workspace
from labs.models.saves import Save, SaveReason
from labs.models.submissions import GradeRun, Submission, SubmissionState

__all__ = [
    "CheckState",
    "GradeRun",
    "LabCheck",
    "LabDraft",
    "LabFile",
    "LabIdentity",
    "LabMaster",
    "LabPage",
    "LabRelease",
    "Launch",
    "Origin",
    "Save",
    "SaveReason",
    "Submission",
    "SubmissionState",
    "Workspace",
]
