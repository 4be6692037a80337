"""Moodle's backups (.mbz): the questions of `questions.xml`, written anew as question XML and read as that.

In a backup each type keeps its own tables under `plugin_qtype_<type>_question`; Moodle 4 wraps questions in
`question_bank_entry/question_versions`. Files lie under `files/ab/ab…`, told by `files.xml`.
"""

import base64

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.gift import category_path
from assessments.formats.markup import Files
from assessments.formats.moodle.questions import read_questions
from assessments.formats.records import NotReadableError, Package
from assessments.formats.xml import parse_xml

_FORMATS = {"0": "moodle_auto_format", "1": "html", "2": "plain_text", "4": "markdown"}
_NULL = "$@NULL@$"


def _value(element: etree._Element | None, path: str, default: str = "") -> str:
    if element is None:
        return default
    found = element.findtext(path)
    return default if found is None or found == _NULL else found.strip()


class _Held:
    """The files of a backup by the area and number of what they belong to."""

    def __init__(self, files: dict[str, bytes]):
        self._by_place: dict[tuple[str, str], list[tuple[str, str, bytes]]] = {}
        listed = files.get("files.xml")
        if not listed:
            return
        for held in parse_xml(listed).iter("file"):
            digest, name = _value(held, "contenthash"), _value(held, "filename")
            data = files.get(f"files/{digest[:2]}/{digest}")
            if data is not None and name and name != ".":
                place = (_value(held, "filearea"), _value(held, "itemid"))
                self._by_place.setdefault(place, []).append(
                    (_value(held, "filepath", "/"), name, data)
                )

    def add(self, part: etree._Element, area: str, number: str) -> None:
        for path, name, data in self._by_place.get((area, number), []):
            held = etree.SubElement(part, "file", name=name, path=path, encoding="base64")
            held.text = base64.b64encode(data).decode()


def _part(parent: etree._Element, tag: str, text: str, form: str | None = None) -> etree._Element:
    part = etree.SubElement(parent, tag)
    if form is not None:
        part.set("format", _FORMATS.get(form, "html"))
    etree.SubElement(part, "text").text = text
    return part


def _plain(parent: etree._Element, tag: str, text: str) -> etree._Element:
    part = etree.SubElement(parent, tag)
    part.text = text
    return part


def _answers(
    source: etree._Element, question: etree._Element, held: _Held
) -> dict[str, etree._Element]:
    made = {}
    for answer in source.iterfind(".//answers/answer"):
        number = answer.get("id", "")
        fraction = float(_value(answer, "fraction", "0") or 0) * 100
        part = etree.SubElement(question, "answer", fraction=f"{fraction:.5f}")
        part.set("format", _FORMATS.get(_value(answer, "answerformat", "0"), "html"))
        etree.SubElement(part, "text").text = _value(answer, "answertext")
        held.add(part, "answer", number)
        feedback = _part(
            part, "feedback", _value(answer, "feedback"), _value(answer, "feedbackformat", "1")
        )
        held.add(feedback, "answerfeedback", number)
        made[number] = part
    return made


def _options(source: etree._Element, question: etree._Element, kind: str, held: _Held) -> None:  # noqa: C901  one branch for each case of the format
    """Copy the settings of a type, whose names are the same in both formats but for a few."""
    number = source.get("id", "")
    plugin = source.find(f"plugin_qtype_{kind}_question")
    if plugin is None:
        return
    answers = _answers(plugin, question, held)
    for settings in plugin.iter(
        kind, f"{kind}_options", "numerical_option", "matchoptions", "match_options"
    ):
        for setting in settings:
            if len(setting) == 0 and question.find(setting.tag) is None:
                _plain(question, setting.tag, "" if setting.text == _NULL else setting.text or "")
    for record in plugin.iter("numerical_record", "calculated_record"):
        part = answers.get(_value(record, "answer"))
        if part is not None:
            for name in ("tolerance", "tolerancetype"):
                _plain(part, name, _value(record, name, "0"))
    for unit in plugin.iterfind(".//numerical_units/numerical_unit"):
        units = question.find("units")
        units = etree.SubElement(question, "units") if units is None else units
        made = etree.SubElement(units, "unit")
        _plain(made, "multiplier", _value(unit, "multiplier", "1"))
        _plain(made, "unit_name", _value(unit, "unit"))
    for pair in plugin.iterfind(".//matches/match"):
        form = _value(pair, "questiontextformat", "1")
        made = _part(question, "subquestion", _value(pair, "questiontext"), form)
        held.add(made, "subquestion", pair.get("id", ""))
        _part(made, "answer", _value(pair, "answertext"))
    _datasets(plugin, question)
    guide = question.find("graderinfo")
    if guide is not None:
        guide.set("format", _FORMATS.get(_value(question, "graderinfoformat", "1"), "html"))
        held.add(guide, "graderinfo", number)
    _drags(plugin, question, kind, held, number)


