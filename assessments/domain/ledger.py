"""What a ledger of responses says: pure, whatever the order in which its rows arrived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from assessments.domain.scoring import Standing
from assessments.interactions.shapes import Value
from assessments.models import ResponseType

FORM = UUID(int=0)  # the device of plain forms, which keep nothing of their own
GRACE = timedelta(seconds=90)  # for answers already on their way


class Entry(Protocol):
    """A row of the ledger: a Response, or what stands for one in a test."""

    epoch: int
    seq: int
    type: str
    item_id: int | None
    value: Value
    certainty: int | None
    is_late: bool
    is_accepted: bool


def standings(
    rows: Iterable[Entry], positions: dict[int, int], *, is_one_way: bool = False
) -> dict[int, Standing]:
    """Return {item id: Standing} for all items of `positions`, {item id: position}.

    Rows count in the order of (epoch, seq): a later device goes before an earlier one, and on one device the
    newest counts. In a one-way quiz an answer to a question before the furthest one counts no more.
    """
    found = {item: Standing() for item in positions}
    furthest = 0
    for row in sorted(rows, key=lambda row: (row.epoch, row.seq)):
        if not row.is_accepted or row.item_id not in found:
            continue
        standing, position = found[row.item_id], positions[row.item_id]
        if row.type == ResponseType.FLAG:
            standing.is_flagged = bool(row.value)
            continue
        if row.type not in {ResponseType.ANSWER, ResponseType.CHECK}:
            continue
        if is_one_way and position < furthest:
            continue
        furthest = max(furthest, position)
        standing.value, standing.certainty = row.value, row.certainty
        standing.is_late, standing.is_seen = row.is_late, True
        if row.type == ResponseType.CHECK:
            standing.checks.append((row.value, row.certainty))
    return found


def acknowledged(seqs: Iterable[int]) -> int:
    """Return the highest number with no hole below it, counting from 1; 0 for none."""
    there = set(seqs)
    reached = 0
    while reached + 1 in there:
        reached += 1
    return reached


def holes_below(seqs: Iterable[int], seq: int) -> list[int]:
    """Return the numbers below `seq` that have not arrived."""
    there = set(seqs)
    return [number for number in range(1, seq) if number not in there]


def clamp_claim(claimed: datetime | None, *, after: datetime, now: datetime) -> datetime:
    """Return when something was done, as a device claims it: not before what it was told, nor in the future."""
    return min(max(claimed, after), now) if claimed else now


@dataclass(frozen=True)
class Timing:
    """Until when an attempt takes answers. `late_window` is for those given in time that arrive late."""

    deadline: datetime | None
    late_window: timedelta

    @property
    def last_arrival(self) -> datetime | None:
        """When nothing can be taken any more."""
        return self.deadline + max(GRACE, self.late_window) if self.deadline else None

    def judge(self, claimed: datetime, now: datetime) -> tuple[bool, bool]:
        """Return (is accepted, is late) for something claimed to be done at `claimed` that arrives now."""
        if self.deadline is None or now <= self.deadline + GRACE:
            return True, False
        is_in_window = now <= self.deadline + self.late_window
        return (claimed <= self.deadline and is_in_window), claimed <= self.deadline


def receipt_of(letters: Sequence[int]) -> str:
    """Return a code of two groups of four that people can read to each other, from eight random bytes."""
    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that look alike
    code = "".join(alphabet[letter % len(alphabet)] for letter in letters)
    return f"{code[:4]}-{code[4:8]}"
