"""Moodle's question XML: https://docs.moodle.org/en/Moodle_XML_format, as Moodle 3 and 4 write it.

`read_moodle_xml` goes through the questions; `moodle.kinds` makes one of our kinds of each.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.gift import category_path
from assessments.formats.markup import Files
from assessments.formats.moodle.cloze import decimal_of
from assessments.formats.moodle.kinds import kind_and_data
from assessments.formats.moodle.question import Question, inner_text
from assessments.formats.records import NotReadableError, Package, ReadItem, take
from assessments.formats.text import name_by_content, name_from, title_from
from assessments.formats.xml import local, parse_xml, source_of


def _item(question: Question, category: str) -> ReadItem:
    kind, data = kind_and_data(question)
    hints = [question.html(hint) for hint in question.all("hint")]
    common = {
        "prompt": question.text,
        "feedback": question.html(question.element.find("generalfeedback")),
        "hints": [hint for hint in hints if hint],
    }
    name, number = question.value("name"), question.value("idnumber")
    points = question.value("defaultgrade") or question.value("defaultmark") or "1"
    body = {**common, **data}
    return ReadItem(
        identifier=name_from(number, name) if number or name else name_by_content(question.text),
        kind=kind,
        title=name or title_from(body["prompt"] or body.get("text", "")),
        data=body,
        tags=[inner_text(tag) for tag in question.all("tags/tag") if inner_text(tag)],
        category=category,
        max_score=decimal_of(points) if Decimal(points or 1) > 0 else Decimal(1),
        raw_format="moodle_xml",
        notes=question.notes,
    )


def read_questions(elements: list[etree._Element], package: Package, files: Files) -> None:
    """Read `<question>` elements into `package`, in their order, each in the category told before it."""
    category = ""
    for element in elements:
        question = Question(element, files)
        if question.kind == "category":
            category = category_path(question.value("category"))
            continue
        title = question.value("name")
        take(
            package,
            lambda question=question, category=category: _item(question, category),
            identifier=name_from(question.value("idnumber"), title or "question"),
            kind=question.kind,
            line=element.sourceline or 1,
            raw=source_of(element),
        )


def read_moodle_xml(data: bytes) -> Package:
    """Read a file of Moodle's question XML; its line is that of `<question>`."""
    root = parse_xml(data)
    elements = [element for element in root.iter("question") if local(element) == "question"]
    if not elements:
        raise NotReadableError(
            _("The file has no <question>. Export the questions from Moodle once more.")
        )
    package, files = Package(), Files()
    read_questions(elements, package, files)
    package.files = files.by_key
    return package
