"""What the author's forms of all kinds are made of, and how their values turn into bodies and back.

A value is the JSON that Wagtail stores. Ids of options are those of the list's children: they stay when an author
edits or moves them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pydantic
from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup
from wagtail.images.blocks import ImageChooserBlock

from assessments.interactions.reading import is_pattern, plain_number
from assessments.interactions.shapes import (
    Accepted,
    AcceptedNumber,
    Body,
    Criterion,
    Picture,
    Region,
    Side,
    Variable,
    around_gaps,
)
from assessments.interactions.variables import CannotDraw, check_variables

Raw = dict[str, Any]
TEXT = ["bold", "italic", "code", "superscript", "subscript", "ol", "ul", "link", "image"]
LABEL = ["bold", "italic", "code", "superscript", "subscript", "image"]
LAST = ["feedback"]
SETTINGS = ["hints", "variables", "constraints"]


# What Wagtail stores, read


def entries(raw: Any) -> list[tuple[str, Any]]:
    """The children of a list, each with its id."""
    found = []
    for number, each in enumerate(raw or []):
        if isinstance(each, Mapping) and each.get("type") == "item" and "value" in each:
            found.append((str(each.get("id") or nameless(number)), each["value"]))
        else:
            found.append((nameless(number), each))
    return found


def values(raw: Any) -> list[Any]:
    return [value for _id, value in entries(raw)]


def nameless(number: int) -> str:
    """An id for a child whose shape has none, the same each time."""
    return str(uuid5(NAMESPACE_OID, str(number)))


def children(pairs: Iterable[tuple[str, Any]]) -> list[Raw]:
    """A list as Wagtail stores it."""
    return [{"type": "item", "id": identifier, "value": value} for identifier, value in pairs]


def nameless_children(each: Iterable[Any]) -> list[Raw]:
    return children((nameless(number), value) for number, value in enumerate(each))


_NOTHING = re.compile(r"(\s|<p\b[^>]*>|</p>|<br\s*/?>)*")
_ONE_P = re.compile(r"\s*<p\b[^>]*>((?:(?!<p\b).)*)</p>\s*", re.DOTALL)


def html(raw: Any) -> str:
    """Rich text, "" where nothing was written."""
    return "" if _NOTHING.fullmatch(raw or "") else raw


def inline(raw: Any) -> str:
    """Rich text without its paragraphs, their ends turned into line breaks."""
    text = html(raw)
    if found := _ONE_P.fullmatch(text):
        return found[1]
    text = re.sub(r"<p\b[^>]*>\s*</p>", "", text)
    text = re.sub(r"</p>\s*<p\b[^>]*>", "<br>", text)
    return re.sub(r"</?p\b[^>]*>", "", text)


def sides(raw: Any) -> list[Any]:
    return [{"id": identifier, "text": inline(value)} for identifier, value in entries(raw)]


def side_children(each: Iterable[Side]) -> list[Raw]:
    return children((side.id, side.text) for side in each)


def number(value: Decimal) -> str:
    return plain_number(value)


def numbers_to_ids(raw: Any, ids: list[str]) -> list[str]:
    """The ids that an author names by their places in a list, as "1, 3"."""
    return [
        ids[int(each) - 1]
        if each.isascii() and each.isdecimal() and 0 < int(each[:4]) <= len(ids)
        else f"number-{re.sub(r'[^A-Za-z0-9_.-]', '-', each)[:40]}"  # refused with the rest
        for each in re.split(r"[\s,;]+", (raw or "").strip())
        if each
    ]


def ids_to_numbers(ids: Iterable[str], group: Iterable[Any]) -> str:
    known = [each.id for each in group]
    return ", ".join(str(known.index(each) + 1) for each in ids)


def gaps_to_ids(text: str, ids: list[str]) -> str:
    """`text` with the id of each `[[number]]`."""
    pieces = around_gaps(text)
    pieces[1::2] = [f"[[{(numbers_to_ids(piece, ids) or [piece])[0]}]]" for piece in pieces[1::2]]
    return "".join(pieces)


def gaps_to_numbers(text: str, group: Iterable[Any]) -> str:
    known = [each.id for each in group]
    pieces = around_gaps(text)
    pieces[1::2] = [f"[[{known.index(piece) + 1}]]" for piece in pieces[1::2]]
    return "".join(pieces)


def coords(raw: Any) -> list[str]:
    return [each for each in re.split(r"[\s,;]+", (raw or "").strip()) if each]


def region(raw: Raw) -> Raw:
    return {"shape": raw["shape"], "coords": coords(raw["coords"])}


def raw_region(each: Region) -> Raw:
    told = (str(int(part)) if part.is_integer() else repr(part) for part in each.coords)
    return {"shape": each.shape, "coords": ", ".join(told)}


def picture(raw: Raw) -> Any:
    return {
        "id": raw["image"],
        "width": raw["width"],
        "height": raw["height"],
        "alt": raw["alt"],
    }


def raw_picture(facts: Picture) -> Raw:
    return {"image": facts.id, "alt": facts.alt, "width": facts.width, "height": facts.height}


def accepted(raw: Any) -> list[Any]:
    return [{**value, "feedback": html(value.get("feedback"))} for value in values(raw)]


def raw_accepted(answers: Iterable[Accepted]) -> list[Raw]:
    return nameless_children(
        {
            "text": answer.text,
            "how": answer.how,
            "mark": number(answer.mark),
            "feedback": answer.feedback,
        }
        for answer in answers
    )


def raw_numbers(answers: Iterable[AcceptedNumber]) -> list[Raw]:
    return nameless_children(
        {**answer.model_dump(exclude={"mark"}), "mark": number(answer.mark)} for answer in answers
    )


def rubric(raw: Any) -> list[Any]:
    return [{"id": identifier, **value} for identifier, value in entries(raw)]


def raw_rubric(criteria: Iterable[Criterion]) -> list[Raw]:
    return children(
        (
            each.id,
            {"title": each.title, "description": each.description, "points": number(each.points)},
        )
        for each in criteria
    )


def common(raw: Raw) -> Raw:
    """What all kinds share, from an author's form."""
    return {
        "prompt": html(raw.get("prompt")),
        "feedback": html(raw.get("feedback")),
        "hints": [html(hint) for hint in values(raw.get("hints"))],
        "variables": [
            {**value, "choices": values(value.get("choices"))}
            for value in values(raw.get("variables"))
        ],
        "constraints": values(raw.get("constraints")),
    }


