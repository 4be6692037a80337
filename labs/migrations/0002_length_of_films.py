import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("labs", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="labpage",
            name="instructions",
            field=wagtail.fields.StreamField(
                [
                    ("text", 0),
                    ("callout", 4),
                    ("figure", 8),
                    ("drawing", 11),
                    ("video", 17),
                    ("code", 20),
                    ("reveal", 23),
                    ("table", 28),
                ],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "description": "Headings, paragraphs and lists",
                            "features": [
                                "h2",
                                "h3",
                                "bold",
                                "italic",
                                "ol",
                                "ul",
                                "link",
                                "blockquote",
                                "code",
                                "hr",
                            ],
                            "icon": "pilcrow",
                            "label": "Text",
                            "preview_value": "<h2>What a model has seen</h2><p>Examples go in, a pattern comes out.</p>",
                            "template": "courses/blocks/text.html",
                        },
                    ),
                    1: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("tip", "Tip"),
                                ("warning", "Warning"),
                                ("example", "Example"),
                                ("remember", "Remember"),
                                ("office-rule", "Your office's rule"),
                            ],
                            "label": "Kind",
                        },
                    ),
                    2: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "Title", "max_length": 120, "required": False},
                    ),
                    3: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "ol", "ul", "link", "code"],
                            "label": "Text",
                        },
                    ),
                    4: (
                        "wagtail.blocks.StructBlock",
                        [[("kind", 1), ("title", 2), ("body", 3)]],
                        {},
                    ),
                    5: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "Picture"}),
                    6: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What the picture says, in words", "max_length": 600},
                    ),
                    7: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "Caption", "max_length": 300, "required": False},
                    ),
                    8: (
                        "wagtail.blocks.StructBlock",
                        [[("image", 5), ("alt", 6), ("caption", 7)]],
                        {},
                    ),
                    9: ("wagtail.blocks.TextBlock", (), {"label": "SVG", "rows": 6}),
                    10: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What the drawing says, in words", "max_length": 600},
                    ),
                    11: (
                        "wagtail.blocks.StructBlock",
                        [[("svg", 9), ("alt", 10), ("caption", 7)]],
                        {},
                    ),
                    12: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                    13: (
                        "wagtail.documents.blocks.DocumentChooserBlock",
                        (),
                        {"label": "Film (MP4 or WebM)"},
                    ),
                    14: (
                        "wagtail.documents.blocks.DocumentChooserBlock",
                        (),
                        {"label": "Captions (VTT)", "required": False},
                    ),
                    15: (
                        "wagtail.blocks.IntegerBlock",
                        (),
                        {
                            "label": "Length in seconds",
                            "max_value": 14400,
                            "min_value": 1,
                            "required": False,
                        },
                    ),
                    16: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["h3", "bold", "italic", "ol", "ul", "link"],
                            "label": "Transcript",
                        },
                    ),
                    17: (
                        "wagtail.blocks.StructBlock",
                        [
                            [
                                ("title", 12),
                                ("file", 13),
                                ("captions", 14),
                                ("seconds", 15),
                                ("transcript", 16),
                            ]
                        ],
                        {},
                    ),
                    18: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("text", "Plain text"),
                                ("python", "Python"),
                                ("sql", "SQL"),
                                ("json", "JSON"),
                                ("bash", "Shell"),
                                ("csv", "CSV"),
                            ],
                            "label": "Language",
                        },
                    ),
                    19: ("wagtail.blocks.TextBlock", (), {"label": "Code", "rows": 6}),
                    20: ("wagtail.blocks.StructBlock", [[("language", 18), ("code", 19)]], {}),
                    21: ("wagtail.blocks.CharBlock", (), {"label": "Question", "max_length": 300}),
                    22: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "ol", "ul", "link", "code"],
                            "label": "Answer",
                        },
                    ),
                    23: ("wagtail.blocks.StructBlock", [[("question", 21), ("answer", 22)]], {}),
                    24: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "Caption", "max_length": 200, "required": False},
                    ),
                    25: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {"features": ["bold", "italic", "link", "code"], "required": False},
                    ),
                    26: ("wagtail.blocks.ListBlock", (25,), {}),
                    27: ("wagtail.blocks.ListBlock", (26,), {}),
                    28: ("wagtail.blocks.StructBlock", [[("caption", 24), ("rows", 27)]], {}),
                },
                verbose_name="instructions",
            ),
        ),
        migrations.AlterField(
            model_name="labpage",
            name="no_lab_path",
            field=wagtail.fields.StreamField(
                [
                    ("text", 0),
                    ("callout", 4),
                    ("figure", 8),
                    ("drawing", 11),
                    ("video", 17),
                    ("code", 20),
                    ("reveal", 23),
                    ("table", 28),
                ],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "description": "Headings, paragraphs and lists",
                            "features": [
                                "h2",
                                "h3",
                                "bold",
                                "italic",
                                "ol",
                                "ul",
                                "link",
                                "blockquote",
                                "code",
                                "hr",
                            ],
                            "icon": "pilcrow",
                            "label": "Text",
                            "preview_value": "<h2>What a model has seen</h2><p>Examples go in, a pattern comes out.</p>",
                            "template": "courses/blocks/text.html",
                        },
                    ),
                    1: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("tip", "Tip"),
                                ("warning", "Warning"),
                                ("example", "Example"),
                                ("remember", "Remember"),
                                ("office-rule", "Your office's rule"),
                            ],
                            "label": "Kind",
                        },
                    ),
                    2: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "Title", "max_length": 120, "required": False},
                    ),
                    3: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "ol", "ul", "link", "code"],
                            "label": "Text",
                        },
                    ),
                    4: (
                        "wagtail.blocks.StructBlock",
                        [[("kind", 1), ("title", 2), ("body", 3)]],
                        {},
                    ),
                    5: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "Picture"}),
                    6: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What the picture says, in words", "max_length": 600},
                    ),
                    7: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "Caption", "max_length": 300, "required": False},
                    ),
                    8: (
                        "wagtail.blocks.StructBlock",
                        [[("image", 5), ("alt", 6), ("caption", 7)]],
                        {},
                    ),
                    9: ("wagtail.blocks.TextBlock", (), {"label": "SVG", "rows": 6}),
                    10: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What the drawing says, in words", "max_length": 600},
                    ),
                    11: (
                        "wagtail.blocks.StructBlock",
                        [[("svg", 9), ("alt", 10), ("caption", 7)]],
                        {},
                    ),
                    12: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                    13: (
                        "wagtail.documents.blocks.DocumentChooserBlock",
                        (),
                        {"label": "Film (MP4 or WebM)"},
                    ),
                    14: (
                        "wagtail.documents.blocks.DocumentChooserBlock",
                        (),
                        {"label": "Captions (VTT)", "required": False},
                    ),
                    15: (
                        "wagtail.blocks.IntegerBlock",
                        (),
                        {
                            "label": "Length in seconds",
                            "max_value": 14400,
                            "min_value": 1,
                            "required": False,
                        },
                    ),
                    16: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["h3", "bold", "italic", "ol", "ul", "link"],
                            "label": "Transcript",
                        },
                    ),
                    17: (
                        "wagtail.blocks.StructBlock",
                        [
                            [
                                ("title", 12),
                                ("file", 13),
                                ("captions", 14),
                                ("seconds", 15),
                                ("transcript", 16),
                            ]
                        ],
                        {},
                    ),
                    18: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("text", "Plain text"),
                                ("python", "Python"),
                                ("sql", "SQL"),
                                ("json", "JSON"),
                                ("bash", "Shell"),
                                ("csv", "CSV"),
                            ],
                            "label": "Language",
                        },
                    ),
                    19: ("wagtail.blocks.TextBlock", (), {"label": "Code", "rows": 6}),
                    20: ("wagtail.blocks.StructBlock", [[("language", 18), ("code", 19)]], {}),
                    21: ("wagtail.blocks.CharBlock", (), {"label": "Question", "max_length": 300}),
                    22: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "ol", "ul", "link", "code"],
                            "label": "Answer",
                        },
                    ),
                    23: ("wagtail.blocks.StructBlock", [[("question", 21), ("answer", 22)]], {}),
                    24: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "Caption", "max_length": 200, "required": False},
                    ),
                    25: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {"features": ["bold", "italic", "link", "code"], "required": False},
                    ),
                    26: ("wagtail.blocks.ListBlock", (25,), {}),
                    27: ("wagtail.blocks.ListBlock", (26,), {}),
                    28: ("wagtail.blocks.StructBlock", [[("caption", 24), ("rows", 27)]], {}),
                },
                help_text="For someone on a phone: the same thinking, without the notebook.",
                verbose_name="without the lab",
            ),
        ),
    ]
