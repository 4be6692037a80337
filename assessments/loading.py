"""Loading a module's quiz from `quiz.yaml`: its questions go into the course's bank, the quiz draws from them."""

import json
from pathlib import Path
from string import ascii_lowercase
from uuid import NAMESPACE_URL, uuid5

import yaml
from django.core.exceptions import ValidationError
from django.utils.html import escape

from assessments.domain.items import save_item
from assessments.interactions import KINDS
from assessments.models import ItemBank, QuizPage
from courses.loading.course import Report, save_page
from courses.loading.markdown import to_html
from courses.models import CoursePage, ModulePage
from lms.organisations.loading import load_organisations
from lms.organisations.models import Kind, Organisation


def _sides(texts: list[str], prefix: str = "") -> list[dict]:
    return [
        {"id": f"{prefix}{letter}", "text": escape(text)}
        for letter, text in zip(ascii_lowercase, texts, strict=False)
    ]


def _choice(question: dict) -> dict:
    rights = [option for option in question["options"] if option.get("correct")]
    if not rights:
        raise ValidationError(f"{question['id']}: mark a right answer with `correct: true`.")
    sides = _sides([option["text"] for option in question["options"]])
    return {
        "options": [
            side
            | {
                "mark": int(bool(option.get("correct"))),
                "feedback": escape(option.get("feedback", "")),
            }
            for side, option in zip(sides, question["options"], strict=True)
        ]
    }


def _number(question: dict) -> dict:
    accepted = {
        "value": str(question["answer"]),
        "tolerance": str(question.get("tolerance", 0)),
    }
    return {"answers": [accepted], "unit": question.get("unit", "")}


def _match(question: dict) -> dict:
    rights = [pair["right"] for pair in question["pairs"]] + question.get("distractors", [])
    targets = _sides(list(dict.fromkeys(rights)), "t-")
    ids = {side["text"]: side["id"] for side in targets}
    sources = _sides([pair["left"] for pair in question["pairs"]], "s-")
    return {
        "sources": sources,
        "targets": targets,
        "pairs": [
            {"source": side["id"], "target": ids[escape(pair["right"])]}
            for side, pair in zip(sources, question["pairs"], strict=True)
        ],
    }


def _order(question: dict) -> dict:
    # ids that tell nothing of the order, and stay as long as the words do
    names = [f"t-{uuid5(NAMESPACE_URL, text).hex[:8]}" for text in question["items"]]
    things = [
        {"id": name, "text": escape(text)}
        for name, text in zip(names, question["items"], strict=True)
    ]
    return {"things": sorted(things, key=lambda thing: thing["id"]), "order": names}


SHORTHANDS = {
    "choice": _choice,
    "choices": _choice,
    "number": _number,
    "match": _match,
    "order": _order,
}


def _body(question: dict):
    """The body of a question: written in full under `body`, or in the shorthand of its kind."""
    kind = question["kind"]
    if kind not in KINDS:
        raise ValidationError(f"{question['id']}: there is no kind of question called {kind}.")
    if "body" in question:
        data = question["body"]
    elif kind in SHORTHANDS:
        data = SHORTHANDS[kind](question)
    else:
        raise ValidationError(f"{question['id']}: write this kind of question under `body`.")
    common = {
        "prompt": to_html(question["prompt"]),
        "feedback": to_html(question.get("feedback", "")),
        "hints": [to_html(hint) for hint in question.get("hints", [])],
    }
    try:
        return KINDS[kind].body.model_validate(common | data)
    except ValueError as error:
        raise ValidationError(f"{question['id']}: {error}") from error


def _bank(course: CoursePage) -> ItemBank:
    """The bank of a course's questions, looked after by the Centre."""
    centre = Organisation.objects.filter(kind=Kind.CENTRE).first()
    if centre is None:
        load_organisations()
        centre = Organisation.objects.get(kind=Kind.CENTRE)
    bank, _created = ItemBank.objects.get_or_create(
        slug=course.slug[:64],
        defaults={"name": f"{course.code} {course.title}"[:120], "organisation": centre},
    )
    return bank


def _save_questions(bank: ItemBank, facts: dict, codes: list[str]) -> None:
    for question in facts["questions"]:
        save_item(
            bank,
            identifier=question["id"],
            kind=question["kind"],
            body=_body(question),
            language=facts.get("language", "en"),
            tags=[facts["key"], *question.get("tags", [])],
            competencies=question.get("competencies", codes),
            difficulty=question.get("level", "medium"),
            level=question.get("course_level", ""),
        )


def load_quiz(module: ModulePage, path: Path, report: Report) -> QuizPage:
    """Create or update the quiz that `path` describes; ValidationError names the question at fault."""
    source = path.read_text(encoding="utf-8")
    try:
        facts = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise ValidationError(f"{path}: this is not YAML: {error}") from error
    course = CoursePage.objects.ancestor_of(module).get()
    bank = _bank(course)
    draw = {
        "bank": bank.pk,
        "tags": facts["key"],
        "difficulty": "",
        "level": "",
        "count": facts.get("draw", 8),
        "points": "1",
    }
    section = {
        "title": "",
        "instructions": "",
        "items": [{"type": "draw", "value": draw, "id": str(uuid5(NAMESPACE_URL, facts["key"]))}],
        "is_shuffled": True,
    }
    page = save_page(
        QuizPage,
        module,
        key=facts["key"],
        source=source,
        report=report,
        title=facts["title"],
        slug=facts["key"],
        summary=facts.get("summary", ""),
        minutes=facts.get("minutes", 8),
        tries=facts.get("attempts", 2),
        pass_mark=facts.get("pass_mark", 70),
        sections=json.dumps([{"type": "section", "value": section}]),
        **facts.get("rules", {}),
    )
    if facts["key"] not in report.unchanged:
        codes = [code.strip() for code in course.competencies.split(",") if code.strip()]
        try:
            _save_questions(bank, facts, codes)
        except KeyError as error:
            raise ValidationError(f"{path}: a question lacks {error}.") from error
    return page
