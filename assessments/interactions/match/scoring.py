"""Pairs, categories, and a matrix."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.interactions.base import UNANSWERED, Line, Score, Verdict, exact, judged, share
from assessments.interactions.markup import plain, rich
from assessments.interactions.match.body import MatchBody
from assessments.interactions.reading import ids_of, table_of
from assessments.interactions.shapes import Value


def key_of(body: MatchBody) -> dict[str, set[str]]:
    """The right targets of each source."""
    key: dict[str, set[str]] = {source.id: set() for source in body.sources}
    for pair in body.pairs:
        key[pair.source].add(pair.target)
    return key


def _chosen(body: MatchBody, value: Value) -> dict[str, set[str]]:
    table = table_of(value)
    targets = [target.id for target in body.targets]
    return {source.id: set(ids_of(table.get(source.id), targets)) for source in body.sources}


def _is_right(body: MatchBody, right: set[str], chosen: set[str]) -> bool:
    if body.is_many or not right:
        return chosen == right
    return len(chosen) == 1 and chosen <= right


@exact
def score(body: MatchBody, value: Value) -> Score:
    chosen, key = _chosen(body, value), key_of(body)
    if not any(chosen.values()):
        return UNANSWERED
    rows = {source: _is_right(body, key[source], chosen[source]) for source in key}
    parts = {source: Decimal(is_right) for source, is_right in rows.items()}
    if body.method == "all_or_nothing":
        return judged(Decimal(all(rows.values())), parts)
    if body.method == "kprim":
        wrong = len(rows) - sum(rows.values())
        if wrong > 1 or len(rows) == 1:
            return judged(Decimal(not wrong), parts)
        return judged(Decimal("0.5") if wrong else Decimal(1), parts)
    whole = reached = 0
    for source, right in key.items():
        room = len(right) if body.is_many else min(1, len(right))
        found = min(room, len(chosen[source] & right))
        surplus = len(chosen[source]) - room
        whole += room
        reached += found - max(0, surplus)
        if room:
            parts[source] = share(found - max(0, surplus), room)
    return judged(share(reached, whole), parts)


def best(body: MatchBody) -> Value:
    order = [target.id for target in body.targets]
    best_of = {source: sorted(right, key=order.index) for source, right in key_of(body).items()}
    return {source: right if body.is_many else right[:1] for source, right in best_of.items()}


def _pair(source: str, targets: list[SafeString]) -> SafeString:
    """A source and its targets in a line."""
    return format_html("{} → {}", rich(source), rich(", ".join(targets) or "—"))


def explain(body: MatchBody, value: Value) -> list[Line]:
    chosen, key = _chosen(body, value), key_of(body)
    parts = score(body, value).parts
    if not parts:
        return []
    lines = []
    for source in body.sources:
        picked = [rich(target.text) for target in body.targets if target.id in chosen[source.id]]
        if not picked and not key[source.id]:
            continue
        part = parts[source.id]
        verdict: Verdict = "right" if part == 1 else "partly" if part > 0 else "wrong"
        lines.append(Line(_pair(source.text, picked), verdict if picked else "unanswered"))
    return lines


def solution(body: MatchBody) -> list[str]:
    key = key_of(body)
    return [
        _pair(
            source.text,
            [rich(target.text) for target in body.targets if target.id in key[source.id]],
        )
        for source in body.sources
        if key[source.id]
    ]


def remark(body: MatchBody, value: Value) -> str:
    if body.is_many:
        return ""
    chosen = _chosen(body, value)
    for source in body.sources:
        if len(chosen[source.id]) > 1:
            return _("Choose only one for “%(name)s”; several cannot score.") % {
                "name": plain(source.text)
            }
    return ""
