"""QTI 1.2, in the profiles of Canvas (`question_type`) and Common Cartridge (`cc_profile`), and plain.

IMS QTI 1.2 ASI information model; Common Cartridge 1.3, section 4.8; Canvas' exports as they are.
"""

import re
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.markup import Files, Find
from assessments.formats.moodle.cloze import decimal_of, plain_number
from assessments.formats.qti.old_parts import OldItem, every, one
from assessments.formats.qti.parts import mark, safe_id
from assessments.formats.records import (
    NotReadableError,
    NotSupportedError,
    Package,
    ReadItem,
    Unsupported,
    take,
)
from assessments.formats.text import (
    name_by_content,
    name_from,
    title_from,
    to_plain,
    unwrap,
)
from assessments.formats.xml import local, source_of

KindAndData = tuple[str, dict]

_KINDS = {
    "multiple_choice_question": "choice",
    "true_false_question": "choice",
    "multiple_answers_question": "choices",
    "short_answer_question": "text",
    "fill_in_multiple_blanks_question": "blanks",
    "multiple_dropdowns_question": "dropdowns",
    "matching_question": "matching",
    "numerical_question": "number",
    "calculated_question": "calculated",
    "essay_question": "essay",
    "file_upload_question": "upload",
    "text_only_question": "description",
    "ordering_question": "order",
    "categorization_question": "categories",
    "cc.multiple_choice.v0p1": "choice",
    "cc.true_false.v0p1": "choice",
    "cc.multiple_response.v0p1": "choices",
    "cc.fib.v0p1": "text",
    "cc.pattern_match.v0p1": "text",
    "cc.essay.v0p1": "essay",
}


def _choice(item: OldItem) -> KindAndData:
    response = item.responses[0]
    name = response.get("ident", "")
    gains = item.gains(name)
    options = [
        {
            "id": safe_id(ident),
            "text": text,
            "mark": mark(max(Decimal(-1), min(Decimal(1), gains.get(ident, Decimal(0))))),
            "feedback": item.feedback_for(name, ident),
        }
        for ident, text in item.labels(response)
    ]
    return "choice", {"options": options, "is_shuffled": _is_shuffled(response)}


def _is_shuffled(response: etree._Element) -> bool:
    choices = one(response, "render_choice")
    return choices is not None and choices.get("shuffle", "No").lower() == "yes"


def _choices(item: OldItem) -> KindAndData:
    """Canvas takes wrong choices off the right ones; Common Cartridge wants all of them."""
    response = item.responses[0]
    name = response.get("ident", "")
    scoring = [rule for rule in item.rules if rule.action and rule.points > 0]
    right = {what for rule in scoring for _who, how, what in rule.wanted if how == "varequal"}
    each_counts = len(scoring) > 1 and all(len(rule.wanted) == 1 for rule in scoring)
    is_canvas = "question_type" in item.about
    gains = item.gains(name) if each_counts else {}
    options = [
        {
            "id": safe_id(ident),
            "text": text,
            "mark": mark(gains.get(ident, Decimal(ident in right))),
            "feedback": item.feedback_for(name, ident),
        }
        for ident, text in item.labels(response)
    ]
    method = "marks" if each_counts else "right_minus_wrong" if is_canvas else "all_or_nothing"
    return "choices", {"options": options, "method": method, "is_shuffled": _is_shuffled(response)}


def _text(item: OldItem) -> KindAndData:
    answers = []
    for rule in item.rules:
        if not rule.action or rule.points <= 0:
            continue
        for who, how, what in rule.wanted:
            if how not in {"varequal", "varsubstring"}:
                continue
            text = f"*{what}*" if how == "varsubstring" else what
            kind = "wildcard" if how == "varsubstring" else "folded"
            points = min(Decimal(1), rule.points / item.full)
            answers.append(
                {
                    "text": text,
                    "how": kind,
                    "mark": mark(points),
                    "feedback": item.feedback_for(who, what),
                }
            )
    if not answers:
        if item.about.get("cc_profile"):
            return "essay", {"lines": 1}
        raise NotReadableError(_("Nothing says which answer is right."))
    return "text", {"answers": answers}


