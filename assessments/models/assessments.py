"""The quiz page: its items, and how an attempt at it runs."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks.list_block import ListValue
from wagtail.fields import StreamField
from wagtail.rich_text import RichText

from assessments.interactions import KINDS
from courses.models import ActivityPage
from courses.models.pages import TITLE


def _plain(value):
    """The value of a block as dicts, lists and text."""
    if isinstance(value, RichText):
        return value.source
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | ListValue):
        return [_plain(part) for part in value]
    return value


class ItemStream(blocks.StreamBlock):
    """One block type for each kind of item."""

    def __init__(self, local_blocks=(), **kwargs):
        super().__init__(
            [*local_blocks, *((name, kind.block) for name, kind in KINDS.items())], **kwargs
        )


class QuizPage(ActivityPage):
    """An assessment. Its revision, pinned by the edition, fixes the items that attempts are scored by."""

    kind = "quiz"

    draw = models.PositiveSmallIntegerField(
        _("questions in an attempt"), default=8, validators=[MinValueValidator(1)]
    )
    tries = models.PositiveSmallIntegerField(
        _("tries"), default=2, validators=[MinValueValidator(1)]
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark in per cent"), default=70, validators=[MaxValueValidator(100)]
    )
    time_limit = models.PositiveSmallIntegerField(_("time limit in minutes"), null=True, blank=True)
    items = StreamField(ItemStream(), verbose_name=_("questions"), blank=True)

    content_panels = [
        TITLE,
        MultiFieldPanel(ActivityPage.facts, heading=_("Facts")),
        MultiFieldPanel(
            [
                FieldPanel(
                    "draw", help_text=_("Drawn anew for each try from the questions below.")
                ),
                FieldPanel("tries", help_text=_("When all are used, a new set opens after a day.")),
                "pass_mark",
                FieldPanel("time_limit", help_text=_("Empty: no limit.")),
            ],
            heading=_("Rules"),
        ),
        FieldPanel("items"),
    ]

    class Meta:
        verbose_name = _("quiz")

    def clean(self):
        super().clean()
        identifiers = [block.value["identifier"] for block in self.items]
        if repeated := {name for name in identifiers if identifiers.count(name) > 1}:
            raise ValidationError(
                {
                    "items": _("Two questions share the identifier %(name)s.")
                    % {"name": min(repeated)}
                }
            )

    def points(self):
        return min(self.draw, len(self.items))

    def completion(self):
        return "passed"

    def item_contents(self):
        """Return {identifier: (kind, content)} as plain data, keys of right answers included."""
        return {
            block.value["identifier"]: (block.block_type, _plain(block.value))
            for block in self.items
        }

    def serve_preview(self, request, mode_name):
        from assessments.forms import preview_forms  # forms import this module

        return render(
            request,
            "assessments/quiz_preview.html",
            {"quiz": self, "title": self.title, "forms": preview_forms(self)},
        )
