"""A quiz as a revision froze it: what attempts are drawn from and scored by."""

from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from wagtail.models import Revision

from assessments.interactions.base import Content

CACHE_SECONDS = 60 * 60 * 24 * 30


@dataclass(frozen=True)
class FrozenQuiz:
    """`contents` is {identifier: (kind, content)}, keys of right answers included: for the server alone."""

    title: str
    draw: int
    tries: int
    pass_mark: int
    time_limit: int | None
    contents: dict[str, tuple[str, Content]]


def _freeze(revision_id: int) -> FrozenQuiz:
    page = Revision.objects.get(pk=revision_id).as_object()
    return FrozenQuiz(
        page.title, page.draw, page.tries, page.pass_mark, page.time_limit, page.item_contents()
    )


def frozen_quiz(revision_id: int) -> FrozenQuiz:
    """Return the quiz of a revision; kept in the cache, since a revision never changes."""
    frozen = cache.get_or_set(f"quiz:{revision_id}", lambda: _freeze(revision_id), CACHE_SECONDS)
    return cast("FrozenQuiz", frozen)
