"""Items of QTI with several parts: asked part by part, and scored by the item's own rules."""

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.qti import lists, pictures
from assessments.formats.qti.parts import QtiItem, safe_id
from assessments.formats.records import NotReadableError, NotSupportedError
from assessments.formats.xml import source_of
from assessments.interactions.processed.names import attribute, children, name_of, named
from assessments.interactions.processed.parts import keyless

_RULES = {"response-declaration", "outcome-declaration", "response-processing"}
_READERS = {
    "match-interaction": lists.match,
    "order-interaction": lists.order,
    "hottext-interaction": lists.hottext,
    "gap-match-interaction": lists.gap_match,
    "hotspot-interaction": pictures.hotspot,
    "select-point-interaction": pictures.select_point,
    "graphic-gap-match-interaction": pictures.graphic_gap_match,
}


def _part(item: QtiItem, interaction: etree._Element) -> dict:
    name, identifier = name_of(interaction), lists.response_id(interaction)
    if safe_id(identifier) != identifier:
        raise NotSupportedError(
            _("The name of a response, “%(name)s”, has signs that are not supported.")
            % {"name": identifier}
        )
    part: dict = {"id": identifier}
    if name == "text-entry-interaction":
        length = attribute(interaction, "expected-length")
        width = max(1, min(100, int(length))) if length.isdigit() else 12
        return {**part, "kind": "text", "data": keyless("text", {"prompt": "", "width": width})}
    if name in {"choice-interaction", "inline-choice-interaction"}:
        options = [
            {"id": attribute(each, "identifier"), "text": item.label(each)}
            for each in named(interaction, "simple-choice", "inline-choice")
        ]
        kind = "choices" if lists.is_many(item, identifier) else "choice"
        shuffled = attribute(interaction, "shuffle", "false") == "true"
        data = keyless(kind, {"prompt": "", "options": options, "is_shuffled": shuffled})
        return {**part, "kind": kind, "is_inline": name.startswith("inline"), "data": data}
    if name not in _READERS:
        raise NotSupportedError(
            _("It asks several things at once, one of which (%(name)s) has no rules that score it.")
            % {"name": name}
        )
    kind, data = _READERS[name](item, interaction)
    return {**part, "kind": kind, "data": keyless(kind, {"prompt": "", **data})}


def _one_each(key: dict) -> str:
    """Return the rules that an item without any means: a point for each response that is right."""
    conditions = "".join(
        f'<responseCondition><responseIf><match><variable identifier="{name}"/><correct identifier="{name}"/></match>'
        '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/><baseValue baseType="float">1</baseValue>'
        "</sum></setOutcomeValue></responseIf></responseCondition>"
        for name in key
    )
    score = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
    return f"{score}<responseProcessing>{conditions}</responseProcessing>"


def processed(item: QtiItem, interactions: list[etree._Element]) -> tuple[str, dict]:
    """Return the item as parts with its rules, or raise NotSupportedError where those cannot be run here."""
    try:
        parts = [_part(item, each) for each in interactions]
    except NotReadableError as error:
        raise NotSupportedError(str(error)) from error
    for part in parts:
        if part["kind"] == "scale":
            raise NotSupportedError(
                _("It asks several things at once, one of which has no right answer.")
            )

    def replaced(element: etree._Element) -> str | None:
        if not any(element is each for each in interactions):
            return None
        return f"{lists.prompt(item, element)}[[{lists.response_id(element)}]]"

    rules = "".join(source_of(each) for each in children(item.root) if name_of(each) in _RULES)
    key = {name: item.key(name) for name in item.program.responses if item.key(name) is not None}
    if not item.has_rules and key:
        rules += _one_each(key)
    elif attribute(item.root, "adaptive") == "true":
        raise NotSupportedError(
            _("It goes on in steps that depend on each answer, which is not supported.")
        )
    elif (item.points(key) or 0) <= 0:
        raise NotSupportedError(
            _("Its own right answers score nothing by its rules, so that nothing could be right.")
        )
    return "processed", {
        "prompt": "",
        "text": item.html(item.body, replaced),
        "parts": parts,
        "rules": f"<item>{rules}</item>",
    }
