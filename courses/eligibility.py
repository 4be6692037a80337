"""Who may take part in a run: rules kept as data, all of which must hold. Pure: facts in, sentences out."""

from dataclasses import dataclass
from typing import Annotated, Literal

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


@dataclass(frozen=True)
class PersonFacts:
    """What rules may ask of a person. Organisations include those above the person's own."""

    organisations: frozenset[str] = frozenset()  # slugs
    grades: frozenset[tuple[str, str]] = frozenset()  # scheme and value, as stated, never converted
    courses: frozenset[str] = frozenset()  # codes of completed courses
    levels: frozenset[str] = frozenset()  # levels of completed courses


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OfOrganisation(_Rule):
    kind: Literal["organisation"]
    organisations: Annotated[list[str], Field(min_length=1)]

    def refusal(self, facts: PersonFacts) -> str:
        if facts.organisations.intersection(self.organisations):
            return ""
        return _("It is for people of %(organisations)s.") % {
            "organisations": get_text_list(self.organisations, _("or"))
        }


class OfGrade(_Rule):
    kind: Literal["grade"]
    scheme: Annotated[str, Field(min_length=1)]
    grades: Annotated[list[str], Field(min_length=1)]

    def refusal(self, facts: PersonFacts) -> str:
        if any((self.scheme, grade) in facts.grades for grade in self.grades):
            return ""
        return _("It is for the grades %(grades)s (%(scheme)s).") % {
            "grades": ", ".join(self.grades),
            "scheme": self.scheme,
        }


class AfterCourse(_Rule):
    kind: Literal["course"]
    code: Annotated[str, Field(min_length=1)]

    def refusal(self, facts: PersonFacts) -> str:
        return (
            "" if self.code in facts.courses else _("%(code)s comes first.") % {"code": self.code}
        )


class AfterLevel(_Rule):
    kind: Literal["level"]
    level: Literal["foundations", "application", "management", "leadership"]

    def refusal(self, facts: PersonFacts) -> str:
        if self.level in facts.levels:
            return ""
        return _("A course of the level “%(level)s” comes first.") % {"level": self.level}


Rule = Annotated[OfOrganisation | OfGrade | AfterCourse | AfterLevel, Field(discriminator="kind")]
RULES: TypeAdapter[list[Rule]] = TypeAdapter(list[Rule])


def unmet(rules: list[dict], facts: PersonFacts) -> list[dict]:
    """Return the rules that do not hold, as data; none means that the person may take part."""
    read = RULES.validate_python(rules)
    return [data for data, rule in zip(rules, read, strict=True) if rule.refusal(facts)]


def refusals(rules: list[dict], facts: PersonFacts) -> list[str]:
    """Return a sentence for each rule that does not hold; none means that the person may take part."""
    return [sentence for rule in RULES.validate_python(rules) if (sentence := rule.refusal(facts))]
