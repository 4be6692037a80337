"""The kinds that a part may be, and its answers as QTI's rules want them."""

from collections.abc import Callable
from typing import Any

from assessments.interactions.base import Interaction
from assessments.interactions.choice import CHOICE, CHOICES
from assessments.interactions.gap_match import GAP_MATCH
from assessments.interactions.graphic_gap_match import GRAPHIC_GAP_MATCH
from assessments.interactions.hotspot import HOTSPOT
from assessments.interactions.hottext import HOTTEXT
from assessments.interactions.match import MATCH
from assessments.interactions.order import ORDER
from assessments.interactions.reading import plain_number, read_number, table_of, text_of
from assessments.interactions.shapes import Value
from assessments.interactions.text_entry import TEXT

PARTS: dict[str, Interaction] = {
    kind.name: kind
    for kind in (
        CHOICE,
        CHOICES,
        TEXT,
        MATCH,
        ORDER,
        HOTTEXT,
        GAP_MATCH,
        HOTSPOT,
        GRAPHIC_GAP_MATCH,
    )
}
MAX_ANSWERS = 200


def keyless(kind: str, data: dict) -> dict:  # noqa: PLR0911  one for each kind
    """Return a body's JSON with a key that tells nothing: all is right in it."""
    data = {
        name: part for name, part in data.items() if name not in {"feedback", "hints", "method"}
    }
    match kind:
        case "choice" | "choices":
            shown = [
                {"id": each["id"], "text": each["text"], "mark": "1"} for each in data["options"]
            ]
            return {**data, "options": shown}
        case "text":
            return {**data, "answers": [{"text": "*", "how": "wildcard"}]}
        case "match":
            first = data["targets"][0]["id"]
            return {
                **data,
                "pairs": [{"source": each["id"], "target": first} for each in data["sources"]],
            }
        case "order":
            return {**data, "order": sorted(each["id"] for each in data["things"])}
        case "hottext":
            return {**data, "right": [each["id"] for each in data["spans"]]}
        case "gap_match":
            words = [each["id"] for each in data["words"]]
            return {**data, "gaps": [{"id": each["id"], "words": words} for each in data["gaps"]]}
        case "graphic_gap_match":
            labels = [each["id"] for each in data["labels"]]
            return {**data, "spots": [{**each, "labels": labels} for each in data["spots"]]}
    if data.get("areas"):
        return {**data, "right": [each["id"] for each in data["areas"]]}
    whole = [0, 0, data["picture"]["width"], data["picture"]["height"]]
    return {**data, "targets": [{"shape": "rect", "coords": whole}]}


def _texts(value: Value) -> list[str]:
    return (
        [each for each in value if isinstance(each, str)][:MAX_ANSWERS]
        if isinstance(value, list)
        else []
    )


def _typed(value: Value) -> list[str]:
    text = text_of(value).strip()
    return [text] if text else []


def _pairs(value: Value) -> list[str]:
    return [
        f"{source} {target}"
        for source, targets in table_of(value).items()
        for target in _texts(targets)
    ][:MAX_ANSWERS]


def _placed(value: Value) -> list[str]:
    table = table_of(value)
    return [f"{text_of(word)} {gap}" for gap, word in table.items() if text_of(word)][:MAX_ANSWERS]


def _ordered(value: Value) -> list[str]:
    places = {}
    for thing, place in table_of(table_of(value).get("places")).items():
        number = read_number(text_of(place)) if text_of(place) else None
        if number is not None:
            places[thing] = number
    return sorted(places, key=lambda thing: places[thing])[:MAX_ANSWERS]


def _points(value: Value) -> list[str]:
    found = []
    for each in value if isinstance(value, list) else []:
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, list) and len(each) == 2 and all(_is_plain(part) for part in each):  # noqa: PLR2004
            found.append(f"{each[0]} {each[1]}")
    return found[:MAX_ANSWERS]


def _is_plain(number: Any) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < 1e6  # noqa: PLR2004


_AS_RESPONSE: dict[str, Callable[[Value], list[str]]] = {
    "choice": _typed,
    "choices": _texts,
    "text": _typed,
    "match": _pairs,
    "order": _ordered,
    "hottext": _texts,
    "gap_match": _placed,
    "hotspot": _points,
    "graphic_gap_match": _placed,
}


def response_of(kind: str, value: Value, base: str) -> list[str]:
    """Return a part's value as the texts that its response variable holds; [] where it was not answered."""
    texts = _AS_RESPONSE[kind](value)
    if base in {"integer", "float"} and kind == "text":
        numbers = [read_number(text) for text in texts]
        return [plain_number(number) for number in numbers if number is not None]
    return texts


def value_of(kind: str, texts: list[str]) -> Value:
    """Return a response's texts as a value of a part: what `response_of` turned."""
    match kind:
        case "choice" | "text":
            return texts[0] if texts else ""
        case "match":
            table: dict[str, list[str]] = {}
            for text in texts:
                source, _space, target = text.partition(" ")
                table.setdefault(source, []).append(target)
            return table
        case "gap_match" | "graphic_gap_match":
            return {gap: word for word, _space, gap in (text.partition(" ") for text in texts)}
        case "order":
            return {
                "places": {thing: str(place) for place, thing in enumerate(texts, 1)},
                "indents": {},
            }
        case "hotspot":
            points = [text.split() for text in texts]
            return [
                each[0] if len(each) == 1 else [float(part) for part in each] for each in points
            ]
    return texts
