"""What each kind of item provides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

Content = dict[str, Any]
Value = Any


@dataclass(frozen=True)
class Interaction:
    """`content` is the item as authored, key included; `value` is JSON that a learner's form gave.

    `field(content, seed)` is the form field that asks; `score(content, value)` is pure and lies in 0…1;
    `explain(content, value)` says how each part did, as [(text, is_right, feedback)].
    """

    name: str
    block: blocks.StructBlock
    field: Callable[[Content, str], forms.Field]
    score: Callable[[Content, Value], Decimal]
    explain: Callable[[Content, Value], list[tuple[str, bool, str]]]
    instruction: Any


def shuffled(options: Sequence[str], seed: str) -> list[str]:
    """Return `options` in an order that depends on `seed` alone: the same in every process and language."""
    return sorted(options, key=lambda option: sha256(f"{seed}:{option}".encode()).digest())


class ItemBlock(blocks.StructBlock):
    """What all kinds share: the prompt, and feedback shown after submitting."""

    identifier = blocks.CharBlock(
        label=_("Identifier"),
        max_length=64,
        help_text=_("Short, unique in this quiz, and never changed."),
    )
    prompt = blocks.RichTextBlock(
        label=_("Question"), features=["bold", "italic", "ol", "ul", "code", "blockquote"]
    )
    feedback = blocks.RichTextBlock(
        label=_("Explanation"),
        features=["bold", "italic", "ol", "ul", "link"],
        help_text=_("Shown after submitting."),
    )
