"""Loading a module's quiz from `quiz.yaml`."""

import json
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import yaml
from django.core.exceptions import ValidationError

from assessments.models import QuizPage
from courses.loading.course import Report, save_page
from courses.loading.markdown import to_html
from courses.models import ModulePage


def _item_value(question: dict) -> dict:
    """The block value of a question as written in YAML."""
    common = {
        "identifier": question["id"],
        "prompt": to_html(question["prompt"]),
        "feedback": to_html(question.get("feedback", "")),
    }
    match question["kind"]:
        case "choice" | "choices":
            options = [
                {
                    "text": option["text"],
                    "correct": bool(option.get("correct")),
                    "feedback": option.get("feedback", ""),
                }
                for option in question["options"]
            ]
            return {**common, "options": options}
        case "number":
            return {
                **common,
                "answer": str(question["answer"]),
                "tolerance": str(question.get("tolerance", 0)),
                "unit": question.get("unit", ""),
            }
        case "match":
            return {
                **common,
                "pairs": question["pairs"],
                "distractors": question.get("distractors", []),
            }
        case "order":
            return {**common, "items": question["items"]}
        case kind:
            raise ValidationError(f"{question['id']}: there is no kind of question called {kind}.")


def load_quiz(module: ModulePage, path: Path, report: Report) -> QuizPage:
    """Create or update the quiz that `path` describes; ValidationError names the question at fault."""
    source = path.read_text(encoding="utf-8")
    try:
        facts = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise ValidationError(f"{path}: this is not YAML: {error}") from error
    try:
        items = [
            {
                "type": question["kind"],
                "value": _item_value(question),
                "id": str(uuid5(NAMESPACE_URL, question["id"])),
            }
            for question in facts["questions"]
        ]
    except KeyError as error:
        raise ValidationError(f"{path}: a question lacks {error}.") from error
    return save_page(
        QuizPage,
        module,
        key=facts["key"],
        source=source,
        report=report,
        title=facts["title"],
        slug=facts["key"],
        summary=facts.get("summary", ""),
        minutes=facts.get("minutes", 8),
        draw=facts.get("draw", 8),
        tries=facts.get("attempts", 2),
        pass_mark=facts.get("pass_mark", 70),
        items=json.dumps(items),
    )
