"""Ranking by stated criteria. Pure: facts and weights in, points and ranks out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic import ValidationError as Malformed

FULL = 100
PRIORITY_STEP = 10  # points that each later place on an institution's list costs


@dataclass(frozen=True)
class Candidate:
    """What criteria may look at. `results` are per cent by code of the course."""

    key: int
    priority: int = 1
    courses_taken: int = 0
    results: tuple[tuple[str, int], ...] = ()
    grades: frozenset[tuple[str, str]] = frozenset()


class _Criterion(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: Annotated[int, Field(ge=1, le=100)] = 1


class ByPriority(_Criterion):
    """The institution's own order."""

    kind: Literal["priority"]

    @property
    def label(self) -> str:
        return _("Place on the institution's list")

    def points(self, candidate: Candidate) -> int:
        return max(0, FULL - PRIORITY_STEP * (candidate.priority - 1))


class FirstTime(_Criterion):
    """Who took no course yet comes first."""

    kind: Literal["first_time"]

    @property
    def label(self) -> str:
        return _("First course at the Centre")

    def points(self, candidate: Candidate) -> int:
        return 0 if candidate.courses_taken else FULL


class EarlierResult(_Criterion):
    """The result of an earlier course, in per cent."""

    kind: Literal["result"]
    code: Annotated[str, Field(min_length=1)]

    @property
    def label(self) -> str:
        return _("Result of %(code)s") % {"code": self.code}

    def points(self, candidate: Candidate) -> int:
        return dict(candidate.results).get(self.code, 0)


class InGrades(_Criterion):
    """Job grades that the run is made for."""

    kind: Literal["grade"]
    scheme: Annotated[str, Field(min_length=1)]
    grades: Annotated[list[str], Field(min_length=1)]

    @property
    def label(self) -> str:
        return _("Grade %(grades)s (%(scheme)s)") % {
            "grades": ", ".join(self.grades),
            "scheme": self.scheme,
        }

    def points(self, candidate: Candidate) -> int:
        return FULL * any((self.scheme, grade) in candidate.grades for grade in self.grades)


Criterion = Annotated[
    ByPriority | FirstTime | EarlierResult | InGrades, Field(discriminator="kind")
]
CRITERIA: TypeAdapter[list[Criterion]] = TypeAdapter(list[Criterion])
DEFAULT = [{"kind": "priority", "weight": 2}, {"kind": "first_time", "weight": 1}]


def validate_criteria(criteria):
    try:
        CRITERIA.validate_python(criteria)
    except Malformed as error:
        first = error.errors()[0]
        raise ValidationError(
            _("Criterion %(number)s is not understood: %(fault)s."),
            code="criteria",
            params={"number": (first["loc"][0] + 1) if first["loc"] else 1, "fault": first["msg"]},
        ) from error


@dataclass(frozen=True)
class Ranked:
    """`points` are those of each criterion, of 100; `score` is their weighted mean; `rank` counts from 1."""

    candidate: Candidate
    points: tuple[int, ...]
    score: Fraction
    rank: int
    is_tied: bool


def rank_candidates(candidates: Iterable[Candidate], criteria: Sequence[Criterion]) -> list[Ranked]:
    """Rank by weighted mean; equal scores share a rank, and the next rank leaves out as many (1, 2, 2, 4)."""
    weights = sum(criterion.weight for criterion in criteria)
    scored = []
    for candidate in candidates:
        points = tuple(criterion.points(candidate) for criterion in criteria)
        total = sum(
            criterion.weight * each for criterion, each in zip(criteria, points, strict=True)
        )
        scored.append((Fraction(total, weights) if weights else Fraction(0), points, candidate))
    scored.sort(key=lambda row: (-row[0], row[2].key))
    scores = [score for score, _points, _candidate in scored]
    return [
        Ranked(candidate, points, score, scores.index(score) + 1, scores.count(score) > 1)
        for score, points, candidate in scored
    ]
