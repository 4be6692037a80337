"""GIFT, Aiken and our own table: what is read, and the line and sentence of what is not."""

from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from assessments.formats.reading import read_package
from assessments.formats.writing import write_items
from tests.assessments.formats.examples import accepted, example, options, whole

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30
)


def read(text, name="bank.txt"):
    return read_package(name, text.encode() if isinstance(text, str) else text)


def only(text):
    package = read(text)
    assert (package.refused, package.unsupported) == ([], [])
    [item] = package.items
    return item


@pytest.mark.parametrize(
    ("source", "kind", "part"),
    [
        ("Where? {=Nairobi ~Kisumu}", "choice", {"options": [("Nairobi", "1"), ("Kisumu", "0")]}),
        ("Where? {~%50%Kisumu =Nairobi}", "choice", {"options": [("Kisumu", "0.5"), ("Nairobi", "1")]}),
        ("Which? {~%50%A ~%50%B ~%-100%C}", "choices", {"options": [("A", "0.5"), ("B", "0.5"), ("C", "-1")]}),
        ("Kenya has 47 counties. {T}", "choice", {"options": [("True", "1"), ("False", "0")]}),
        ("It lies {=on ~under} the equator.", "choice", {"prompt": "It lies _____ the equator."}),
        ("Capital? {=Nairobi =%50%Mji wa Nairobi}", "text", {"answers": [("Nairobi", "1"), ("Mji wa Nairobi", "0.5")]}),
        ("Capital? {=Nai*}", "text", {"answers": [("Nai*", "1")]}),
        ("Counties? {#47}", "number", {"answers": [("47", "0")]}),
        ("VAT? {#16:0.5}", "number", {"answers": [("16", "0.5")]}),
        ("VAT? {#=16:0 =%50%16:1}", "number", {"answers": [("16", "0"), ("16", "1")]}),
        ("Match. {=Kenya -> Nairobi =Uganda -> Kampala = -> Kigali}", "match", {"targets": ["Nairobi", "Kampala", "Kigali"]}),
        ("Explain. {}", "essay", {"prompt": "Explain."}),
        ("[markdown]Is it **law**? {F}", "choice", {"prompt": "Is it <strong>law</strong>?"}),
        ("Is a \\{ b \\= c\\: d? {T}", "choice", {"prompt": "Is a { b = c: d?"}),
        ("A {=b} and a {=d ~e}.", "gaps", {"text": "A [[1]] and a [[2]] ."}),
    ],
)  # fmt: skip
def test_gift_reads_each_of_its_types(source, kind, part):
    item = only(source)

    assert item.kind == kind
    [(name, wanted)] = part.items()
    found = item.data[name]
    if name == "options":
        found = [(option["text"], option["mark"]) for option in found]
    elif name == "answers" and kind == "text":
        found = [(answer["text"], answer["mark"]) for answer in found]
    elif name == "answers":
        found = [(answer["value"], answer["tolerance"]) for answer in found]
    elif name == "targets":
        found = [target["text"] for target in found]
    assert found == wanted


def test_gift_keeps_titles_identifiers_tags_categories_and_feedback():
    item = only(
        "$CATEGORY: $course$/top/Law/County\n\n// [id:q-1] [tag:devolution]\n::Seat::Where? {=Here#Yes ~There#No ####Article 6}"
    )

    assert (item.identifier, item.title, item.tags, item.category, item.line) == (
        "q-1",
        "Seat",
        ["devolution"],
        "Law/County",
        4,
    )
    assert [option["feedback"] for option in item.data["options"]] == ["Yes", "No"]
    assert item.data["feedback"] == "Article 6"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("Good {T}\n\n::Bad:: Where? {=a ~b", 3, "write “}” behind the last"),
        ("Good {T}\n\nBad } here", 3, "a “}” without a “{”"),
        ("Good {T}\n\nBad {~a ~b}", 3, "Write “=” before the right one"),
        ("Good {T}\n\nBad {#many}", 3, "“many” is no number"),
        ("Good {T}\n\nBad {one =two}", 3, "stands before the first answer"),
        ("Good {T}\n\nBad {=a -> b}", 3, "two pairs or more"),
        ("Good {T}\n\nBad {=a -> b =c -> b}", 3, "the same right side"),
    ],
)
def test_gift_refuses_a_bad_question_with_its_line_and_reads_the_others(source, line, words):
    package = read(source)

    assert len(package.items) == 1
    [refused] = package.refused
    assert refused.line == line
    assert words in refused.reason


