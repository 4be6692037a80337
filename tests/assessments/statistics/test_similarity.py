"""The screen for answers that are too much alike."""

import numpy as np

from assessments.statistics.similarity import similar_pairs
from tests.assessments.statistics.data import with_copies


def test_pairs_who_copied_most_of_a_long_test_are_found_and_hardly_any_other():
    picked, ability = with_copies(200, 60, pairs=4, share=0.8)

    found = similar_pairs(picked, ability)

    pairs = {(pair.first, pair.second) for pair in found}
    assert {(0, 1), (2, 3), (4, 5), (6, 7)} <= pairs
    assert len(pairs) <= 6
    assert found[0].strength >= found[-1].strength
    assert found[0].same > found[0].expected


def test_nobody_is_named_where_nobody_copied():
    named = [
        len(similar_pairs(*with_copies(100, 40, pairs=0, share=0, seed=seed))) for seed in range(5)
    ]

    assert sum(named) <= 2


def test_short_tests_say_nothing_of_anybody():
    picked, ability = with_copies(50, 29, pairs=4, share=1)

    assert similar_pairs(picked, ability) == []


def test_pairs_that_had_too_few_questions_in_common_are_left_alone():
    picked, ability = with_copies(60, 50, pairs=1, share=1)
    picked[0, 25:] = -1

    assert (0, 1) not in {(pair.first, pair.second) for pair in similar_pairs(picked, ability)}


def test_the_order_of_people_does_not_matter():
    picked, ability = with_copies(80, 40, pairs=3, share=0.9)
    order = np.random.default_rng(1).permutation(80)

    there = {frozenset((pair.first, pair.second)) for pair in similar_pairs(picked, ability)}
    back = {
        frozenset((int(order[pair.first]), int(order[pair.second])))
        for pair in similar_pairs(picked[order], ability[order])
    }

    assert there == back
