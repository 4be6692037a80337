"""Loading a practical from the `practical.yaml` in which its author wrote it."""

import json
from pathlib import Path

import yaml
from django.core.exceptions import ValidationError

from courses.loading.course import Report, save_page
from courses.loading.markdown import to_blocks
from courses.models import ModulePage
from practicals.models import OpensAfter, PracticalPage

REQUIRED = ("key", "title", "minutes", "days_needed", "hours")


def load_practical(module: ModulePage, path: Path, report: Report | None = None) -> PracticalPage:
    """Create or update the practical that the file describes. Raises ValidationError naming the file."""
    text = path.read_text(encoding="utf-8")
    try:
        facts = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ValidationError(f"{path}: this is not YAML: {error}") from error
    if missing := [name for name in REQUIRED if name not in facts]:
        raise ValidationError(f"{path}: the facts lack {', '.join(missing)}.")
    opens_after = facts.get("opens_after", OpensAfter.ALL)
    if opens_after not in OpensAfter.values:
        raise ValidationError(
            f"{path}: opens_after is one of {', '.join(OpensAfter.values)}, not {opens_after}."
        )
    key = facts["key"]
    return save_page(
        PracticalPage,
        module,
        key=key,
        source=text,
        report=report or Report(),
        title=facts["title"],
        slug=key,
        summary=facts.get("summary", ""),
        minutes=facts["minutes"],
        days_needed=facts["days_needed"],
        hours=facts["hours"],
        opens_after=opens_after,
        what_to_bring="\n".join(facts.get("what_to_bring", [])),
        travel_note=facts.get("travel_note", ""),
        about=json.dumps(to_blocks(facts.get("about", ""), key=key, folder=path.parent)),
    )