def test_gift_goes_on_after_a_brace_that_was_never_closed():
    package = read("::One::Where? {=a ~b\n\n::Two::Who? {=c ~d}\n")

    assert [item.title for item in package.items] == ["Two"]
    assert [refused.line for refused in package.refused] == [1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_told_apart(encoding):
    item = only("Où est l'équateur? {=près de Nanyuki ~à Mombasa}".encode(encoding))

    assert item.data["prompt"] == "Où est l'équateur?"


@given(prompt=WORDS, right=WORDS, wrong=WORDS, feedback=WORDS)
def test_gift_carries_any_sign_there_and_back(prompt, right, wrong, feedback):
    from assessments.formats.text import to_html

    texts = [to_html(text, "plain") for text in (right, wrong, feedback)]
    body = {
        "prompt": to_html(prompt, "plain"),
        "options": options((texts[0], "1", texts[2]), (texts[1], "0", "")),
    }
    item = example("choice", data=whole("choice", body))
    [again] = read_package("x", write_items("gift", [item], {}).data).items

    assert again.data["prompt"] == body["prompt"]
    assert [option["text"] for option in again.data["options"]] == texts[:2]
    assert again.data["options"][0]["feedback"] == texts[2]


AIKEN = """Who appoints judges?
A. The President
B) The Chief Justice
ANSWER: A

No options here
ANSWER: A

Where is Lodwar?
A. Turkana
B. Kwale

Where is Kwale?
A. On the coast
B. In the north
ANSWER: C
"""


def test_aiken_reads_good_questions_and_tells_the_line_of_bad_ones():
    package = read(AIKEN)

    assert [(item.line, item.kind) for item in package.items] == [(1, "choice")]
    assert [(refused.line, refused.reason.split(".")[0]) for refused in package.refused] == [
        (6, "There are fewer than two options"),
        (9, "The right answer is missing"),
        (13, "“ANSWER: C” names no option"),
    ]


PLAIN = """Quiz title: Law

Title: Seat
Points: 2
1. Where is **parliament**?
*a) Nairobi
b) Kisumu
... It was never there.

2. Which border Nairobi?
[*] Kiambu
[ ] Mombasa

3. How many counties?
= 47 +- 1

4. Capital?
*   Nairobi

5. Explain.
____

6. No answers here
"""


def test_plain_text_as_text2qti_has_it():
    package = read(PLAIN)

    assert [(item.kind, item.line) for item in package.items] == [
        ("choice", 5),
        ("choices", 10),
        ("number", 14),
        ("text", 17),
        ("essay", 20),
    ]
    first = package.items[0]
    assert (first.title, first.max_score, first.data["prompt"]) == (
        "Seat",
        Decimal(2),
        "Where is <strong>parliament</strong>?",
    )
    assert [option["feedback"] for option in first.data["options"]] == ["", "It was never there."]
    assert [(refused.line, refused.reason.split(".")[0]) for refused in package.refused] == [
        (23, "The question has no answers")
    ]


TABLE = """identifier;kind;prompt;option_1;option_2;option_3;right;points;tags;level;feedback_1
seat;choice;Where?;Nairobi;Kisumu;;1;2;law, seat;foundations;Yes
both;choices;Which?;Kwale;Kilifi;Embu;1,2;;;;
sum;number;2 + 2?;;;;4;;;;
word;text;Capital?;;;;Nairobi;;;;
pair;match;Match.;Kenya -> Nairobi;Uganda -> Kampala;;;;;;
steps;order;In order.;Plan;Buy;Pay;;;;;
;essay;Explain.;;;;;;;;
bad;choice;Where?;Nairobi;Kisumu;;3;;;;
odd;quiz;Where?;;;;;;;;
"""


def test_a_table_is_read_row_by_row():
    package = read(TABLE, "bank.csv")

    assert [item.kind for item in package.items] == [
        "choice",
        "choices",
        "number",
        "text",
        "match",
        "order",
        "essay",
    ]
    first = package.items[0]
    assert (first.line, first.max_score, first.tags) == (
        2,
        Decimal(2),
        ["law", "seat", "level:foundations"],
    )
    assert [(refused.line, refused.reason.split(":")[0]) for refused in package.refused] == [
        (9, "Column “right”"),
        (10, "Column “kind”"),
    ]


def test_a_table_may_be_an_excel_file():
    book = Workbook()
    for row in TABLE.splitlines():
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row.split(";")])
    held = BytesIO()
    book.save(held)

    assert [item.data for item in read(held.getvalue()).items] == [
        item.data for item in read(TABLE).items
    ]


def test_formulas_are_not_written_into_spreadsheets():
    item = example("text", data=whole("text", {"prompt": "=1+1", "answers": [accepted("=cmd()")]}))

    assert b",=" not in write_items("csv", [item], {}).data
