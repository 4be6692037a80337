"""Ranking: points by stated criteria, ties shown as ties, order of the list without effect."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from admissions.ranking import CRITERIA, Candidate, rank_candidates

ALL_KINDS = CRITERIA.validate_python(
    [
        {"kind": "priority", "weight": 2},
        {"kind": "first_time"},
        {"kind": "result", "code": "F1", "weight": 3},
        {"kind": "grade", "scheme": "job group", "grades": ["L", "M"]},
    ]
)


def test_points_are_weighted_and_ties_share_a_rank():
    criteria = CRITERIA.validate_python([{"kind": "priority", "weight": 3}, {"kind": "first_time"}])
    candidates = [
        Candidate(1, priority=1, courses_taken=1),  # 100 and 0
        Candidate(2, priority=1),  # 100 and 100
        Candidate(3, priority=1, courses_taken=2),
        Candidate(4, priority=9),  # 20 and 100
    ]

    ranked = rank_candidates(candidates, criteria)

    assert [(row.candidate.key, row.rank, row.is_tied) for row in ranked] == [
        (2, 1, False),
        (1, 2, True),
        (3, 2, True),
        (4, 4, False),
    ]
    assert ranked[1].score == Fraction(75)


candidate_lists = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 10_000),
        priority=st.integers(1, 30),
        courses_taken=st.integers(0, 3),
        results=st.one_of(st.just(()), st.tuples(st.tuples(st.just("F1"), st.integers(0, 100)))),
        grades=st.sampled_from([frozenset(), frozenset({("job group", "L")})]),
    ),
    unique_by=lambda candidate: candidate.key,
    max_size=25,
)


@given(candidate_lists, st.randoms())
def test_the_order_of_the_list_never_matters(candidates, random):
    shuffled = list(candidates)
    random.shuffle(shuffled)

    assert rank_candidates(shuffled, ALL_KINDS) == rank_candidates(candidates, ALL_KINDS)


@given(candidate_lists)
def test_a_rank_is_one_more_than_those_who_are_better(candidates):
    ranked = rank_candidates(candidates, ALL_KINDS)

    for row in ranked:
        assert row.rank == 1 + sum(other.score > row.score for other in ranked)
        assert row.is_tied == (sum(other.score == row.score for other in ranked) > 1)
        assert 0 <= row.score <= 100