def _number(item: OldItem) -> KindAndData:
    """Each `respcondition` may hold an exact value, a range, or both: the range then is the tolerance."""
    answers = []
    for rule in item.rules:
        if not rule.action or rule.points <= 0:
            continue
        exact = [what for _who, how, what in rule.wanted if how == "varequal"]
        lows = [what for _who, how, what in rule.wanted if how in {"vargte", "vargt"}]
        highs = [what for _who, how, what in rule.wanted if how in {"varlte", "varlt"}]
        if lows and highs:
            low, high = decimal_of(lows[0]), decimal_of(highs[0])
            middle = decimal_of(exact[0]) if exact else None
            if middle is not None and abs((high - middle) - (middle - low)) < Decimal("1e-9"):
                answers.append(
                    {"value": plain_number(middle), "tolerance": plain_number(high - middle)}
                )
            else:
                answers.append({"low": plain_number(low), "high": plain_number(high)})
        elif exact:
            answers += [{"value": plain_number(decimal_of(value))} for value in exact]
    if not answers:
        raise NotReadableError(_("Nothing says which number is right."))
    return "number", {"answers": answers}


def _calculated(item: OldItem) -> KindAndData:
    """Canvas' formulas: variables with a least, a greatest and their decimals."""
    held = one(item.element, "calculated")
    if held is None:
        raise NotReadableError(_("The formula is missing."))
    variables = []
    for each in every(held, "var"):
        if each.get("name") and one(each, "min") is not None:
            decimals = int(each.get("scale", "0") or 0)
            low, high = (
                plain_number(decimal_of(one(each, side).text or "0")) for side in ("min", "max")
            )
            variables.append(
                {
                    "name": each.get("name"),
                    "how": "range",
                    "low": low,
                    "high": high,
                    "step": plain_number(Decimal(1).scaleb(-decimals)),
                    "decimals": decimals,
                }
            )
    formulas = [(each.text or "").strip() for each in every(held, "formula")]
    if not formulas or not variables:
        raise NotReadableError(_("The formula or its variables are missing."))
    listed = one(held, "formulas")
    tolerance_of = one(held, "answer_tolerance")
    tolerance = ((tolerance_of.text if tolerance_of is not None else "") or "0").strip()
    is_share = tolerance.endswith("%")
    size = decimal_of(tolerance.rstrip("%"))
    drawn = list(variables)
    names = {each["name"] for each in variables}
    for step, formula in enumerate(formulas[:-1], 1):
        name, _equals, worked = formula.rpartition("=")
        drawn.append(
            {
                "name": name.strip() or f"step_{step}",
                "how": "expression",
                "expression": _formula(worked),
            }
        )
    decimals = int((listed.get("decimal_places") if listed is not None else None) or 4)
    answer = {
        "value": _formula(formulas[-1].rpartition("=")[2]),
        "tolerance": plain_number(
            size / 100 if is_share else max(size, Decimal(5).scaleb(-decimals - 1))
        ),
        "how": "relative" if is_share else "absolute",
    }
    prompt = re.sub(
        r"\[([A-Za-z_]\w*)\]",
        lambda found: "{" + found[1] + "}" if found[1] in names else found[0],
        item.prompt,
    )
    return "number", {"prompt": prompt, "answers": [answer], "variables": drawn}


def _formula(text: str) -> str:
    bare = text.strip().replace("^", "**")
    called = set(re.findall(r"([A-Za-z_]\w*)\s*\(", bare))
    if called - {
        "abs",
        "sqrt",
        "round",
        "floor",
        "ceil",
        "min",
        "max",
        "exp",
        "log",
        "sin",
        "cos",
        "tan",
    }:
        raise NotSupportedError(
            _("Its formula uses what is not supported here: %(formula)s") % {"formula": text[:100]}
        )
    return bare


