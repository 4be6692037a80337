"""Pages by key: the next page begins after the last row's key, so that page 10,000 costs what page 1 does.

Nothing is counted. The keys of the order are all ascending or all descending, and the last is unique.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q


@dataclass(frozen=True)
class KeysetPage:
    """Rows, and the places before and after them; an empty place is an end of the list."""

    rows: list
    before: str
    after: str

    def __iter__(self):
        return iter(self.rows)

    @property
    def has_other_pages(self):
        return bool(self.before or self.after)


def _path(key):
    return key.removeprefix("-")


def _value(row, path):
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _field(model, path):
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def place_of(row, keys):
    """The place of `row` in the order of `keys`, as text for an address."""
    values = [str(_value(row, _path(key))) for key in keys]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read_place(text, keys, model):
    """The values of a place, or None for one that is empty or was tampered with."""
    try:
        padded = text + "=" * (-len(text) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded))
        if not isinstance(values, list) or len(values) != len(keys):
            return None
        return [
            _field(model, _path(key)).to_python(str(value).replace("\0", ""))
            for key, value in zip(keys, values, strict=True)
        ]
    except (binascii.Error, ValueError, ValidationError, OverflowError):
        return None


def _beyond(keys, values, comparison):
    """What lies beyond a place: the first condition alone bounds the walk along an index."""
    first, *rest = map(_path, keys)
    if not rest:
        return Q(**{f"{first}__{comparison}": values[0]})
    further = Q(**{first: values[0]}) & _beyond(rest, values[1:], comparison)
    return Q(**{f"{first}__{comparison}e": values[0]}) & (
        Q(**{f"{first}__{comparison}": values[0]}) | further
    )


def _turned(key):
    return key[1:] if key.startswith("-") else f"-{key}"


def after_place(queryset, keys, values):
    """`queryset` in the order of `keys`, from the row after the place `values`."""
    ordered = queryset.order_by(*keys)
    if values is None:
        return ordered
    return ordered.filter(_beyond(keys, values, "lt" if keys[0].startswith("-") else "gt"))


def keyset_page(queryset, keys, size, *, after="", before=""):
    """One page of `size` rows after or before a place; of the start, where the place says nothing."""
    forward, backward = (
        read_place(after, keys, queryset.model),
        read_place(before, keys, queryset.model),
    )
    if backward is not None and forward is None:
        turned = [_turned(key) for key in keys]
        found = list(after_place(queryset, turned, backward)[: size + 1])
        rows, has_more = found[:size][::-1], len(found) > size
        has_before, has_after = has_more, True
    else:
        found = list(after_place(queryset, keys, forward)[: size + 1])
        rows, has_more = found[:size], len(found) > size
        has_before, has_after = forward is not None, has_more
    return KeysetPage(
        rows,
        before=place_of(rows[0], keys) if rows and has_before else "",
        after=place_of(rows[-1], keys) if rows and has_after else "",
    )


def in_chunks(queryset, keys, size, opened):
    """All rows, `size` at a time, each chunk read whole within a new context of `opened()`.

    For what is streamed after the view is done and its scope is closed.
    """
    place = None
    while True:
        with opened():
            rows = list(after_place(queryset(), keys, place)[:size])
        yield from rows
        if len(rows) < size:
            return
        place = [_value(rows[-1], _path(key)) for key in keys]
