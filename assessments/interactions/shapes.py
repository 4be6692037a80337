"""What the shapes of all kinds of item are made of.

A kind's `Body` is the item as authored, right answers included. Fields marked `Private` are its key: `split` parts
them from what a learner's page may hold, and the two halves are stored apart. `join` puts them together again.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Literal, TypeVar, get_args

import nh3
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Value = Any  # JSON that a learner's form gave; None or empty where nothing was answered

INLINE_TAGS = {
    "abbr", "b", "bdi", "br", "code", "del", "em", "embed", "i", "ins", "kbd", "q", "s", "small",
    "span", "strong", "sub", "sup", "u", "var",
}  # fmt: skip
BLOCK_TAGS = INLINE_TAGS | {
    "a", "blockquote", "caption", "dd", "div", "dl", "dt", "figure", "figcaption", "h2", "h3", "h4",
    "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "linktype", "id"},
    "embed": {"embedtype", "id", "format", "alt"},  # Wagtail's own image, put in when it is shown
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "type"},
}
_ADDRESSES = {"http", "https", "mailto", "tel"}
_NUMBER = re.compile(r"\d{1,9}")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_EMBED = re.compile(r'<embed((?:\s+[a-z]+="[^"]*")*)\s*/?>')
_FORMATS = {"fullwidth", "left", "right"}


def _is_fine(tag: str, attribute: str, value: str) -> str | None:
    """What Wagtail looks up is a number: anything else would break the page that shows it."""
    if attribute == "id" and tag in {"a", "embed"} and not _NUMBER.fullmatch(value):
        return None
    return value


def _embed(found: re.Match[str]) -> str:
    """A picture as Wagtail reads it: closed by a slash, without `>` inside."""
    facts = dict(_ATTRIBUTE.findall(found[1]))
    if facts.get("embedtype") != "image" or "id" not in facts:
        return ""
    shown = facts.get("format") if facts.get("format") in _FORMATS else "fullwidth"
    alt = facts.get("alt", "").replace("<", "&lt;").replace(">", "&gt;")
    return f'<embed alt="{alt}" embedtype="image" format="{shown}" id="{facts["id"]}"/>'


def _cleaned(html: str, tags: set[str]) -> str:
    clean = nh3.clean(
        html,
        tags=tags,
        attributes=ATTRIBUTES,
        attribute_filter=_is_fine,
        url_schemes=_ADDRESSES,
    )
    return _EMBED.sub(_embed, clean).strip()


def clean_html(html: str) -> str:
    """Return `html` with what may stand in a question, and nothing else."""
    return _cleaned(html, BLOCK_TAGS)


def clean_inline(html: str) -> str:
    """Return `html` with what may stand inside a label: words, and pictures as Wagtail embeds them."""
    return _cleaned(html, INLINE_TAGS)


Html = Annotated[str, AfterValidator(clean_html), Field(max_length=100_000)]
Inline = Annotated[str, AfterValidator(clean_inline), Field(max_length=4_000)]
Text = Annotated[str, Field(max_length=4_000)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,64}$")]

_PRIVATE = "private"
T = TypeVar("T")
Private = Annotated[T, _PRIVATE]  # part of the key: never in a learner's page before it may be seen


Mark = Annotated[Decimal, Field(ge=-1, le=1)]  # a share of an item's points


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Side(Shape):
    """One thing to choose, order or pair."""

    id: Identifier
    text: Inline


class Accepted(Shape):
    """An answer in words that scores `mark`, 0…1; `*` stands for anything in a wildcard."""

    text: Text
    how: Literal["folded", "exact", "wildcard", "pattern"] = "folded"
    mark: Mark = Decimal(1)
    feedback: Html = ""


class AcceptedNumber(Shape):
    """A number that scores `mark`: `value` within `tolerance`, or from `low` to `high`.

    `value`, `tolerance`, `low` and `high` are numbers as text, or expressions of the item's variables.
    A relative tolerance is a share of the value, 0.05 for 5 %; a significant one counts figures.
    """

    value: Text = ""
    tolerance: Text = "0"
    how: Literal["absolute", "relative", "significant"] = "absolute"
    low: Text = ""
    high: Text = ""
    mark: Mark = Decimal(1)
    feedback: Html = ""

    @model_validator(mode="after")
    def _says_a_number(self):
        if not (self.value.strip() or self.low.strip() or self.high.strip()):
            raise ValueError("a right number needs a value or a range")
        return self


class Region(Shape):
    """A part of a picture, in its own pixels: a circle is x, y, radius; a rectangle x1, y1, x2, y2."""

    shape: Literal["rect", "circle", "poly"]
    coords: list[float] = Field(min_length=3, max_length=200)

    @model_validator(mode="after")
    def _coordinates_fit_the_shape(self):
        count = len(self.coords)
        fits = {"circle": count == 3, "rect": count == 4, "poly": count >= 6 and count % 2 == 0}  # noqa: PLR2004
        if not fits[self.shape]:
            raise ValueError(f"{count} numbers do not make a {self.shape}")
        return self


class Area(Region):
    id: Identifier
    label: Inline


class Picture(Shape):
    """An image of Wagtail's by its id, with its size in pixels and its text alternative."""

    id: int
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    alt: Text