def _blanks(item: OldItem) -> KindAndData:
    """Blanks stand as `[name]` in the text, a response for each."""
    text, gaps = item.prompt, []
    is_dropdown = _KINDS.get(item.about.get("question_type", "")) == "dropdowns"
    for place, response in enumerate(item.responses, 1):
        name = response.get("ident", "")
        labels = item.labels(response)
        material = next((each for each in response if local(each) == "material"), None)
        blank = to_plain(item.html(material)) or name.removeprefix("response_")
        gains = item.gains(name)
        gap = {"id": f"g{place}"}
        if is_dropdown:
            accepted = [{"text": safe_id(ident), "how": "exact"} for ident in gains]
            options = [{"id": safe_id(ident), "text": label} for ident, label in labels]
            gaps.append({**gap, "how": "dropdown", "options": options, "accepted": accepted})
        else:
            words = [to_plain(label) for _ident, label in labels] or list(gains)
            gaps.append({**gap, "how": "text", "accepted": [{"text": word} for word in words]})
        if f"[{blank}]" in text:
            text = text.replace(f"[{blank}]", f"[[g{place}]]")
        else:
            text += f" [[g{place}]]"
        if not gaps[-1]["accepted"]:
            raise NotReadableError(
                _("Nothing says what is right in the gap “%(name)s”.") % {"name": blank}
            )
    if not gaps:
        raise NotReadableError(_("The text has no gap."))
    return "gaps", {"prompt": "", "text": text, "gaps": gaps}


def _matching(item: OldItem) -> KindAndData:
    sources, targets, pairs = [], {}, []
    for response in item.responses:
        name = response.get("ident", "")
        material = next((each for each in response if local(each) == "material"), None)
        sources.append({"id": safe_id(name), "text": unwrap(item.html(material))})
        for ident, label in item.labels(response):
            targets.setdefault(safe_id(ident), label)
        pairs += [{"source": safe_id(name), "target": safe_id(value)} for value in item.gains(name)]
    listed = [{"id": ident, "text": label} for ident, label in targets.items()]
    return "match", {"sources": sources, "targets": listed, "pairs": pairs}


def _order(item: OldItem) -> KindAndData:
    """The right order is that of the answers in the rule that scores most."""
    response = item.responses[0]
    things = [{"id": safe_id(ident), "text": text} for ident, text in item.labels(response)]
    best = max(item.rules, key=lambda rule: (rule.points, len(rule.wanted)), default=None)
    right = (
        []
        if best is None
        else [safe_id(what) for _who, how, what in best.wanted if how == "varequal"]
    )
    method = "all_or_nothing" if sum(rule.points > 0 for rule in item.rules) < 2 else "places"  # noqa: PLR2004  said by the words beside it
    return "order", {"things": things, "order": list(dict.fromkeys(right)), "method": method}


def _categories(item: OldItem) -> KindAndData:
    """Canvas names what belongs into each category; here each thing is given one."""
    sources: dict[str, str] = {}
    targets, pairs = [], []
    for place, response in enumerate(item.responses, 1):
        name = response.get("ident", "")
        material = next((each for each in response if local(each) == "material"), None)
        targets.append({"id": f"t{place}", "text": unwrap(item.html(material))})
        sources |= dict(item.labels(response))
        wanted = [
            what
            for rule in item.rules
            for who, how, what in rule.wanted
            if who == name and how == "varequal"
        ]
        pairs += [(value, f"t{place}") for value in dict.fromkeys(wanted)]
    used = {value for value, _target in pairs}
    if set(sources) - used:
        item.notes.append(_("Things that belong into no category are left out."))
    return "match", {
        "sources": [
            {"id": safe_id(ident), "text": text} for ident, text in sources.items() if ident in used
        ],
        "targets": targets,
        "pairs": [{"source": safe_id(value), "target": target} for value, target in pairs],
    }