def raw_common(body: Body) -> Raw:
    return {
        "prompt": body.prompt,
        "feedback": body.feedback,
        "hints": nameless_children(body.hints),
        "variables": nameless_children(_raw_variable(each) for each in body.variables),
        "constraints": nameless_children(body.constraints),
    }


def _raw_variable(variable: Variable) -> Raw:
    return {**variable.model_dump(), "choices": nameless_children(variable.choices)}


# Author's forms


def rich_block(label: Any, *, required: bool = True, **kwargs: Any) -> blocks.RichTextBlock:
    return blocks.RichTextBlock(label=label, features=TEXT, required=required, **kwargs)


def label_block(label: Any, **kwargs: Any) -> blocks.RichTextBlock:
    return blocks.RichTextBlock(label=label, features=LABEL, **kwargs)


def mark_block(default: str = "1") -> blocks.DecimalBlock:
    return blocks.DecimalBlock(
        label=gettext_lazy("Share of the points"),
        help_text=gettext_lazy(
            "1 for right, 0 for wrong, 0.5 for half right; below 0 takes points away."
        ),
        min_value=Decimal(-1),
        max_value=Decimal(1),
        default=Decimal(default),
    )


def feedback_block() -> blocks.RichTextBlock:
    return rich_block(gettext_lazy("What to say to those who answer this"), required=False)


def count_block(label: Any, **kwargs: Any) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(label=label, min_value=0, default=0, **kwargs)


def most_block() -> blocks.IntegerBlock:
    return count_block(
        gettext_lazy("How many may be chosen"), help_text=gettext_lazy("0: as many as one likes.")
    )


def shuffle_block(*, default: bool = True) -> blocks.BooleanBlock:
    return blocks.BooleanBlock(
        label=gettext_lazy("Show them in a different order to each person"),
        required=False,
        default=default,
    )


class AcceptedBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("Answer"), max_length=4000)
    how = blocks.ChoiceBlock(
        label=gettext_lazy("How it is compared"),
        choices=[
            ("folded", gettext_lazy("As words: spaces and quotes do not matter")),
            ("exact", gettext_lazy("Letter by letter")),
            ("wildcard", gettext_lazy("With * for anything")),
            ("pattern", gettext_lazy("As a pattern (RE2)")),
        ],
        default="folded",
    )
    mark = mark_block()
    feedback = feedback_block()

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value["how"] == "pattern" and not is_pattern(value["text"]):
            raise blocks.StructBlockValidationError(
                block_errors={
                    "text": ValidationError(
                        _("This is not a pattern that RE2 understands. Check its brackets.")
                    )
                }
            )
        return value


