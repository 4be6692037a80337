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


class LessonBody(blocks.StreamBlock):
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