def _datasets(plugin: etree._Element, question: etree._Element) -> None:
    sets = plugin.findall(".//dataset_definitions/dataset_definition")
    if not sets:
        return
    made = etree.SubElement(question, "dataset_definitions")
    for each in sets:
        definition = etree.SubElement(made, "dataset_definition")
        _part(definition, "name", _value(each, "name"))
        kind, low, high, decimals = [*_value(each, "options").split(":"), "", "", "", ""][:4]
        for tag, text in zip(
            ("distribution", "minimum", "maximum", "decimals"),
            (kind, low, high, decimals),
            strict=True,
        ):
            _part(definition, tag, text)
        items = etree.SubElement(definition, "dataset_items")
        for item in each.iterfind(".//dataset_item"):
            row = etree.SubElement(items, "dataset_item")
            _plain(row, "number", _value(item, "number"))
            _plain(row, "value", _value(item, "value"))


def _drags(
    plugin: etree._Element, question: etree._Element, kind: str, held: _Held, number: str
) -> None:
    """Questions on pictures, and words into gaps: their choices are answers in a backup."""
    if kind in {"gapselect", "ddwtos"}:
        tag = "selectoption" if kind == "gapselect" else "dragbox"
        for answer in question.findall("answer"):
            made = etree.SubElement(question, tag)
            etree.SubElement(made, "text").text = answer.findtext("text")
            settings = answer.findtext("feedback/text") or ""
            group = settings if settings.isdigit() else "1"
            if kind == "ddwtos" and 's:9:"draggroup"' in settings:
                group = (
                    settings.split('s:9:"draggroup";')[1].split('"')[1] if '"' in settings else "1"
                )
            _plain(made, "group", group)
            question.remove(answer)
    for tag in ("drag", "drop"):
        for each in plugin.iter(tag):
            made = etree.SubElement(question, tag)
            for setting in each:
                name = {
                    "label": "text" if tag == "drag" or kind == "ddimageortext" else "label"
                }.get(setting.tag, setting.tag)
                if name == "infinite" and _value(each, "infinite") == "0":
                    continue
                _plain(made, name, "" if setting.text == _NULL else setting.text or "")
            held.add(made, "dragimage", each.get("id", ""))
    if kind in {"ddmarker", "ddimageortext"}:
        held.add(question, "bgimage", number)


def _as_question(
    source: etree._Element, held: _Held, by_number: dict[str, etree._Element]
) -> etree._Element:
    """Return a question of a backup as an element of question XML."""
    kind, number = _value(source, "qtype"), source.get("id", "")
    question = etree.Element("question", type=kind)
    question.sourceline = source.sourceline
    _part(question, "name", _value(source, "name"))
    text = _value(source, "questiontext")
    if kind == "multianswer":
        text = _embedded(source, text, by_number)
    part = _part(question, "questiontext", text, _value(source, "questiontextformat", "1"))
    held.add(part, "questiontext", number)
    general = _part(
        question,
        "generalfeedback",
        _value(source, "generalfeedback"),
        _value(source, "generalfeedbackformat", "1"),
    )
    held.add(general, "generalfeedback", number)
    _plain(question, "defaultgrade", _value(source, "defaultmark", "1"))
    for hint in source.iterfind(".//question_hints/question_hint"):
        _part(question, "hint", _value(hint, "hint"), _value(hint, "hintformat", "1"))
    tags = etree.SubElement(question, "tags")
    for tag in source.iterfind(".//tags/tag"):
        _part(tags, "tag", _value(tag, "rawname") or _value(tag, "name"))
    _options(source, question, kind, held)
    return question


def _embedded(source: etree._Element, text: str, by_number: dict[str, etree._Element]) -> str:
    """Return the text of embedded answers with `{#1}` replaced by what question 1 of its sequence says itself."""
    sequence = _value(source, ".//multianswer/sequence").split(",")
    for place, number in enumerate(sequence, 1):
        child = by_number.get(number.strip())
        if child is not None:
            text = text.replace(f"{{#{place}}}", _value(child, "questiontext"))
    return text


def read_backup(files: dict[str, bytes]) -> Package:
    """Read the unpacked files of a backup. Lines are those of its `questions.xml`."""
    root = parse_xml(files["questions.xml"])
    sources = list(root.iter("question"))
    by_number = {source.get("id", ""): source for source in sources}
    held = _Held(files)
    elements = []
    for category in root.iter("question_category"):
        marker = etree.Element("question", type="category")
        _part(marker, "category", category_path(_value(category, "name")))
        members = [each for each in _latest(category) if _value(each, "parent", "0") in {"0", ""}]
        if members:
            elements += [marker, *(_as_question(each, held, by_number) for each in members)]
    if not elements:
        raise NotReadableError(
            _(
                "The backup holds no questions. In Moodle, tick “Include question bank” when you make it."
            )
        )
    package, kept = Package(), Files()
    read_questions(elements, package, kept)
    package.files = kept.by_key
    return package


def _latest(category: etree._Element) -> list[etree._Element]:
    """Return the newest version of each question of a category; before Moodle 4 there is but one."""
    entries = list(category.iter("question_bank_entry"))
    if not entries:
        return list(category.iter("question"))
    return [versions[-1] for entry in entries if (versions := list(entry.iter("question")))]