def _kind(item: OldItem) -> str:  # noqa: PLR0911  one for each kind
    told = (
        item.about.get("question_type")
        or item.about.get("cc_profile")
        or item.about.get("qmd_itemtype", "")
    )
    if told in _KINDS:
        return _KINDS[told]
    responses = item.responses
    if told.endswith("_question"):
        raise NotSupportedError(
            _("Questions of Canvas' type “%(kind)s” are not supported.") % {"kind": told}
        )
    if not responses:
        return "description"
    if len(responses) == 1 and responses[0].get("rcardinality", "").lower() == "ordered":
        return "order"
    if len(responses) > 1 and all(every(each, "response_label") for each in responses):
        return "matching"
    first = responses[0]
    if one(first, "render_choice") is not None or (
        every(first, "response_label") and one(first, "render_fib") is None
    ):
        return "choices" if first.get("rcardinality", "Single").lower() == "multiple" else "choice"
    is_number = local(first) == "response_num" or any(
        how in {"vargte", "vargt"} for rule in item.rules for _who, how, _what in rule.wanted
    )
    if is_number:
        return "number"
    has_key = any(rule.wanted and rule.points > 0 for rule in item.rules)
    return "text" if has_key else "essay"


_READERS = {
    "choice": _choice,
    "choices": _choices,
    "text": _text,
    "number": _number,
    "calculated": _calculated,
    "blanks": _blanks,
    "dropdowns": _blanks,
    "matching": _matching,
    "order": _order,
    "categories": _categories,
}


def _read(element: etree._Element, files: Files, find: Find) -> ReadItem:
    item = OldItem(element, files, find)
    kind = _kind(item)
    if kind == "description":
        raise NotSupportedError(
            _("This is a text without a question. Put it before the questions that it belongs to.")
        )
    if kind in {"essay", "upload"}:
        guide = item.feedback(
            "general_fb",
            "solution",
            *(
                each.get("ident", "")
                for each in every(element, "itemfeedback")
                if one(each, "solution") is not None
            ),
        )
        data: dict = {"model_answer": guide}
    else:
        kind, data = _READERS[kind](item)
        data["feedback"] = item.feedback("general_fb") or item.feedback(
            "correct_fb", "general_correct_fb"
        )
    data = {"prompt": item.prompt, **data}
    points = item.about.get("points_possible") or item.about.get("cc_weighting") or "1"
    ident, title = element.get("ident", ""), element.get("title", "")
    is_dull = title.lower() in {"", "question"}
    return ReadItem(
        identifier=name_from(ident, title)
        if ident or title
        else name_by_content(source_of(element)),
        kind=kind,
        title=title_from(data["prompt"] or data.get("text", "")) if is_dull else title,
        data=data,
        max_score=decimal_of(points) if decimal_of(points) > 0 else Decimal(1),
        raw_format="qti_1_2",
        notes=item.notes,
    )


def _parent(element: etree._Element) -> str:
    """Return the text that Canvas shows above an item, by its identifier."""
    above = element.get("parent_stimulus_item_ident")
    return above or OldItem(element, Files(), lambda _name: None).about.get(
        "parent_stimulus_item_ident", ""
    )


def _stimuli(root: etree._Element, files: Files, find: Find) -> dict[str, str]:
    """Return the texts that items of this file are shown with, by their identifiers."""
    wanted = {_parent(element) for element in every(root, "item")} - {""}
    return {
        element.get("ident"): OldItem(element, files, find).prompt
        for element in every(root, "item")
        if element.get("ident") in wanted
    }


def read_old(root: etree._Element, files: Files, find: Find) -> Package:
    """Read all items of a `questestinterop`."""
    package = Package()
    package.titles = [
        each.get("title", "") for each in every(root, "assessment") if each.get("title")
    ]
    for element in every(root, "bankentry_item") + every(root, "sourcebank_ref"):
        package.unsupported.append(
            Unsupported(
                name_from(element.get("item_ref", "") or (element.text or "")),
                "draw",
                element.sourceline or 1,
                _(
                    "It draws from a bank that is in another file. Export that bank and import it too."
                ),
                source_of(element),
            )
        )
    stimuli = _stimuli(root, files, find)
    for element in every(root, "item"):
        if element.get("ident") in stimuli:
            continue
        about = OldItem(element, files, find).about
        take(
            package,
            lambda element=element: replace(
                _read(element, files, find), stimulus=stimuli.get(_parent(element), "")
            ),
            identifier=name_from(element.get("ident", ""), element.get("title", "")),
            kind=about.get("question_type") or about.get("cc_profile", ""),
            line=element.sourceline or 1,
            raw=source_of(element),
        )
    return package
