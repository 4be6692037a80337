"""What ships with the product: the Centre, its countries, Kenya's ministries, counties and job grades."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from lms.organisations.models import JobGrade, Kind, Organisation

DATA = Path(__file__).parent / "data"
EXECUTIVE_ORDER_1_2025 = date(2025, 1, 1)


def _rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _below(parent, *, name, kind, slug="", **values):
    """The organisation `slug` below `parent`, made if it is not there; an edited one stays as edited."""
    slug = (slug or slugify(name))[:100]
    found = Organisation.objects.filter(slug=slug).first()
    if found:
        return found
    values.setdefault("country_code", parent.country_code)
    values.setdefault("time_zone", parent.time_zone)
    parent = Organisation.objects.get(pk=parent.pk)  # treebeard counts children on the instance
    return parent.add_child(name=name, slug=slug, kind=kind, **values)


@transaction.atomic
def load_organisations():
    """Make what is missing of the tree and return how many organisations there are; harmless to repeat."""
    centre = Organisation.objects.filter(kind=Kind.CENTRE).first() or Organisation.add_root(
        name="Regional Centre of Competence for Digital and AI Skilling",
        slug="centre",
        kind=Kind.CENTRE,
        country_code="KE",
    )
    for row in _rows("partner_countries.csv"):
        _below(
            centre,
            name=row["name"],
            slug=slugify(row["name"]),
            kind=Kind.COUNTRY,
            country_code=row["iso2"],
            code=row["iso3"],
            time_zone=row["time_zone"],
        )
    kenya = Organisation.objects.get(slug="kenya")
    for row in _rows("kenya_state_departments.csv"):
        ministry = _below(
            kenya,
            name=row["ministry_or_office"],
            kind=Kind.MINISTRY,
            valid_from=EXECUTIVE_ORDER_1_2025,
        )
        if row["unit"] != row["ministry_or_office"]:
            _below(
                ministry, name=row["unit"], kind=Kind.DEPARTMENT, valid_from=EXECUTIVE_ORDER_1_2025
            )
    for row in _rows("kenya_counties.csv"):
        _below(
            kenya,
            name=f"{row['name']} County",
            slug=f"county-{slugify(row['name'])}",
            kind=Kind.COUNTY,
            code=row["county_code"],
        )
    load_job_grades()
    return Organisation.objects.count()


@transaction.atomic
def load_job_grades():
    """Make the grades that are missing and return how many there are; an edited one stays as edited.

    Which grade of one scheme is which of another is not in the file: most pairs are guesses.
    """
    for row in _rows("job_grades.csv"):
        JobGrade.objects.get_or_create(
            country_code=row["country"],
            scheme=row["scheme"],
            value=row["value"],
            defaults={"order": row["order"]},
        )
    return JobGrade.objects.count()
