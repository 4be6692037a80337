"""What a question means: what is shown, and what each answer is worth, without what only our storage knows."""

import re
from decimal import Decimal

from assessments.formats.bodies import body_of
from assessments.formats.gift_writer import number_told
from assessments.formats.qti.interactions_writer import wildcard_pattern
from assessments.formats.records import default_prompts
from assessments.formats.text import to_plain


def _number(text):
    return round(float(Decimal(text or "0")), 4)


def _words(html):
    return to_plain(re.sub(r"<img[^>]*>", "(picture)", html))


def _marks(kind, data):
    marks = [Decimal(option["mark"]) for option in data["options"]]
    if kind == "choice":
        best = max(marks)
        return [_number(mark / best) for mark in marks]
    if data["method"] == "all_or_nothing":
        return ["all", *(mark > 0 for mark in marks)]
    right = sum(mark > 0 for mark in marks)
    if data["method"] == "right_minus_wrong":
        marks = [(Decimal(1) if mark > 0 else Decimal(-1)) / right for mark in marks]
    total = sum(mark for mark in marks if mark > 0)
    return [_number(mark / total) for mark in marks]


def _accepted(answers):
    found = []
    for answer in answers:
        how, text = answer["how"], answer["text"]
        if how == "wildcard":
            how, text = "pattern", wildcard_pattern(text)
        if how == "exact" and text == text.swapcase():
            how = "folded"
        found.append(
            (
                how,
                text.casefold() if how == "folded" else text,
                _number(answer["mark"]),
                _words(answer["feedback"]),
            )
        )
    return sorted(found)


def _numbers(answers):
    found = []
    for answer in answers:
        told = number_told(answer)
        if told is None:
            told = f"{answer['value']} to {answer['tolerance']} figures"
        elif ":" in told:
            value, tolerance = (Decimal(part) for part in told.split(":"))
            told = (_number(value - tolerance), _number(value + tolerance))
        else:
            told = tuple(_number(part) for part in told.split(".."))
        found.append((told, _number(answer["mark"]), _words(answer["feedback"])))
    return sorted(found, key=str)


def _shapes(areas):
    return [(area["shape"], [_number(number) for number in area["coords"]]) for area in areas]


def _gap(gap):
    weight = _number(gap["weight"])
    if gap["how"] == "number":
        return ("number", weight, _numbers(gap["numbers"]))
    if gap["how"] == "dropdown":
        texts = {option["id"]: _words(option["text"]) for option in gap["options"]}
        right = sorted(
            (texts[each["text"]], _number(each["mark"]))
            for each in gap["accepted"]
            if Decimal(each["mark"])
        )
        return ("dropdown", weight, list(texts.values()), right)
    return ("text", weight, _accepted(gap["accepted"]))


def _weightless(gaps):
    least = min(gap[1] for gap in gaps)
    return [(gap[0], round(gap[1] / least, 3), *gap[2:]) for gap in gaps]


def meaning(kind, data):  # noqa: C901, PLR0912  one branch for each case of the format
    """Return a canonical value that is equal for two bodies that ask the same and score the same."""
    if isinstance(data.get("picture"), dict) and "src" in data["picture"]:
        picture = {"size": (data["picture"]["width"], data["picture"]["height"])}
    else:
        picture = None
    data = body_of(kind, data).model_dump(mode="json")
    found = {
        "kind": kind,
        "prompt": _words(data["prompt"] + data.get("text", "")),
        "feedback": _words(data["feedback"]),
        "picture": picture,
    }
    for asked in default_prompts().values():
        found["prompt"] = found["prompt"].replace(asked, "").strip()
    found["prompt"] = re.sub(r"\[\[[^\]]*\]\]", "[[]]", found["prompt"])
    match kind:
        case "choice" | "choices":
            texts = [
                (_words(option["text"]), _words(option["feedback"])) for option in data["options"]
            ]
            found |= {
                "options": texts,
                "marks": _marks(kind, data),
                "shuffled": data["is_shuffled"],
            }
        case "text":
            found["answers"] = _accepted(data["answers"])
        case "number":
            found |= {
                "answers": _numbers(data["answers"]),
                "units": [(each["symbol"], _number(each["factor"])) for each in data["units"]],
            }
            found["penalty"] = _number(data["unit_penalty"]) if data["units"] else None
        case "gaps":
            found["gaps"] = _weightless([_gap(gap) for gap in data["gaps"]])
        case "gap_match":
            words = {word["id"]: _words(word["text"]) for word in data["words"]}
            found |= {
                "words": list(words.values()),
                "gaps": [sorted(words[each] for each in gap["words"]) for gap in data["gaps"]],
            }
        case "match":
            lefts, rights = (
                {each["id"]: _words(each["text"]) for each in data[side]}
                for side in ("sources", "targets")
            )
            found |= {
                "sources": list(lefts.values()),
                "targets": sorted(rights.values()),
                "look": data["look"],
                "method": data["method"],
                "many": data["is_many"],
            }
            found["pairs"] = sorted(
                (lefts[pair["source"]], rights[pair["target"]]) for pair in data["pairs"]
            )
        case "order":
            names = {each["id"]: _words(each["text"]) for each in data["things"]}
            found |= {
                "order": [names[each] for each in data["order"]],
                "things": sorted(names.values()),
                "method": data["method"],
            }
        case "hottext":
            names = {each["id"]: each["text"] for each in data["spans"]}
            found |= {
                "spans": list(names.values()),
                "right": [names[each] for each in data["right"]],
                "most": data["max_choices"],
            }
        case "hotspot":
            places = [area["id"] for area in data["areas"]]
            found |= {
                "areas": _shapes(data["areas"]),
                "right": [places.index(each) for each in data["right"]],
                "targets": _shapes(data["targets"]),
                "most": data["max_choices"],
            }
        case "graphic_gap_match":
            names = {each["id"]: _words(each["text"]) for each in data["labels"]}
            found |= {
                "spots": _shapes(data["spots"]),
                "labels": list(names.values()),
                "right": [sorted(names[each] for each in spot["labels"]) for spot in data["spots"]],
            }
        case "scale":
            found |= {
                "points": [each["text"] for each in data["points"]],
                "count": len(data["statements"]),
            }
        case "essay" | "upload":
            found["model"] = _words(data["model_answer"])
    return found
