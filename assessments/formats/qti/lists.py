"""QTI's interactions of lists, as kinds: choice, match, associate, order, hottext, gap match, text and upload."""

import re
from decimal import Decimal
from itertools import combinations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from assessments.formats.qti.parts import QtiItem, mark, safe_id
from assessments.formats.records import NotReadableError
from assessments.formats.text import to_plain
from assessments.interactions.processed.names import attribute, children, first, name_of, named

KindAndData = tuple[str, dict]
ALL_OR_NOTHING = gettext_lazy("All of it had to be right; now each right part counts.")


def response_id(interaction: etree._Element) -> str:
    return attribute(interaction, "response-identifier")


def _is_shuffled(interaction: etree._Element) -> bool:
    return attribute(interaction, "shuffle", "false") == "true"


def _limit(interaction: etree._Element, name: str, default: int = 1) -> int:
    text = attribute(interaction, name, str(default))
    return int(text) if re.fullmatch(r"\d+", text) else default


def listed_key(item: QtiItem, identifier: str) -> list[str]:
    """Return the right response as a list of texts; from the mapping where no correctResponse is given."""
    key = item.key(identifier)
    if key is None:
        return [name for name, value in item.mapping(identifier) if value > 0]
    return [str(each) for each in key] if isinstance(key, list) else [str(key)]


def pairs_of(key: list[str]) -> list[tuple[str, str]]:
    return [(parts[0], parts[-1]) for each in key if (parts := each.split())]


def keyed_pairs(item: QtiItem, identifier: str) -> list[tuple[str, str]]:
    """Return the right pairs: those of the key, and others that the mapping gives something for."""
    mapped = [name for name, value in item.mapping(identifier) if value > 0]
    return pairs_of(list(dict.fromkeys([*listed_key(item, identifier), *mapped])))


def is_many(item: QtiItem, identifier: str) -> bool:
    declaration = item.program.responses.get(identifier)
    return declaration is not None and declaration.cardinality in {"multiple", "ordered"}


def _options(item: QtiItem, interaction: etree._Element) -> list[dict]:
    return [
        {"id": attribute(each, "identifier"), "text": item.label(each), "element": each}
        for each in named(interaction, "simple-choice", "inline-choice")
    ]


def _inner_feedback(item: QtiItem, option: dict) -> str:
    return "".join(
        item.html(each) for each in named(option["element"], "feedback-inline", "feedback-block")
    )


def _made(options: list[dict], marks: dict[str, Decimal], feedback: dict[str, str]) -> list[dict]:
    return [
        {
            "id": safe_id(option["id"]),
            "text": option["text"],
            "mark": mark(marks.get(option["id"], Decimal(0))),
            "feedback": feedback.get(option["id"], ""),
        }
        for option in options
    ]


def choice(item: QtiItem, interaction: etree._Element) -> KindAndData:
    """Options' marks are what the rules give for each, however they are written."""
    identifier, options = response_id(interaction), _options(item, interaction)
    key = listed_key(item, identifier)
    ids = [option["id"] for option in options]
    data = {"is_shuffled": _is_shuffled(interaction)}
    if not key and not any((item.points({identifier: each}) or 0) > 0 for each in ids):
        return _poll(options)
    feedback = {
        option["id"]: _inner_feedback(item, option)
        or item.feedback_after({identifier: option["id"]})
        for option in options
    }
    if not is_many(item, identifier):
        marks = {each: item.share(item.points({identifier: each})) for each in ids}
        if max(marks.values(), default=0) <= 0:
            marks = _keyed(item, identifier, ids, key)
        return "choice", {**data, "options": _made(options, marks, feedback)}
    method, marks = _method(item, identifier, ids, key)
    limit = _limit(interaction, "max-choices", 0)
    options = _made(options, marks, feedback)
    return "choices", {**data, "options": options, "method": method, "max_choices": limit}


def _keyed(item: QtiItem, identifier: str, ids: list[str], key: list[str]) -> dict[str, Decimal]:
    """Marks where no rules set them: by the mapping, or one each for what is right."""
    mapped = dict(item.mapping(identifier))
    best = max(mapped.values(), default=Decimal(0))
    if best > 0 and not item.has_rules:
        return {
            each: max(Decimal(-1), min(Decimal(1), mapped.get(each, Decimal(0)) / best))
            for each in ids
        }
    return {each: Decimal(each in key) for each in ids}


