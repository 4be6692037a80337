"""Small counts: hidden, and not to be worked out from what is told."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.small_counts import LEAST, hide_small, hide_small_total

counts = st.lists(st.integers(0, 40), min_size=2, max_size=5)


@given(counts)
def test_no_small_count_is_told(parts):
    told = hide_small(parts)

    assert all(each is None or each >= LEAST for each in told)
    assert all(each is None or each == part for each, part in zip(told, parts, strict=True))


@given(counts)
def test_all_is_told_where_no_count_is_small(parts):
    large = [part + LEAST for part in parts]

    assert hide_small(large) == large


def possible(told, total):
    """Every set of counts of that total that would be told in the same way: what a clever reader is left with."""
    hidden = [place for place, each in enumerate(told) if each is None]
    rest = total - sum(each for each in told if each is not None)
    for first in product(range(rest + 1), repeat=len(hidden) - 1):
        if sum(first) <= rest:
            guess = list(told)
            for place, count in zip(hidden, [*first, rest - sum(first)], strict=True):
                guess[place] = count
            if hide_small(guess) == told:
                yield guess


@pytest.mark.parametrize("total", range(LEAST, 31))
def test_no_hidden_count_can_be_worked_out_even_by_who_knows_the_rule(total):
    """Every split of a total into three, as of not begun, begun and done."""
    seen = set()
    for begun, done in product(range(total + 1), repeat=2):
        if begun + done > total:
            continue
        told = hide_small([total - begun - done, begun, done])
        if None not in told or tuple(told) in seen:
            continue
        seen.add(tuple(told))
        guesses = list(possible(told, total))
        for place, each in enumerate(told):
            if each is None:
                assert len({guess[place] for guess in guesses}) > 1


@pytest.mark.parametrize(("total", "told"), [(0, None), (4, None), (5, 5), (70, 70)])
def test_a_total_of_few_is_not_told(total, told):
    assert hide_small_total(total) == told
