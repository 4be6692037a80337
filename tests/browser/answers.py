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


def answer(page):
    """Fill in the question that `page` shows."""
    question = QUESTIONS[plain(page.inner_html(".quiz-prompt"))]
    match question["kind"]:
        case "choice" | "choices":
            for option in question["options"]:
                if option.get("correct"):
                    page.locator(".options label").filter(has_text=exactly(option["text"])).locator(
                        "input"
                    ).check()
        case "number":
            page.fill("[name=value]", str(question["answer"]))
        case "match":
            for pair in question["pairs"]:
                place(page, pair["left"], pair["right"])
        case "order":
            for number, item in enumerate(question["items"], start=1):
                place(page, item, str(number))


def exactly(text):
    return re.compile(rf"^\s*{re.escape(text)}\s*$")


def place(page, left, right):
    row = page.locator(".match > div").filter(has=page.locator("label", has_text=exactly(left)))
    row.locator("select").select_option(label=right)
