"""What a learner who knows everything would answer: the keys of the course files."""

import html
import re

import yaml

from courses.loading.markdown import to_html
from labs.domain.loading import read_master
from lms.operations.demo import COURSES


def plain(text):
    """Words alone, for finding a question again on a page."""
    return re.sub(r"\W+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip().lower()


QUESTIONS = {
    plain(to_html(question["prompt"])): question
    for path in COURSES.glob("f2/*/quiz.yaml")
    for question in yaml.safe_load(path.read_text())["questions"]
}


def solved_notebook(name):
    """The notebook of lab `name`, as its author solved it."""
    return read_master(next(COURSES.glob(f"*/*/lab-{name}")) / "master.py")


def answer(question):
    """Fill in one question, a locator of its section, and return what its author calls it."""
    facts = QUESTIONS[plain(question.locator(".quiz-prompt").first.inner_html())]
    match facts["kind"]:
        case "choice" | "choices":
            for option in facts["options"]:
                if option.get("correct"):
                    question.locator(".options label").filter(
                        has_text=exactly(option["text"])
                    ).locator("input").check()
        case "number":
            question.locator("input[name$=-number]").fill(str(facts["answer"]))
        case "match":
            for pair in facts["pairs"]:
                place(question, ".match > div", pair["left"], pair["right"])
        case "order":
            for number, item in enumerate(facts["items"], start=1):
                place(question, ".order > li", item, str(number))
    return facts["id"]


def exactly(text):
    return re.compile(rf"^\s*{re.escape(text)}\s*$")


def place(question, row, left, right):
    rows = question.locator(row)
    rows.filter(has=question.page.locator("label", has_text=exactly(left))).locator(
        "select"
    ).first.select_option(label=right)
