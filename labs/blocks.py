"""What the way without the lab is made of, beside what there is to read."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks import ReadingBody


class PrintedOutputBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("What this is"), required=False, max_length=200, help_text=_("As: the first rows.")
    )
    code = blocks.TextBlock(
        label=_("What was run"), required=False, rows=3, help_text=_("Empty: only the output.")
    )
    output = blocks.TextBlock(label=_("What the notebook prints"), rows=8)

    class Meta:
        icon = "code"
        label = _("Printed output")
        description = _("What a cell of the notebook prints, to read without it")
        template = "labs/blocks/output.html"
        preview_value = {
            "title": "The first rows",
            "code": "requests.head(2)",
            "output": "  county  pages  late\n0  Nyeri      3     0\n1  Nandi      9     1",
        }


class QuestionBlock(blocks.StructBlock):
    """A question of the notebook, to be answered on paper or in one's head."""

    title = blocks.CharBlock(label=_("Name"), max_length=120, help_text=_("As in the notebook."))
    question = blocks.RichTextBlock(
        label=_("Question"), features=["bold", "italic", "ol", "ul", "link", "code"]
    )
    answer = blocks.RichTextBlock(
        label=_("Answer"), features=["bold", "italic", "ol", "ul", "link", "code"]
    )

    class Meta:
        icon = "help"
        label = _("Question of the lab")
        description = _("The same question as in the notebook, and an answer that opens on request")
        template = "labs/blocks/question.html"
        preview_value = {
            "title": "1. How many are late?",
            "question": "<p>Count the late requests above.</p>",
            "answer": "<p>One: the second row.</p>",
        }


class NoLabBody(ReadingBody):
    output = PrintedOutputBlock()
    question = QuestionBlock()
