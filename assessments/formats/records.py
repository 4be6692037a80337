"""What reading a question file yields, whatever its format: items, what is not supported, what was refused."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from html import escape

from django.utils.translation import gettext as _
from pydantic import ValidationError

from assessments.formats.bodies import body_fault
from assessments.formats.text import to_plain
from lms.core.errors import NotReadableError

MAX_ITEMS = 20_000
MAX_RAW = 200_000  # characters of source text kept with an item

# What a reader's own code raises when a stranger's file is shaped as nothing it knows.
MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class ReadItem:
    """One question that was read.

    `data` is the JSON of its kind's Body; its HTML may still hold `<img src="NAME">` and links to the package's files,
    and a picture is {"src", "width", "height", "alt"} in place of the id that it has once it is stored.
    `line` counts from 1. `notes` say what was simplified. `stimulus` is HTML that questions share.
    """

    identifier: str
    kind: str
    title: str
    data: dict
    tags: list[str] = field(default_factory=list)
    category: str = ""
    language: str = ""
    line: int = 1
    max_score: Decimal = Decimal(1)
    stimulus: str = ""
    raw: str = ""
    raw_format: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Unsupported:
    """A question that was understood as far as its kind, which we do not have. `raw` is kept."""

    identifier: str
    kind: str
    line: int
    reason: str
    raw: str = ""


@dataclass(frozen=True)
class Refused:
    """A question, or a whole file, that could not be read. `reason` is a sentence with what to do."""

    identifier: str
    kind: str
    line: int
    reason: str


@dataclass
class Package:
    """All that a file holds. `files` are pictures, sounds and documents by the name that the items call them."""

    items: list[ReadItem] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.items or self.unsupported or self.refused)

    def extend(self, other: "Package") -> None:
        self.items += other.items
        self.unsupported += other.unsupported
        self.refused += other.refused
        self.titles += other.titles
        self.files |= other.files


class NotSupportedError(Exception):
    """This question is of a kind that we do not have; the argument is the reason, a sentence."""


def take(
    package: Package,
    read: Callable[[], ReadItem | None],
    *,
    identifier: str = "",
    kind: str = "",
    line: int = 1,
    raw: str = "",
) -> None:
    """Add to `package` what `read` returns, or why it could not: one bad question never stops a file.

    An item whose data its own kind would not accept is refused here, so that all of `package.items` can be stored.
    """
    if len(package.items) >= MAX_ITEMS:
        raise NotReadableError(
            _(
                "The file holds more than %(count)d questions. Divide it into smaller files and import one after the other."
            )
            % {"count": MAX_ITEMS}
        )
    try:
        item = read()
    except NotSupportedError as error:
        package.unsupported.append(Unsupported(identifier, kind, line, str(error), raw[:MAX_RAW]))
        return
    except NotReadableError as error:
        package.refused.append(Refused(identifier, kind, error.line or line, str(error)))
        return
    except (*MALFORMED, ValidationError) as error:
        reason = _(
            "The question is not written as its format asks (%(fault)s). Correct it where it was made and import it again."
        ) % {"fault": f"{type(error).__name__}: {error}"[:200]}
        package.refused.append(Refused(identifier, kind, line, reason))
        return
    if item is None:
        return
    item = _with_prompt(item)
    fault = body_fault(item.kind, item.data)
    if fault:
        reason = _("The question was read, but it cannot be asked: %(fault)s") % {"fault": fault}
        package.refused.append(Refused(item.identifier, item.kind, line, reason))
        return
    package.items.append(replace(item, line=line, raw=item.raw or raw[:MAX_RAW]))


def default_prompts() -> dict[str, str]:
    """What is asked where all words stand in the text that has the gaps."""
    return {
        "gaps": _("Fill in the gaps."),
        "gap_match": _("Put a word into each gap."),
        "hottext": _("Select the words."),
        "processed": _("Answer each part."),
    }


def _with_prompt(item: ReadItem) -> ReadItem:
    """Return an item that asks something: by its kind's sentence, or by its title."""
    prompt, text = item.data["prompt"], item.data.get("text", "")
    if to_plain(prompt) or "<img" in prompt:
        return item
    asked = default_prompts().get(item.kind, escape(item.title, quote=False))
    if item.kind in default_prompts() and to_plain(text).startswith(asked):
        text = text.replace(asked, "", 1)  # an export put it there
    more = {"text": text} if text else {}
    return replace(item, data={**item.data, "prompt": f"<p>{asked}</p>" if asked else "", **more})


def tell_duplicates_apart(package: Package) -> Package:
    """Give each item an identifier of its own; one that another bears gets a number behind it, and a note."""
    borne: set[str] = set()
    items = []
    for item in package.items:
        identifier, number = item.identifier, 2
        while identifier in borne:
            tail = f"-{number}"
            identifier = item.identifier[: 64 - len(tail)] + tail
            number += 1
        borne.add(identifier)
        if identifier == item.identifier:
            items.append(item)
        else:
            note = _("Another question of this file is also called %(name)s.") % {
                "name": item.identifier
            }
            items.append(replace(item, identifier=identifier, notes=[*item.notes, note]))
    package.items = items
    return package