def _method(
    item: QtiItem, identifier: str, ids: list[str], key: list[str]
) -> tuple[str, dict[str, Decimal]]:
    """Tell how several choices score, by trying the rules on each option, the key and some sets."""
    right = {each: Decimal(each in key) for each in ids}
    if not item.has_rules:
        mapped = item.mapping(identifier)
        if mapped:
            total = sum((value for _key, value in mapped if value > 0), Decimal(0)) or Decimal(1)
            return "marks", {name: max(Decimal(-1), value / total) for name, value in mapped}
        return "all_or_nothing", right
    tried = [set(each) for size in (1, 2) for each in list(combinations(ids, size))[:40]]
    tried += [set(key) - {each} for each in key] + [set(key) | {each} for each in ids]
    scores = [(chosen, item.points({identifier: sorted(chosen)}) or Decimal(0)) for chosen in tried]
    if all((points > 0) == (chosen == set(key)) for chosen, points in scores):
        return "all_or_nothing", right
    singles = {each: item.share(item.points({identifier: [each]})) for each in ids}
    empty = item.points({identifier: []}) or Decimal(0)
    raw = {each: singles[each] * item.full for each in ids}
    if empty == 0 and max(singles.values(), default=0) > 0:
        for chosen, points in scores:
            total = max(sum((raw[each] for each in chosen), Decimal(0)), Decimal(0))
            if abs(max(points, Decimal(0)) - min(total, item.full)) > Decimal("0.001") and all(
                raw[each] >= 0 for each in chosen
            ):
                item.notes.append(_("Its rules are simplified: each option has its own mark now."))
                break
        for name, value in item.mapping(
            identifier
        ):  # what a lower bound hides when it is chosen alone
            if value < 0 and name in singles:
                singles[name] = item.share(value)
        return "marks", singles
    item.notes.append(_("Its rules are simplified: all right options and no other score."))
    return "all_or_nothing", right


def _poll(options: list[dict]) -> KindAndData:
    points = [{"id": safe_id(option["id"]), "text": option["text"]} for option in options]
    return "scale", {
        "statements": [{"id": "statement", "text": _("Your answer")}],
        "points": points,
    }


def match(item: QtiItem, interaction: etree._Element) -> KindAndData:
    sets = named(interaction, "simple-match-set")
    if len(sets) != 2:  # noqa: PLR2004  QTI's matchInteraction has two sets
        raise NotReadableError(_("A match needs two sets of things."))
    left, right = (named(each, "simple-associable-choice") for each in sets)
    pairs = pairs_of(listed_key(item, response_id(interaction)))
    if not pairs:
        return "scale", {"statements": _sides(item, left), "points": _sides(item, right)}
    return "match", {
        "sources": _sides(item, left),
        "targets": _sides(item, right),
        "pairs": [{"source": safe_id(one), "target": safe_id(other)} for one, other in pairs],
        "is_many": any(_limit(each, "match-max", 1) != 1 for each in left)
        or len({one for one, _other in pairs}) < len(pairs),
        "is_shuffled": _is_shuffled(interaction),
        "look": "grid" if "match-tabular" in attribute(interaction, "class") else "lists",
        "method": _pairs_method(item, interaction),
    }


def _sides(item: QtiItem, elements: list[etree._Element]) -> list[dict]:
    return [
        {"id": safe_id(attribute(each, "identifier")), "text": item.label(each)}
        for each in elements
    ]


def is_all_or_nothing(item: QtiItem, identifier: str) -> bool:
    """Whether half of the key scores nothing; as QTI's match_correct, which is meant where no rules are given."""
    key = listed_key(item, identifier)
    if len(key) < 2:  # noqa: PLR2004  said by the words beside it
        return False
    if not item.has_rules:
        return not item.mapping(identifier)
    return not (item.points({identifier: key[:-1]}) or 0) > 0


def _pairs_method(item: QtiItem, interaction: etree._Element) -> str:
    identifier = response_id(interaction)
    if is_all_or_nothing(item, identifier):
        return "all_or_nothing"
    values = {value for _key, value in item.mapping(identifier) if value > 0}
    if len(values) > 1:
        item.notes.append(_("Its pairs had different marks; now each counts the same."))
    return "partial"


def associate(item: QtiItem, interaction: etree._Element) -> KindAndData:
    """Pairs without direction: the first of each right pair stays, the others are to be found for it."""
    choices = _sides(item, named(interaction, "simple-associable-choice"))
    pairs = [
        (safe_id(one), safe_id(other))
        for one, other in pairs_of(listed_key(item, response_id(interaction)))
    ]
    sources = {one for one, _other in pairs}
    if sources & {other for _one, other in pairs}:
        raise NotReadableError(_("Its pairs share things, which cannot be asked as two lists."))
    item.notes.append(_("Things were paired freely; now one of each pair is given."))
    return "match", {
        "sources": [each for each in choices if each["id"] in sources],
        "targets": [each for each in choices if each["id"] not in sources],
        "pairs": [{"source": one, "target": other} for one, other in pairs],
        "is_shuffled": _is_shuffled(interaction),
        "method": _pairs_method(item, interaction),
    }


