"""The quiz page: its sections of items, and how an attempt at it runs."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.models import ActivityPage, Level
from courses.models.pages import TITLE
from lms.organisations.scoping import Record, scoped


class FixedItemBlock(blocks.StructBlock):
    """An item that every attempt asks."""

    item = SnippetChooserBlock("assessments.Item", label=_("Question"))
    points = blocks.DecimalBlock(label=_("Points"), default=1, min_value=0, max_digits=6)

    class Meta:
        icon = "help"
        label = _("A question")


class DrawBlock(blocks.StructBlock):
    """Items drawn anew for each attempt."""

    bank = SnippetChooserBlock("assessments.ItemBank", label=_("Bank"))
    tags = blocks.CharBlock(
        label=_("Tags"),
        required=False,
        help_text=_("Separated by commas; a question must have all of them."),
    )
    difficulty = blocks.ChoiceBlock(
        label=_("Difficulty"),
        required=False,
        choices=[("easy", _("easy")), ("medium", _("medium")), ("hard", _("hard"))],
    )
    level = blocks.ChoiceBlock(label=_("Level"), required=False, choices=Level.choices)
    count = blocks.IntegerBlock(label=_("How many"), default=5, min_value=1, max_value=200)
    points = blocks.DecimalBlock(label=_("Points each"), default=1, min_value=0, max_digits=6)

    class Meta:
        icon = "collapse-down"
        label = _("Questions drawn from a bank")


class SectionBlock(blocks.StructBlock):
    """A part of a quiz with a heading and instructions of its own."""

    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    instructions = blocks.RichTextBlock(
        label=_("Instructions"), required=False, features=["bold", "italic", "ol", "ul", "image"]
    )
    items = blocks.StreamBlock(
        [("item", FixedItemBlock()), ("draw", DrawBlock())], label=_("Questions")
    )
    is_shuffled = blocks.BooleanBlock(
        label=_("Ask in another order each time"), required=False, default=True
    )

    class Meta:
        icon = "list-ul"
        label = _("Section")


class Behaviour(models.TextChoices):
    DEFERRED = "deferred", _("after handing in")
    IMMEDIATE = "immediate", _("after each question, once")
    INTERACTIVE = "interactive", _("after each question, with hints and more tries")


class Counts(models.TextChoices):
    BEST = "best", _("the best try")
    LAST = "last", _("the last try")
    FIRST = "first", _("the first try")
    AVERAGE = "average", _("the average of all tries")


class Navigation(models.TextChoices):
    FREE = "free", _("back and forth")
    ONE_WAY = "one_way", _("forward only, one question at a time")


class Review(models.TextChoices):
    """How much of a closed attempt its learner sees; each shows what the ones before it show."""

    NOTHING = "nothing", _("only that it was handed in")
    RESULT = "result", _("the result")
    VERDICTS = "verdicts", _("what was right and wrong")
    FEEDBACK = "feedback", _("explanations too")
    ANSWERS = "answers", _("the right answers too")


class QuizPage(ActivityPage):
    """An assessment. Its revision, pinned by the edition, fixes its sections and rules."""

    kind = "quiz"

    sections = StreamField([("section", SectionBlock())], verbose_name=_("sections"), blank=True)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark in per cent"), default=70, validators=[MaxValueValidator(100)]
    )
    consequence = models.CharField(
        _("what passing or failing means"),
        max_length=300,
        blank=True,
        help_text=_("Shown before the start. Empty: it counts towards completing the course."),
    )
    behaviour = models.CharField(
        _("feedback comes"), max_length=16, choices=Behaviour, default=Behaviour.DEFERRED
    )
    checks = models.PositiveSmallIntegerField(
        _("tries at each question"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("With hints and more tries only."),
    )
    penalty = models.PositiveSmallIntegerField(
        _("taken off for each wrong try, in per cent"),
        default=33,
        validators=[MaxValueValidator(100)],
    )
    has_certainty = models.BooleanField(
        _("ask how certain one is"),
        default=False,
        help_text=_("Being certain of a wrong answer costs points."),
    )
    tries = models.PositiveSmallIntegerField(
        _("tries"), default=2, help_text=_("0: as many as one likes.")
    )
    retry_hours = models.PositiveSmallIntegerField(
        _("hours until new tries open"),
        default=24,
        help_text=_("After the last try. 0: no new tries open by themselves."),
    )
    counts = models.CharField(_("what counts"), max_length=8, choices=Counts, default=Counts.BEST)
    time_limit = models.PositiveSmallIntegerField(
        _("time limit in minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    late_hours = models.PositiveSmallIntegerField(
        _("hours in which late answers are taken"),
        default=24,
        help_text=_("Answers given in time on a phone without a line. 0 for examinations."),
    )
    navigation = models.CharField(
        _("moving between questions"), max_length=8, choices=Navigation, default=Navigation.FREE
    )
    review_open = models.CharField(
        _("shown while tries remain"), max_length=8, choices=Review, default=Review.FEEDBACK
    )
    review_done = models.CharField(
        _("shown when passed or no tries remain"),
        max_length=8,
        choices=Review,
        default=Review.ANSWERS,
    )
    has_pin = models.BooleanField(
        _("only in the room, with the trainer's PIN"),
        default=False,
        help_text=_("Set the PIN of each run on its sittings page."),
    )
    honesty = models.BooleanField(_("ask for an honesty statement at the start"), default=False)
    is_placement = models.BooleanField(
        _("placement: tell a level for each competency"), default=False
    )

    content_panels = [
        TITLE,
        MultiFieldPanel(ActivityPage.facts, heading=_("Facts")),
        FieldPanel("sections"),
        MultiFieldPanel(["pass_mark", "consequence", "is_placement"], heading=_("Result")),
        MultiFieldPanel(
            ["tries", "counts", "retry_hours", "time_limit", "late_hours", "navigation"],
            heading=_("Tries and time"),
        ),
        MultiFieldPanel(
            ["behaviour", "checks", "penalty", "has_certainty"], heading=_("While answering")
        ),
        MultiFieldPanel(["review_open", "review_done"], heading=_("Afterwards")),
        MultiFieldPanel(["has_pin", "honesty"], heading=_("Examinations")),
    ]

    class Meta:
        verbose_name = _("quiz")

    def clean(self):
        super().clean()
        if self.navigation == Navigation.ONE_WAY and self.behaviour != Behaviour.DEFERRED:
            raise ValidationError(
                {
                    "navigation": _(
                        "Forward only goes with feedback after handing in. Choose one of the two."
                    )
                }
            )

    def _entries(self):
        return [
            entry["value"] | {"type": entry["type"]}
            for section in self.sections.get_prep_value()
            for entry in section["value"]["items"]
        ]

    def points(self):
        total = sum(
            float(entry["points"]) * (entry["count"] if entry["type"] == "draw" else 1)
            for entry in self._entries()
        )
        return int(total) if total == int(total) else total

    def completion(self):
        return "answered" if self.is_placement else "passed"

    def measures(self):
        questions = sum(
            int(entry["count"]) if entry["type"] == "draw" else 1 for entry in self._entries()
        )
        return {"length": {"questions": questions}} if questions else {}

    def serve_preview(self, request, mode_name):
        from assessments.domain.quizzes import quiz_of  # the domain imports the models
        from assessments.forms import preview_forms

        return render(
            request,
            "assessments/quiz_preview.html",
            {"quiz": quiz_of(self), "title": self.title, "forms": preview_forms(quiz_of(self))},
        )


class Sitting(models.Model):
    """When a run may take a quiz, and the PIN that is told in the room. Without one, the run's dates hold."""

    run = models.ForeignKey("courses.CourseRun", models.CASCADE, related_name="sittings")
    activity_key = models.UUIDField()
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    pin = models.CharField(_("PIN"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("sitting")
        constraints = [
            models.UniqueConstraint(fields=["run", "activity_key"], name="sitting_once_a_quiz"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=models.F("opens_at")),
                name="sitting_times_in_order",
            ),
        ]

    def __str__(self):
        return f"sitting {self.pk}"


class Allowance(Record):
    """More time or tries and why: for one learner, a cohort, or all whom an organisation sent to a run."""

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="allowances"
    )
    run = models.ForeignKey("courses.CourseRun", models.PROTECT, related_name="allowances")
    enrolment = models.ForeignKey(
        "courses.Enrolment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allowances",
        verbose_name=_("learner"),
    )
    cohort = models.ForeignKey(
        "courses.Cohort",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allowances",
        verbose_name=_("cohort"),
    )
    activity_key = models.UUIDField(null=True, blank=True)
    extra_percent = models.PositiveSmallIntegerField(
        _("more time, in per cent"), default=0, validators=[MaxValueValidator(300)]
    )
    extra_tries = models.PositiveSmallIntegerField(
        _("more tries"), default=0, validators=[MaxValueValidator(20)]
    )
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("allowance")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolment__isnull=True) | Q(cohort__isnull=True),
                name="allowance_for_one_or_a_cohort",
            ),
        ]

    def __str__(self):
        return f"allowance {self.pk}"
