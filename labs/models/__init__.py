"""Labs as authored, learners' files in them, and what they handed in."""

from labs.models.labs import LabFile, LabMaster, LabPage, LabRelease
from labs.models.launches import LabIdentity, Launch, Workspace
from labs.models.submissions import GradeRun, Submission, SubmissionState

__all__ = [
    "GradeRun",
    "LabFile",
    "LabIdentity",
    "LabMaster",
    "LabPage",
    "LabRelease",
    "Launch",
    "Submission",
    "SubmissionState",
    "Workspace",
]
