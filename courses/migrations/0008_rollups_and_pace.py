import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0007_adaptations"),
        ("organisations", "0004_agreements_and_portals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("activity_key", models.UUIDField()),
                ("block_id", models.CharField(max_length=64)),
                ("choice", models.PositiveSmallIntegerField()),
                ("is_right", models.BooleanField()),
                ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "answer to a check question",
                "ordering": ["answered_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentRollup",
            fields=[
                (
                    "enrolment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="rollup",
                        serialize=False,
                        to="courses.enrolment",
                    ),
                ),
                ("begun", models.PositiveSmallIntegerField(default=0)),
                ("done", models.PositiveSmallIntegerField(default=0)),
                ("visited_at", models.DateTimeField(blank=True, null=True)),
                ("is_stuck", models.BooleanField(default=False)),
                ("conspicuous", models.PositiveSmallIntegerField(default=0)),
                ("cells", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "rollup",
            },
        ),
        migrations.CreateModel(
            name="PaceNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("explained", "explained"),
                            ("follow_up", "to be followed up"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("note", models.CharField(max_length=500, verbose_name="what you found")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "note on pace",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="progress",
            name="active_seconds",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="How long its page was in front, as the browser tells",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="progress",
            name="days",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Different days on which it was opened"
            ),
        ),
        migrations.AddField(
            model_name="progress",
            name="elapsed_seconds",
            field=models.PositiveIntegerField(
                blank=True, help_text="From the first visit to completion", null=True
            ),
        ),
        migrations.AddField(
            model_name="progress",
            name="least_seconds",
            field=models.PositiveIntegerField(
                blank=True, help_text="What the model asked for when it judged", null=True
            ),
        ),
        migrations.AddField(
            model_name="progress",
            name="pace",
            field=models.CharField(
                blank=True,
                choices=[
                    ("plausible", "plausible"),
                    ("quick", "quick"),
                    ("implausible", "hardly possible"),
                ],
                help_text="Judged when completed; empty: not judged",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="is_blocking",
            field=models.BooleanField(
                default=False, help_text="Not passed, and the learner needs help to go on from it"
            ),
        ),
        migrations.AlterField(
            model_name="lessonpage",
            name="body",
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
                    ("check", 35),
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
                    29: ("wagtail.blocks.CharBlock", (), {"label": "Answer", "max_length": 300}),
                    30: (
                        "wagtail.blocks.BooleanBlock",
                        (),
                        {"label": "This is right", "required": False},
                    ),
                    31: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What to say to it", "max_length": 400, "required": False},
                    ),
                    32: (
                        "wagtail.blocks.StructBlock",
                        [[("text", 29), ("is_right", 30), ("feedback", 31)]],
                        {},
                    ),
                    33: (
                        "wagtail.blocks.ListBlock",
                        (32,),
                        {"label": "Answers", "max_num": 6, "min_num": 2},
                    ),
                    34: (
                        "wagtail.blocks.BooleanBlock",
                        (),
                        {
                            "label": "The lesson is done only when this was answered",
                            "required": False,
                        },
                    ),
                    35: (
                        "wagtail.blocks.StructBlock",
                        [[("question", 21), ("options", 33), ("is_required", 34)]],
                        {},
                    ),
                },
                verbose_name="body",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["-enrolled_at", "-id"], name="enrolment_newest_of_all"),
        ),
        migrations.AddIndex(
            model_name="progress",
            index=models.Index(
                condition=models.Q(("pace__in", ["quick", "implausible"])),
                fields=["-completed_at", "-id"],
                name="progress_conspicuous",
            ),
        ),
        migrations.AddField(
            model_name="checkanswer",
            name="enrolment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_answers",
                to="courses.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="pacenote",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pacenote",
            name="progress",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pace_notes",
                to="courses.progress",
            ),
        ),
        migrations.AddIndex(
            model_name="checkanswer",
            index=models.Index(fields=["enrolment", "activity_key"], name="check_answer_of"),
        ),
    ]