class Criterion(Shape):
    """A line of a rubric: what is judged, for at most `points`."""

    id: Identifier
    title: Text
    description: Text = ""
    points: Decimal = Field(gt=0)


class Variable(Shape):
    """A seeded variable: drawn from a range or a list, or worked out from those before it."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,30}$")]
    how: Literal["range", "list", "expression"]
    low: Text = ""
    high: Text = ""
    step: Text = "1"
    choices: list[Text] = []
    expression: Text = ""
    decimals: int | None = Field(default=None, ge=0, le=10)


class Body(Shape):
    """What all kinds share. Texts may hold `{name}` of a variable, once there are variables."""

    prompt: Html
    feedback: Private[Html] = ""
    hints: Private[list[Html]] = []
    variables: Private[list[Variable]] = []
    constraints: Private[list[Text]] = []


def _is_private(field: Any) -> bool:
    return _PRIVATE in field.metadata


def _shape_of(annotation: Any) -> type[Shape] | None:
    """The Shape that a field's annotation holds, whether alone or in a list."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, Shape):
            return candidate
    return None


def _split(shape: type[Shape], data: dict) -> tuple[dict, dict]:
    public: dict = {}
    key: dict = {}
    for name, field in shape.model_fields.items():
        part = data[name]
        inner = _shape_of(field.annotation)
        if _is_private(field):
            key[name] = part
        elif inner is None:
            public[name] = part
        elif isinstance(part, list):
            halves = [_split(inner, each) for each in part]
            public[name] = [half for half, _ in halves]
            if any(half for _, half in halves):
                key[name] = [half for _, half in halves]
        elif part is None:
            public[name] = None
        else:
            public[name], secret = _split(inner, part)
            if secret:
                key[name] = secret
    return public, key


def split(body: Body) -> tuple[dict, dict]:
    """Return (content, key) as JSON: what a learner's page may hold, and what it may not."""
    return _split(type(body), body.model_dump(mode="json"))


def _join(content: Any, key: Any) -> Any:
    if isinstance(content, dict):
        return {
            **content,
            **{
                name: _join(content[name], part) if name in content else part
                for name, part in key.items()
            },
        }
    return [_join(each, secret) for each, secret in zip(content, key, strict=True)]


def join(content: dict, key: dict) -> dict:
    """Put together what `split` parted."""
    return _join(content, key)


_GAP = re.compile(r"\[\[([A-Za-z0-9_.\-]{1,64})\]\]")


def gap_ids(text: str) -> list[str]:
    """The ids that stand as `[[id]]` in `text`, in order."""
    return _GAP.findall(text)


def around_gaps(text: str) -> list[str]:
    """`text` cut at its gaps: words, id, words, id, …, words."""
    return _GAP.split(text)


def check_ids(*groups: Iterable[Any]) -> None:
    """Refuse things of one group that share an id."""
    for group in groups:
        ids = [each.id for each in group]
        if len(set(ids)) < len(ids):
            raise ValueError("two things share an id")


def check_known(ids: Iterable[str], group: Iterable[Any]) -> None:
    """Refuse a key that names what is not there."""
    if unknown := set(ids) - {each.id for each in group}:
        raise ValueError(f"the key names {min(unknown)}, which is not there")


def in_order_of(group: Iterable[Any], ids: Iterable[str]) -> list[str]:
    """`ids`, each once, in the order in which `group` lists what they name; unknown ones last, to be refused."""
    known = [each.id for each in group]
    wanted = set(ids)
    return [each for each in known if each in wanted] + sorted(wanted - set(known))


def check_gaps(text: str, gaps: Iterable[Any]) -> None:
    """Refuse a text whose `[[id]]` are not exactly its gaps, each once."""
    if sorted(gap_ids(text)) != sorted(gap.id for gap in gaps):
        raise ValueError("each gap needs its place in the text, once, and each place its gap")


def shuffled(options: Sequence[str], seed: str) -> list[str]:
    """Return `options` in an order that depends on `seed` alone: the same in every process and language."""
    return sorted(options, key=lambda option: sha256(f"{seed}:{option}".encode()).digest())