class AcceptedNumberBlock(blocks.StructBlock):
    value = blocks.CharBlock(
        label=gettext_lazy("Right number"),
        required=False,
        default="",
        max_length=4000,
        help_text=gettext_lazy("A number, or an expression of the variables, such as a * b."),
    )
    tolerance = blocks.CharBlock(label=gettext_lazy("May be off by"), default="0", max_length=4000)
    how = blocks.ChoiceBlock(
        label=gettext_lazy("Measured"),
        choices=[
            ("absolute", gettext_lazy("As a number")),
            ("relative", gettext_lazy("As a share of the number: 0.05 for 5 %")),
            ("significant", gettext_lazy("In figures that must agree: 3 for three figures")),
        ],
        default="absolute",
    )
    low = blocks.CharBlock(
        label=gettext_lazy("Or from"),
        required=False,
        default="",
        max_length=4000,
        help_text=gettext_lazy("A range, where no right number is given."),
    )
    high = blocks.CharBlock(label=gettext_lazy("to"), required=False, default="", max_length=4000)
    mark = mark_block()
    feedback = feedback_block()


class CriterionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=gettext_lazy("What is judged"), max_length=4000)
    description = blocks.TextBlock(
        label=gettext_lazy("How"), required=False, default="", max_length=4000
    )
    points = blocks.DecimalBlock(label=gettext_lazy("Points at most"), min_value=0)


class RegionBlock(blocks.StructBlock):
    shape = blocks.ChoiceBlock(
        label=gettext_lazy("Shape"),
        choices=[
            ("rect", gettext_lazy("Rectangle")),
            ("circle", gettext_lazy("Circle")),
            ("poly", gettext_lazy("Polygon")),
        ],
        default="rect",
    )
    coords = blocks.CharBlock(
        label=gettext_lazy("Where, in pixels of the picture"),
        max_length=4000,
        help_text=gettext_lazy(
            "Rectangle: left, top, right, bottom. Circle: middle across, middle down, radius."
            " Polygon: across and down of each corner."
        ),
    )