def order(item: QtiItem, interaction: etree._Element) -> KindAndData:
    identifier = response_id(interaction)
    key = [safe_id(each) for each in listed_key(item, identifier)]
    method = (
        "all_or_nothing" if is_all_or_nothing(item, identifier) or not item.has_rules else "places"
    )
    return "order", {
        "things": _sides(item, named(interaction, "simple-choice")),
        "order": key,
        "method": method,
    }


def hottext(item: QtiItem, interaction: etree._Element) -> KindAndData:
    spans = []

    def replaced(element: etree._Element) -> str | None:
        if name_of(element) == "prompt":
            return ""
        if name_of(element) != "hottext":
            return None
        identifier = safe_id(attribute(element, "identifier"))
        spans.append({"id": identifier, "text": item.label(element)})
        return f"[[{identifier}]]"

    text = item.html(interaction, replaced)
    identifier = response_id(interaction)
    if is_all_or_nothing(item, identifier):
        item.notes.append(str(ALL_OR_NOTHING))
    limit = _limit(interaction, "max-choices", 0)
    right = [safe_id(each) for each in listed_key(item, identifier)]
    return "hottext", {"text": text, "spans": spans, "right": right, "max_choices": limit}


def gap_match(item: QtiItem, interaction: etree._Element) -> KindAndData:
    gaps: list[dict] = []
    identifier = response_id(interaction)
    pairs = keyed_pairs(item, identifier)

    def replaced(element: etree._Element) -> str | None:
        name = name_of(element)
        if name in {"prompt", "gap-text", "gap-img"}:
            return ""
        if name != "gap":
            return None
        gap = attribute(element, "identifier")
        words = [safe_id(word) for word, place in pairs if place == gap]
        gaps.append({"id": safe_id(gap), "words": words})
        return f"[[{safe_id(gap)}]]"

    text = item.html(interaction, replaced)
    if is_all_or_nothing(item, identifier):
        item.notes.append(str(ALL_OR_NOTHING))
    return "gap_match", {
        "text": text,
        "gaps": gaps,
        "words": labels(item, interaction),
        "is_shuffled": _is_shuffled(interaction),
    }


def labels(item: QtiItem, interaction: etree._Element) -> list[dict]:
    """Return the texts and pictures that are put into gaps or onto a picture."""
    return [
        {
            "id": safe_id(attribute(each, "identifier")),
            "text": item.label(each),
            "uses": _limit(each, "match-max", 1),
        }
        for each in named(interaction, "gap-text", "gap-img")
    ]


def extended_text(item: QtiItem, interaction: etree._Element) -> KindAndData:
    model = item.key(response_id(interaction))
    placeholder = attribute(interaction, "expected-lines", "8")
    guide = item.for_scorers()
    if isinstance(model, str) and model.strip():
        guide += f"<p>{model}</p>" if "<" not in model else model
    lines = int(placeholder) if placeholder.isdigit() else 8
    return "essay", {"lines": max(1, min(60, lines)), "model_answer": guide}


def upload(item: QtiItem, interaction: etree._Element) -> KindAndData:
    media = attribute(interaction, "type")
    accepts = (
        ["picture"]
        if media.startswith("image/")
        else ["sound"]
        if media.startswith("audio/")
        else ["document", "picture"]
    )
    return "upload", {"accepts": accepts, "model_answer": item.for_scorers()}


def drawing(item: QtiItem, interaction: etree._Element) -> KindAndData:
    item.notes.append(_("It was drawn on the screen; now a picture of the drawing is handed in."))
    return "upload", {"accepts": ["picture"], "model_answer": item.for_scorers()}


def slider(item: QtiItem, interaction: etree._Element) -> KindAndData:
    low, high = attribute(interaction, "lower-bound"), attribute(interaction, "upper-bound")
    item.notes.append(_("It was a slider; now the number is typed."))
    key = listed_key(item, response_id(interaction))
    answers = [{"value": each} for each in key]
    return "number", {"unit": f"({low} – {high})", "answers": answers}  # noqa: RUF001  as it is written


def prompt(item: QtiItem, interaction: etree._Element) -> str:
    return item.html(first(interaction, "prompt"))


def plain_label(item: QtiItem, element: etree._Element) -> str:
    return to_plain(item.html(element)) or attribute(element, "identifier")


def direct(interaction: etree._Element, name: str) -> etree._Element | None:
    return next((each for each in children(interaction) if name_of(each) == name), None)
