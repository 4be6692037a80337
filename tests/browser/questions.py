"""A question of every kind, and how somebody who knows the answers gives them: by pointer or by keyboard alone."""

import re
from contextlib import suppress
from io import BytesIO

import pytest
import yaml
from PIL import Image, ImageDraw
from playwright.sync_api import TimeoutError as TooLate

from assessments.formats.bodies import body_of
from assessments.formats.markup import Files
from assessments.formats.records import ReadItem
from assessments.formats.writing import write_items
from tests.assessments.interactions.bodies import a_point_for, declared
from tests.browser.answers import exactly, plain


def board():
    """A picture of a notice board with a red notice at its left and a blue one at its right."""
    image = Image.new("RGB", (640, 360), "#f4efe6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 80, 240, 280), fill="#b3261e")
    draw.rectangle((400, 80, 580, 280), fill="#1a4f8b")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


PICTURE = {
    "src": "board.png",
    "width": 640,
    "height": 360,
    "alt": "A board with a red and a blue notice",
}
RED = {"shape": "rect", "coords": [60, 80, 240, 280]}
BLUE = {"shape": "rect", "coords": [400, 80, 580, 280]}
ESSAY = "The clerk checks the claim against the register, writes it down and signs."


def sides(letter, *texts):
    return [{"id": f"{letter}{number}", "text": text} for number, text in enumerate(texts, 1)]


def options(*texts, right=1):
    return [
        {**side, "mark": "1" if number <= right else "0"}
        for number, side in enumerate(sides("o", *texts), 1)
    ]


RULES = (
    "<item>"
    + declared("PLACE", "single", "string", "registry")
    + declared("YEAR", "single", "identifier", "o2")
    + '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/><responseProcessing>'
    + "".join(a_point_for(name) for name in ("PLACE", "YEAR"))
    + "</responseProcessing></item>"
)
SEVERAL = (
    '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="processed" title="processed"'
    ' adaptive="false" timeDependent="false">'
    + RULES.removeprefix("<item>")
    .replace(
        "<responseProcessing>",
        '<itemBody><p>The file was moved to the <textEntryInteraction responseIdentifier="PLACE"/> in:</p>'
        '<choiceInteraction responseIdentifier="YEAR" shuffle="false" maxChoices="1">'
        '<simpleChoice identifier="o1">2021</simpleChoice><simpleChoice identifier="o2">2023</simpleChoice>'
        "</choiceInteraction></itemBody><responseProcessing>",
    )
    .removesuffix("</item>")
    + "</assessmentItem>"
)
MACHINE = {
    "choice": {
        "prompt": "Who answers for a letter that a machine drafted?",
        "options": options("The officer who signs it", "The machine", "Nobody"),
    },
    "choices": {
        "prompt": "Which of these are personal data?",
        "options": options("A phone number", "A land title", "A public holiday", right=2),
    },
    "text": {
        "prompt": "Which book do you check a land claim against?",
        "answers": [{"text": "register"}],
    },
    "number": {
        "prompt": "How many grams are three kilograms?",
        "unit": "g",
        "answers": [{"value": "3000"}],
    },
    "gaps": {
        "prompt": "Complete the note.",
        "text": "<p>The [[g1]] has [[g2]] counties and a [[g3]] for each.</p>",
        "gaps": [
            {"id": "g1", "how": "text", "accepted": [{"text": "country"}]},
            {"id": "g2", "how": "number", "numbers": [{"value": "47"}]},
            {
                "id": "g3",
                "how": "dropdown",
                "options": sides("s", "mayor", "governor"),
                "accepted": [{"text": "s2"}],
            },
        ],
    },
    "gap_match": {
        "prompt": "Put the words where they belong.",
        "text": "<p>[[a]] is kept, [[b]] is shared.</p>",
        "words": sides("w", "A secret", "A notice"),
        "gaps": [{"id": "a", "words": ["w1"]}, {"id": "b", "words": ["w2"]}],
    },
    "match": {
        "prompt": "Is the task fit for a machine's draft?",
        "sources": sides("s", "Minutes of a meeting", "Ranking applicants"),
        "targets": sides("t", "fit", "unfit"),
        "look": "grid",
        "pairs": [{"source": "s1", "target": "t1"}, {"source": "s2", "target": "t2"}],
    },
    "order": {
        "prompt": "What comes first?",
        "things": sides("s", "Read the draft", "Check the claims", "Sign the letter"),
        "order": ["s1", "s2", "s3"],
    },
    "hottext": {
        "prompt": "Mark the names of people.",
        "text": "<p>On [[s1]], [[s2]] met [[s3]] at the store.</p>",
        "spans": sides("s", "Monday", "Achieng", "Otieno"),
        "right": ["s2", "s3"],
    },
    "processed": {
        "prompt": "",  # its text asks
        "text": "<p>The file was moved to the [[PLACE]] in:</p>[[YEAR]]",
        "parts": [
            {
                "id": "PLACE",
                "kind": "text",
                "data": {"prompt": "", "answers": [{"text": "*", "how": "wildcard"}]},
            },
            {
                "id": "YEAR",
                "kind": "choice",
                "data": {
                    "prompt": "",
                    "options": [{**side, "mark": "1"} for side in sides("o", "2021", "2023")],
                },
            },
        ],
        "rules": RULES,
    },
}
PICTURED = {
    "hotspot": {
        "prompt": "Which notice is red?",
        "picture": PICTURE,
        "areas": [{"id": "a1", "label": "left", **RED}, {"id": "a2", "label": "right", **BLUE}],
        "right": ["a1"],
    },
    "graphic_gap_match": {
        "prompt": "What colour has each notice?",
        "picture": PICTURE,
        "labels": sides("l", "red", "blue"),
        "spots": [
            {"id": "p1", "label": "left notice", **RED, "labels": ["l1"]},
            {"id": "p2", "label": "right notice", **BLUE, "labels": ["l2"]},
        ],
    },
}
PEOPLE = {
    "essay": {"prompt": "How does a clerk check a claim?", "lines": 4},
    "upload": {"prompt": "Hand in your note.", "accepts": ["document"]},
    "scale": {
        "prompt": "How do you find this course?",
        "statements": sides("s", "I can use it at work."),
        "points": sides("p", "No", "Partly", "Yes"),
    },
}
ALL = MACHINE | PICTURED | PEOPLE
BY_PROMPT = {plain(data["prompt"]): (kind, data) for kind, data in ALL.items()}


def named(texts, wanted):
    return next(text["text"] for text in texts if text["id"] == wanted)


def choose_options(data):
    return [("choose", "", each["text"]) for each in data["options"] if each["mark"] == "1"]


def tick_right(data):
    return [("tick", "", each) for each in data["right"]]


# how a question is answered fully: (what is done, the end of the control's name, its value) of each control
STEPS = {
    "choice": choose_options,
    "choices": choose_options,
    "text": lambda data: [("type", "", data["answers"][0]["text"])],
    "essay": lambda _data: [("type", "", ESSAY)],
    "number": lambda data: [("type", "-number", data["answers"][0]["value"])],
    "gaps": lambda _data: [
        ("type", "-g1", "country"),
        ("type", "-g2", "47"),
        ("pick", "-g3", "governor"),
    ],
    "gap_match": lambda data: [
        ("pick", f"-{gap['id']}", named(data["words"], gap["words"][0])) for gap in data["gaps"]
    ],
    "graphic_gap_match": lambda data: [
        ("pick", f"-{spot['id']}", named(data["labels"], spot["labels"][0]))
        for spot in data["spots"]
    ],
    "match": lambda data: [
        ("tick", f"-{each['source']}", each["target"]) for each in data["pairs"]
    ],
    "order": lambda data: [("pick", f"-{each}", str(n)) for n, each in enumerate(data["order"], 1)],
    "hottext": tick_right,
    "hotspot": tick_right,
    "scale": lambda _data: [("choose", "", "Yes")],
    "upload": lambda _data: [("bring", "-files", "")],
    "processed": lambda _data: [("type", "-PLACE", "registry"), ("tick", "-YEAR", "o2")],
}


NOTE = {"name": "note.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 Checked, signed."}


def question_of(section):
    """(kind, data) of a question; QTI has no place for the prompt of one that is a text with boxes in it."""
    prompt = plain(section.locator(".quiz-prompt[id]").inner_html())
    if prompt not in BY_PROMPT:
        kind = "processed" if section.locator("[name$='-PLACE']").count() else "gaps"
        return kind, ALL[kind]
    return BY_PROMPT[prompt]


def solve(section):
    """Answer the question of a section by pointer; return its kind."""
    kind, data = question_of(section)
    for what, end, value in STEPS[kind](data):
        field = section.locator(f"[name$='-value{end}']")
        match what:
            case "choose":
                option(section, value).check()
            case "tick":
                field.and_(section.locator(f"[value='{value}']")).check()
            case "type":
                field.fill(value)
            case "pick":
                field.select_option(label=value)
            case "bring":
                with section.page.expect_response("**/files/*/"):
                    field.set_input_files(NOTE)
    return kind


def tab_to(page, element, presses=60):
    """Press Tab until `element` has the focus, as one without a mouse would."""
    for _ in range(presses):
        if element.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {element}")


def option(section, words):
    """The box of an option, whose id its author did not choose."""
    return section.locator("label").filter(has_text=exactly(words)).locator("input")


def press(page, key, element, is_done):
    """Press `key` on `element` until `is_done()`; Chromium now and then lets a key go by."""
    for _ in range(3):
        tab_to(page, element)
        page.keyboard.press(key)
        for _ in range(100):
            if is_done():
                return
            page.wait_for_timeout(100)
    pytest.fail(f"{key} does nothing on {element}")


def tick_by_keyboard(section, box):
    page, name = section.page, box.get_attribute("name")
    if box.get_attribute("type") == "checkbox":
        press(page, "Space", box, box.is_checked)
        return
    group = section.locator(f"[name='{name}'][type=radio]")
    for _ in range(60):  # Tab reaches one of a group
        if group.evaluate_all("all => all.includes(document.activeElement)"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(2 * group.count()):
        if box.is_checked():
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"the keyboard does not choose {box}")


def pick_by_keyboard(field, words):
    """Go down a list until it shows `words`."""
    tab_to(field.page, field)
    for _ in range(2 * field.locator("option").count()):
        if field.locator("option:checked").inner_text() == words:
            return
        field.page.keyboard.press("ArrowDown")
    pytest.fail(f"the keyboard does not pick {words}")


def type_by_keyboard(field, words):
    for _ in range(3):
        tab_to(field.page, field)
        field.page.keyboard.press("Control+A")
        field.page.keyboard.type(words)
        if re.match(exactly(words), field.input_value()):
            return
    pytest.fail(f"the keyboard does not type {words}")


def open_by_keyboard(page, field):
    """The dialog to choose a file from; Chromium now and then lets the first key go by."""
    for _ in range(5):
        tab_to(page, field)
        with suppress(TooLate), page.expect_file_chooser(timeout=4_000) as chooser:
            page.keyboard.press("Enter")
        with suppress(TooLate):
            return chooser.value
    pytest.fail("the keyboard opens no dialog to choose a file from")


def solve_by_keyboard(section):
    """Answer the question of a section by keyboard alone; return its kind."""
    kind, data = question_of(section)
    page = section.page
    for what, end, value in STEPS[kind](data):
        field = section.locator(f"[name$='-value{end}']")
        match what:
            case "choose":
                tick_by_keyboard(section, option(section, value))
            case "tick":
                tick_by_keyboard(section, field.and_(section.locator(f"[value='{value}']")))
            case "pick":
                pick_by_keyboard(field, value)
            case "type":
                type_by_keyboard(field, value)
            case "bring":
                dialog = open_by_keyboard(page, field)
                with page.expect_response("**/files/*/"):
                    dialog.set_files(NOTE)
    return kind


def package(kinds, tag):
    """A QTI 2.1 package of one question of each of `kinds`, as another system would export them."""
    files = Files()
    picture = files.keep("board.png", board())
    items = []
    for kind in kinds:
        data = dict(ALL[kind])
        raw = SEVERAL if kind == "processed" else ""
        if "picture" in data:
            data["picture"] = PICTURE | {"src": picture}
        whole = body_of(kind, data).model_dump(mode="json")
        if "picture" in data:
            whole["picture"] = data["picture"]
        given = {"identifier": kind, "kind": kind, "title": kind, "tags": [tag]}
        items.append(ReadItem(**given, data=whole, raw=raw, raw_format="qti_2_1" if raw else ""))
    return write_items("qti21", items, files.by_key)


COURSE = """---
code: {code}
key: {key}
slug: {key}
title: "{title}"
level: foundations
language: en
hours: 1
audience: "Officers who try the platform."
summary: "A quiz with questions of every kind."
outcomes: ["Answer for what you sign"]
competencies: [CS-D1.1]
digcomp: ["1.2"]
prerequisites: []
award_title: "{title}"
---

A short course.
"""


def write_course(folder, key, title, questions, **rules):
    """A course folder with one module that ends in a quiz of all `questions`: {kind: data}."""
    module = folder / "1-check"
    module.mkdir(parents=True)
    (folder / "course.md").write_text(COURSE.format(code=key.upper(), key=key, title=title))
    (module / "module.md").write_text(
        f'---\nkey: {key}-m1\ntitle: "{title}: check"\nsummary: "One quiz."\n---\n'
    )
    quiz = {
        "key": f"{key}-q1",
        "title": f"Check: {title}",
        "draw": len(questions),
        "questions": [
            {"id": f"{key}-{kind}", "kind": kind, "prompt": data["prompt"], "body": data}
            for kind, data in questions.items()
        ],
        **rules,
    }
    (module / "quiz.yaml").write_text(yaml.safe_dump(quiz, sort_keys=False))
    return folder
