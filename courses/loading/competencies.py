"""The competency frameworks that ship with the product."""

import csv
from pathlib import Path

from django.db import transaction

from courses.models import Competency

DATA = Path(__file__).parents[1] / "data"


@transaction.atomic
def load_competencies() -> int:
    """Make what is missing and return how many competencies there are; an edited one stays as edited."""
    with (DATA / "competencies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:  # parents may be of another framework and come first in the file
        Competency.objects.get_or_create(
            framework=row["scheme"],
            code=row["code"],
            defaults={
                "title": row["name"],
                "parent": _parent(row) if row["parent"] else None,
            },
        )
    return Competency.objects.count()


def _parent(row: dict[str, str]) -> Competency | None:
    """The parent that the file names: of the row's own framework, else of another."""
    named = Competency.objects.filter(code=row["parent"])
    return named.filter(framework=row["scheme"]).first() or named.first()
