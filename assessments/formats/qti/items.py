"""An item of QTI 2.x or 3.0, made into one of our kinds; `processed` where its rules or parts fit none."""

import re
from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.markup import Files, Find
from assessments.formats.qti import inline, lists, pictures
from assessments.formats.qti.composite import processed
from assessments.formats.qti.parts import QtiItem
from assessments.formats.records import NotReadableError, NotSupportedError, ReadItem
from assessments.formats.text import name_by_content, name_from, title_from, to_plain
from assessments.formats.xml import source_of
from assessments.interactions.processed.names import attribute, name_of, named

Reader = Callable[[QtiItem, etree._Element], tuple[str, dict]]  # noqa: SLF001  lxml's own name for its type

_READERS: dict[str, Reader] = {
    "choice-interaction": lists.choice,
    "match-interaction": lists.match,
    "associate-interaction": lists.associate,
    "order-interaction": lists.order,
    "hottext-interaction": lists.hottext,
    "gap-match-interaction": lists.gap_match,
    "extended-text-interaction": lists.extended_text,
    "upload-interaction": lists.upload,
    "drawing-interaction": lists.drawing,
    "slider-interaction": lists.slider,
    "hotspot-interaction": pictures.hotspot,
    "select-point-interaction": pictures.select_point,
    "position-object-interaction": pictures.select_point,
    "graphic-gap-match-interaction": pictures.graphic_gap_match,
}
_IN_TEXT = {"hottext-interaction", "gap-match-interaction"}
_INLINE = {"text-entry-interaction", "inline-choice-interaction"}
_ASIDE = {"end-attempt-interaction", "media-interaction"}  # they ask nothing
_PROGRAMS = {"portable-custom-interaction", "custom-interaction"}


def interactions_of(item: QtiItem) -> list[etree._Element]:
    """Return what an item asks, in its order."""
    body = item.body
    found = (
        []
        if body is None
        else [each for each in body.iter() if name_of(each).endswith("-interaction")]
    )
    if any(name_of(each) in _ASIDE for each in found):
        item.notes.append(_("Buttons for hints, and films, are left out."))
    return [each for each in found if name_of(each) not in _ASIDE]


def _kind_and_data(item: QtiItem, interactions: list[etree._Element]) -> tuple[str, dict]:
    names = {name_of(each) for each in interactions}
    if names & _PROGRAMS:
        raise NotSupportedError(
            _("It runs a program of its own (a custom interaction), which is not supported.")
        )
    if not interactions:
        raise NotSupportedError(
            _("This is a text without a question. Put it before the questions that it belongs to.")
        )
    if named(item.root, "printed-variable") or item.program.template_rules is not None:
        raise NotSupportedError(
            _(
                "Its numbers are drawn by rules of its own. Write it anew as a question with variables."
            )
        )
    if names <= _INLINE and (len(interactions) > 1 or "inline-choice-interaction" in names):
        return inline.gaps(item, interactions)
    if len(interactions) > 1:
        return processed(item, interactions)
    only = interactions[0]
    name = name_of(only)
    if name == "text-entry-interaction":
        kind, data = inline.text_entry(item, only)
        prompt = item.html(item.body, lambda each: "_____" if each is only else None)
        at_end = re.fullmatch(r"(.*)_____\s*((?:</\w+>\s*)*)", prompt, re.DOTALL)
        if at_end and to_plain(at_end[1]):  # the box stands behind the words by itself
            prompt = re.sub(r"<(p|div|span)>\s*</\1>", "", at_end[1] + at_end[2])
        return kind, {"prompt": prompt, **data}
    if name not in _READERS:
        raise NotSupportedError(_("QTI's %(name)s is not supported.") % {"name": name})
    kind, data = _READERS[name](item, only)
    around = item.html(item.body)
    return kind, {"prompt": _joined(around, lists.prompt(item, only)), **data}


def _joined(around: str, prompt: str) -> str:
    """Return the text of the body and the prompt of the interaction, each where there is one."""
    if not prompt:
        return around
    return f"{around}<p>{prompt}</p>" if around and not prompt.startswith("<p") else around + prompt


def read_item(
    root: etree._Element, files: Files, find: Find, *, stimulus: str = "", raw_format: str = "qti"
) -> ReadItem:
    """Return an `assessmentItem` as an item, or raise NotSupportedError or NotReadableError."""
    item = QtiItem(root, files, find)
    if item.body is None:
        raise NotReadableError(_("The item has no body: nothing is asked in it."))
    kind, data = _kind_and_data(item, interactions_of(item))
    key = {name: item.key(name) for name in item.program.responses}
    key = {name: right for name, right in key.items() if right is not None}
    feedback = [item.general_feedback]
    if kind not in {"choice", "choices", "text", "number"} and key:
        feedback.append(item.feedback_after(key))
    data["feedback"] = "<br>".join(part for part in feedback if part)
    title = attribute(root, "title")
    identifier = attribute(root, "identifier")
    return ReadItem(
        identifier=name_from(identifier, title)
        if identifier or title
        else name_by_content(source_of(root)),
        kind=kind,
        title=title or title_from(data["prompt"] or data.get("text", "")),
        data=data,
        language=root.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        max_score=max(item.full, Decimal("0.01")),
        stimulus=stimulus,
        raw_format=raw_format,
        notes=list(dict.fromkeys(item.notes)),
    )
