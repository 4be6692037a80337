"""What a lesson is made of. Each block explains itself to the author and previews with a real example."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from courses.svg import clean_svg

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "blockquote", "code", "hr"]


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[
            ("tip", _("Tip")),
            ("warning", _("Warning")),
            ("example", _("Example")),
            ("remember", _("Remember")),
            ("office-rule", _("Your office's rule")),
        ],
        default="tip",
    )
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    body = blocks.RichTextBlock(
        label=_("Text"), features=["bold", "italic", "ol", "ul", "link", "code"]
    )

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        description = _("A boxed tip, warning, example or rule")
        template = "courses/blocks/callout.html"
        preview_value = {
            "kind": "tip",
            "title": "Check the source",
            "body": "<p>Open the circular before you quote it.</p>",
        }


class FigureBlock(blocks.StructBlock):
    """A picture, with what it says in words: the words are not optional."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(label=_("What the picture says, in words"), max_length=600)
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=300)

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("A photo or drawing with its text alternative")
        template = "courses/blocks/figure.html"


class DrawingBlock(blocks.StructBlock):
    """An SVG kept in the page itself: no request, sharp at any width."""

    svg = blocks.TextBlock(label="SVG", rows=6)
    alt = blocks.CharBlock(label=_("What the drawing says, in words"), max_length=600)
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=300)

    def clean(self, value):
        value = super().clean(value)
        try:
            value["svg"] = clean_svg(value["svg"])
        except ValidationError as error:
            raise blocks.StructBlockValidationError(block_errors={"svg": error}) from error
        return value

    class Meta:
        icon = "draft"
        label = _("Drawing (SVG)")
        description = _("A diagram as SVG with its text alternative")
        template = "courses/blocks/drawing.html"


class VideoBlock(blocks.StructBlock):
    """Never the only form of anything: the transcript is required and the page says how large the film is."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    file = DocumentChooserBlock(label=_("Film (MP4 or WebM)"))
    captions = DocumentChooserBlock(label=_("Captions (VTT)"), required=False)
    seconds = blocks.IntegerBlock(
        label=_("Length in seconds"), required=False, min_value=1, max_value=4 * 60 * 60
    )
    transcript = blocks.RichTextBlock(
        label=_("Transcript"), features=["h3", "bold", "italic", "ol", "ul", "link"]
    )

    def clean(self, value):
        value = super().clean(value)
        errors = {}
        if value["file"] and value["file"].file_extension.lower() not in {"mp4", "webm"}:
            errors["file"] = ValidationError(_("A film is an MP4 or a WebM file."))
        if value["captions"] and value["captions"].file_extension.lower() != "vtt":
            errors["captions"] = ValidationError(_("Captions are a VTT file."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value

    class Meta:
        icon = "media"
        label = _("Film with transcript")
        description = _("A film that loads only when asked for, and its words")
        template = "courses/blocks/video.html"


class CodeBlock(blocks.StructBlock):
    language = blocks.ChoiceBlock(
        label=_("Language"),
        choices=[
            ("text", _("Plain text")),
            ("python", "Python"),
            ("sql", "SQL"),
            ("json", "JSON"),
            ("bash", "Shell"),
            ("csv", "CSV"),
        ],
        default="text",
    )
    code = blocks.TextBlock(label=_("Code"), rows=6)

    class Meta:
        icon = "code"
        label = _("Code")
        description = _("Code or text to copy, in fixed width")
        template = "courses/blocks/code.html"
        preview_value = {"language": "python", "code": "wrong = 10_000 * 5 // 100"}


class RevealBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=300)
    answer = blocks.RichTextBlock(
        label=_("Answer"), features=["bold", "italic", "ol", "ul", "link", "code"]
    )

    class Meta:
        icon = "help"
        label = _("Think first")
        description = _("A question, and an answer that opens on request")
        template = "courses/blocks/reveal.html"
        preview_value = {"question": "Which 500 cases?", "answer": "<p>Ask who is in them.</p>"}


class TableBlock(blocks.StructBlock):
    """Rows as lines and cells between bars: what fits a phone fits here."""

    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=200)
    rows = blocks.ListBlock(
        blocks.ListBlock(
            blocks.RichTextBlock(features=["bold", "italic", "link", "code"], required=False)
        )
    )

    class Meta:
        icon = "table"
        label = _("Table")
        description = _("A small table; the first row is its head")
        template = "courses/blocks/table.html"


class CheckOptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Answer"), max_length=300)
    is_right = blocks.BooleanBlock(label=_("This is right"), required=False)
    feedback = blocks.CharBlock(label=_("What to say to it"), required=False, max_length=400)


class CheckBlock(blocks.StructBlock):
    """One question in the text, answered at once: it brings no score, only something to think about."""

    question = blocks.CharBlock(label=_("Question"), max_length=300)
    options = blocks.ListBlock(CheckOptionBlock(), label=_("Answers"), min_num=2, max_num=6)
    is_required = blocks.BooleanBlock(
        label=_("The lesson is done only when this was answered"), required=False
    )

    def clean(self, value):
        value = super().clean(value)
        if sum(option["is_right"] for option in value["options"]) != 1:
            raise blocks.StructBlockValidationError(
                block_errors={"options": ValidationError(_("Mark one answer as right."))}
            )
        return value

    class Meta:
        icon = "tick"
        label = _("Check yourself")
        description = _("A question answered in the text, without a score")
        template = "courses/blocks/check.html"
        preview_value = {
            "question": "Who answers for the letter?",
            "options": [
                {"text": "The tool", "is_right": False, "feedback": "A tool signs nothing."},
                {"text": "The officer", "is_right": True, "feedback": "The name on it is theirs."},
            ],
            "is_required": False,
        }


class ReadingBody(blocks.StreamBlock):
    """What there is to read: of lessons, and of other activities' instructions."""

    text = blocks.RichTextBlock(
        label=_("Text"),
        features=TEXT_FEATURES,
        icon="pilcrow",
        description=_("Headings, paragraphs and lists"),
        template="courses/blocks/text.html",
        preview_value="<h2>What a model has seen</h2><p>Examples go in, a pattern comes out.</p>",
    )
    callout = CalloutBlock()
    figure = FigureBlock()
    drawing = DrawingBlock()
    video = VideoBlock()
    code = CodeBlock()
    reveal = RevealBlock()
    table = TableBlock()


class LessonBody(ReadingBody):
    check = CheckBlock()


READ = {
    "text",
    "callout",
    "code",
    "reveal",
    "table",
    "check",
}  # of the others only the sight counts


def measure_body(body):
    """How much there is in a lesson: words, blocks, seconds of film, questions; and its check questions."""
    words = sum(
        len(" ".join(block.block.get_searchable_content(block.value)).split())
        for block in body
        if block.block_type in READ
    )
    films = [block.value.get("seconds") or 0 for block in body if block.block_type == "video"]
    checks = [
        {"id": block.id, "is_required": bool(block.value["is_required"])}
        for block in body
        if block.block_type == "check"
    ]
    length = {
        "words": words,
        "blocks": len(body),
        "media_seconds": sum(films),
        "questions": len(checks),
    }
    return {"length": length} | ({"checks": checks} if checks else {})
