"""The author's form of words for gaps."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, Raw
from assessments.interactions.gap_match.body import GapMatchBody
from assessments.interactions.gap_match.scoring import best, score
from assessments.interactions.shapes import gap_ids


def from_block(raw: Raw) -> GapMatchBody:
    """Gaps are called what stands between their brackets: that stays while an author edits the text."""
    text = authoring.html(raw["text"])
    words = authoring.entries(raw["words"])
    wanted = {
        identifier: (value["gaps"] or "").replace(",", " ").split() for identifier, value in words
    }
    named = {gap for gaps in wanted.values() for gap in gaps}
    gaps = list(dict.fromkeys(gap_ids(text)))
    gaps += sorted(named - set(gaps))  # refused: the text lacks them
    return GapMatchBody(
        **authoring.common(raw),
        text=text,
        words=[
            {
                "id": identifier,
                "text": authoring.inline(value["text"]),
                "uses": value["uses"],
            }
            for identifier, value in words
        ],
        gaps=[
            {"id": gap, "words": [word for word, places in wanted.items() if gap in places]}
            for gap in gaps
        ],
        is_shuffled=raw["is_shuffled"],
    )


def to_block(body: GapMatchBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "text": body.text,
        "words": authoring.children(
            (
                word.id,
                {
                    "text": word.text,
                    "gaps": ", ".join(gap.id for gap in body.gaps if word.id in gap.words),
                    "uses": word.uses,
                },
            )
            for word in body.words
        ),
        "is_shuffled": body.is_shuffled,
    }


class WordBlock(blocks.StructBlock):
    text = authoring.label_block(_("Word"))
    gaps = blocks.CharBlock(
        label=_("Right in gap"),
        required=False,
        default="",
        max_length=4000,
        help_text=_("The gap's number, several as 1, 3; empty for a word that is right nowhere."),
    )
    uses = blocks.IntegerBlock(
        label=_("How often it may be used"),
        min_value=0,
        default=1,
        help_text=_("0: as often as one likes."),
    )


class GapMatchBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    text = authoring.rich_block(
        _("Text"), help_text=_("Write [[1]] where the first gap belongs, [[2]] for the second.")
    )
    words = blocks.ListBlock(WordBlock(), min_num=1, max_num=100, label=_("Words to choose from"))
    is_shuffled = authoring.shuffle_block()

    class Meta:
        icon = "form"
        label = _("Words into gaps")
        description = _("A text whose gaps are filled from one list of words")
        preview_value = {
            "prompt": "<p>Put each word where it belongs.</p>",
            "text": "<p>[[1]] is kept; [[2]] is shared.</p>",
            "words": [
                {"text": "A secret", "gaps": "1", "uses": 1},
                {"text": "A notice", "gaps": "2", "uses": 1},
            ],
        }
