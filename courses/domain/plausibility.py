"""Whether the time spent on an activity is plausible: a stated model, without queries and without a clock.

What is asked for is the time of the fastest reader we know of, not of a careful one. The verdict is told to
people who know the learner; it refuses nothing and counts for nothing.
"""

from dataclasses import dataclass

from courses.models.enrolments import Pace

SKIM_WORDS_A_SECOND = 10  # 600 words a minute: nobody follows a text faster
BRISK_WORDS_A_SECOND = 6  # 360 words a minute: a practised reader in their own language
SKIM_SECONDS_A_BLOCK, BRISK_SECONDS_A_BLOCK = 1, 2  # to see what a picture, a table or a box shows
SKIM_SECONDS_A_QUESTION, BRISK_SECONDS_A_QUESTION = 3, 6
SKIM_SHARE_OF_MEDIA, BRISK_SHARE_OF_MEDIA = (
    0.0,
    0.5,
)  # a film has a transcript, and may be passed over
SKIM_SHARE_OF_MINUTES, BRISK_SHARE_OF_MINUTES = (
    0.2,
    0.33,
)  # where nothing was measured, of the author's estimate
CREDIT_OF_CHECKS = 0.25  # who answered every check question rightly needs this share less


@dataclass(frozen=True)
class Length:
    """How much there is in an activity, as its edition measured it."""

    words: int = 0
    blocks: int = 0
    media_seconds: int = 0
    questions: int = 0


@dataclass(frozen=True)
class Evidence:
    """What is known of how one learner did an activity. `active_seconds` is None where nothing measured it."""

    elapsed_seconds: int
    active_seconds: int | None = None
    answered_rightly: int = 0

    @property
    def observed_seconds(self) -> int:
        """The time in front of the learner, or from the first visit to completion where only that is known."""
        if self.active_seconds is None:
            return self.elapsed_seconds
        return min(self.elapsed_seconds, self.active_seconds)


@dataclass(frozen=True)
class Judgement:
    """The verdict with its numbers."""

    pace: Pace
    least_seconds: int
    brisk_seconds: int
    observed_seconds: int


def measured_length(entry: dict) -> Length | None:
    """The length in an outline's entry; None in editions that were cut before it was measured."""
    return Length(**entry["length"]) if entry.get("length") else None


def _seconds(entry: dict) -> tuple[float, float]:
    """Seconds of the fastest reader and of a brisk one."""
    length = measured_length(entry)
    if length is None:
        seconds = 60 * entry["minutes"]
        return seconds * SKIM_SHARE_OF_MINUTES, seconds * BRISK_SHARE_OF_MINUTES
    skim = (
        length.words / SKIM_WORDS_A_SECOND
        + length.blocks * SKIM_SECONDS_A_BLOCK
        + length.questions * SKIM_SECONDS_A_QUESTION
        + length.media_seconds * SKIM_SHARE_OF_MEDIA
    )
    brisk = (
        length.words / BRISK_WORDS_A_SECOND
        + length.blocks * BRISK_SECONDS_A_BLOCK
        + length.questions * BRISK_SECONDS_A_QUESTION
        + length.media_seconds * BRISK_SHARE_OF_MEDIA
    )
    return skim, brisk


def judge(entry: dict, evidence: Evidence) -> Judgement:
    """Compare what was observed with what `entry` takes: more time or more right answers never look worse."""
    skim, brisk = _seconds(entry)
    length = measured_length(entry)
    questions = length.questions if length else 0
    share = min(1.0, evidence.answered_rightly / questions) if questions else 0.0
    credit = 1 - CREDIT_OF_CHECKS * share
    least, easily = int(skim * credit), int(brisk * credit)
    observed = evidence.observed_seconds
    return Judgement(_pace(observed, least, easily), least, easily, observed)


def _pace(observed, least, easily):
    if observed >= easily:
        return Pace.PLAUSIBLE
    return Pace.QUICK if observed >= least else Pace.IMPLAUSIBLE