class PictureBlock(blocks.StructBlock):
    """Its size is filled in, so that nothing else must ask for it."""

    image = ImageChooserBlock(label=gettext_lazy("Picture"))
    alt = blocks.CharBlock(label=gettext_lazy("What the picture shows, in words"), max_length=4000)
    width = blocks.IntegerBlock(
        label=gettext_lazy("Width"), required=False, help_text=gettext_lazy("Filled in.")
    )
    height = blocks.IntegerBlock(
        label=gettext_lazy("Height"), required=False, help_text=gettext_lazy("Filled in.")
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value["image"]:
            value["width"], value["height"] = value["image"].width, value["image"].height
        return value


class VariableBlock(blocks.StructBlock):
    name = blocks.CharBlock(
        label=gettext_lazy("Name"),
        max_length=31,
        help_text=gettext_lazy("Write {name} with this name wherever its value belongs."),
    )
    how = blocks.ChoiceBlock(
        label=gettext_lazy("Its value"),
        choices=[
            ("range", gettext_lazy("Drawn from a range")),
            ("list", gettext_lazy("Drawn from a list")),
            ("expression", gettext_lazy("Worked out from the variables above")),
        ],
        default="range",
    )
    low = blocks.CharBlock(label=gettext_lazy("From"), required=False, default="", max_length=4000)
    high = blocks.CharBlock(label=gettext_lazy("To"), required=False, default="", max_length=4000)
    step = blocks.CharBlock(label=gettext_lazy("In steps of"), default="1", max_length=4000)
    choices = blocks.ListBlock(
        blocks.CharBlock(max_length=4000), label=gettext_lazy("List"), default=[]
    )
    expression = blocks.CharBlock(
        label=gettext_lazy("Expression"),
        required=False,
        default="",
        max_length=4000,
        help_text=gettext_lazy("Such as round(a * b / 100, 2)."),
    )
    decimals = blocks.IntegerBlock(
        label=gettext_lazy("Decimals shown"), required=False, min_value=0, max_value=10
    )


def _sentences() -> dict[str, str]:
    """What to do, by what is wrong with a body."""
    return {
        "no option is right": _("Give at least one option a share of the points above 0."),
        "no answer is right": _("Give at least one answer a share of the points above 0."),
        "a gap has no right answer": _("Give each gap an answer with a share of the points above 0."),
        "no gap has a right word": _("Name the gap of at least one word."),
        "no spot has a right label": _("Name the place of at least one label."),
        "nothing is right": _("Mark at least one area as right, or add a target."),
        "two things share an id": _("Two of the list are the same one. Remove one, add it anew."),
        "each gap needs its place in the text, once, and each place its gap": _(
            "Write [[1]], [[2]] and so on in the text, each once, as many as are in the list."
        ),
        "a right number needs a value or a range": _("Give each answer a number or a range."),
        "one unit needs the factor 1: that of the answers": _(
            "Give the unit in which the answers are written the factor 1."
        ),
        "two units are written alike": _("Two units are written alike. Remove one."),
        "a thing stands twice in the order": _("Something stands twice in the order. Remove one."),
        "an indent is deeper than may be chosen": _(
            "An indent is deeper than may be chosen. Allow deeper indents, or lower it."
        ),
    }  # fmt: skip


def sentences_of(error: pydantic.ValidationError) -> list[str]:
    """What an author should do about each problem of a body."""
    known, told = _sentences(), []
    for each in error.errors(include_url=False, include_input=False):
        message = each["msg"].removeprefix("Value error, ")
        place = " / ".join(str(part + 1) if isinstance(part, int) else part for part in each["loc"])
        if message in known:
            told.append(known[message])
        elif message.startswith("the key names "):
            told.append(_("A number names something that is not in the list. Correct it."))
        elif message.endswith(("make a rect", "make a circle", "make a poly")):
            told.append(
                _("A shape has the wrong count of numbers: 4 for a rectangle, 3 for a circle.")
            )
        else:
            told.append(_("%(place)s: %(message)s.") % {"place": place, "message": message})
    return list(dict.fromkeys(told))


def _completed(block: blocks.Block, value: Any) -> Any:
    """An example with the defaults of all that it leaves out."""
    if isinstance(block, blocks.StructBlock):
        return {
            name: _completed(child, value[name]) if name in value else child.get_default()
            for name, child in block.child_blocks.items()
        }
    if isinstance(block, blocks.ListBlock):
        return [_completed(block.child_block, each) for each in value]
    return value


class ItemBlock(blocks.StructBlock):
    """The author's form of an item: its prompt first, what few need in the settings."""

    from_raw: Callable[[Raw], Body]
    best: Callable[[Any], Any]
    score: Callable[[Any, Any], Any]

    prompt = rich_block(gettext_lazy("Question"))
    feedback = rich_block(
        gettext_lazy("Explanation"),
        required=False,
        help_text=gettext_lazy("Shown to everyone once answers may be seen."),
    )
    hints = blocks.ListBlock(
        rich_block(gettext_lazy("Hint")),
        label=gettext_lazy("Hints"),
        default=[],
        help_text=gettext_lazy("Shown one by one after wrong tries, where a quiz has them."),
    )
    variables = blocks.ListBlock(
        VariableBlock(),
        label=gettext_lazy("Variables"),
        default=[],
        help_text=gettext_lazy("Drawn anew for each person."),
    )
    constraints = blocks.ListBlock(
        blocks.CharBlock(max_length=4000),
        label=gettext_lazy("Conditions on the variables"),
        default=[],
        help_text=gettext_lazy("Such as a > b. Values are drawn again until all hold."),
    )

    def get_preview_value(self) -> Any:
        return self.normalize(_completed(self, self.meta.preview_value))

    def get_form_layout(self) -> BlockGroup:
        own = [name for name in self.child_blocks if name not in {"prompt", *LAST, *SETTINGS}]
        return BlockGroup(["prompt", *own, *LAST], settings=SETTINGS)

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if self.is_deferred_validation:
            return value
        if problems := self.problems(self.get_prep_value(value)):
            raise blocks.StructBlockValidationError(
                non_block_errors=[ValidationError(problem) for problem in problems]
            )
        return value

    def problems(self, raw: Raw) -> list[str]:
        """Sentences on what keeps `raw` from being an item."""
        kind = type(self)
        try:
            body = kind.from_raw(raw)
            if not strip_tags(body.prompt).strip() and "<embed" not in body.prompt:
                return [_("Write the question.")]
            bodies = check_variables(body)
        except pydantic.ValidationError as error:
            return sentences_of(error)
        except CannotDraw as error:
            return [str(error)]
        for drawn in bodies:
            value = kind.best(drawn)
            if value is not None and kind.score(drawn, value).fraction != 1:
                return [
                    _(
                        "No answer can score fully. Look for an earlier answer that catches the best one, or for words that may be used too rarely."
                    )
                ]
        return []
