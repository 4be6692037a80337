"""The frozen words of a certificate, and the hash that tells whether they are still the same."""

import json
from datetime import date
from hashlib import sha256

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override

from certification.models import Achievement, Award, Issuer
from courses.models import Level

LANGUAGES = ("en", "sw")
DESIGN = 1
# Frozen here and not taken from the interface: a certificate must not change with a translation.
LEVELS_SW = {
    Level.FOUNDATIONS: "Misingi",
    Level.APPLICATION: "Matumizi",
    Level.MANAGEMENT: "Usimamizi",
    Level.LEADERSHIP: "Uongozi",
}


def _level(level: str) -> dict[str, str]:
    with override("en"):
        english = str(Level(level).label)
    return {"en": english, "sw": LEVELS_SW[Level(level)]}


def _day(day: date | None) -> dict[str, str] | None:
    if day is None:
        return None
    words = {}
    for language in LANGUAGES:
        with override(language):
            words[language] = date_format(day, "j F Y")
    return {"iso": day.isoformat(), **words}


def _issuer(issuer: Issuer) -> dict:
    return {
        "prefix": issuer.prefix,
        "name": {"en": issuer.name_en, "sw": issuer.name_sw or issuer.name_en},
        "unit": {"en": issuer.unit_en, "sw": issuer.unit_sw or issuer.unit_en},
        "signatories": [
            {"name": issuer.signatory1_name, "office": issuer.signatory1_office},
            {"name": issuer.signatory2_name, "office": issuer.signatory2_office},
        ],
    }


def draw_snapshot(
    award: Award,
    *,
    serial: str,
    issued_on: date,
    valid_until: date | None,
) -> dict:
    """Return every word that the certificate of `award` will show, as things stand now."""
    achievement: Achievement = award.achievement
    replaces = award.replaces
    return {
        "design": DESIGN,
        "serial": serial,
        "name": award.enrolment.user.full_name,
        "title": {
            "en": achievement.title_en,
            "sw": achievement.title_sw or achievement.title_en,
        },
        "criteria": achievement.criteria,
        "hours": f"{achievement.hours.normalize():f}",
        "course": achievement.code,
        "level": _level(achievement.level),
        "run": award.enrolment.run.code,
        "organisation": award.enrolment.organisation.name,
        "issuer": _issuer(achievement.issuer),
        "issued_on": _day(issued_on),
        "valid_until": _day(valid_until),
        "replaces": replaces.serial if replaces else None,
        "url": f"{settings.SITE_URL}/verify/{award.public_id}/",
    }


def hash_snapshot(snapshot: dict) -> str:
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
