"""How authors write the levels of a programme."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.levels import Level


class CourseBlock(blocks.StructBlock):
    course = blocks.PageChooserBlock(label=_("Course"), page_type="courses.CoursePage")
    is_elective = blocks.BooleanBlock(label=_("Elective"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Course")


class LevelBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    level = blocks.ChoiceBlock(label=_("Level"), choices=Level.choices)
    gate = blocks.PageChooserBlock(
        label=_("Gate"),
        page_type="courses.CoursePage",
        required=False,
        help_text=_("The course that opens the others."),
    )
    courses = blocks.ListBlock(CourseBlock(), label=_("Courses"))
    is_in_order = blocks.BooleanBlock(
        label=_("In this order"),
        required=False,
        help_text=_("Each course opens when the one before it is completed."),
    )
    electives = blocks.IntegerBlock(
        label=_("Electives needed"),
        min_value=0,
        default=0,
        help_text=_("How many of the courses marked as electives."),
    )
    practical = blocks.PageChooserBlock(
        label=_("Practical"),
        page_type="courses.CoursePage",
        required=False,
        help_text=_("The course that opens when all the others are completed."),
    )

    class Meta:
        icon = "list-ol"
        label = _("Level")

    def clean(self, value):
        cleaned = super().clean(value)
        offered = sum(each["is_elective"] for each in cleaned["courses"])
        if cleaned["electives"] > offered:
            message = _("Only %(offered)s courses are marked as electives.") % {"offered": offered}
            raise blocks.StructBlockValidationError(
                block_errors={"electives": ValidationError(message)}
            )
        return cleaned


class LevelsBlock(blocks.StreamBlock):
    level = LevelBlock()

    class Meta:
        min_num = 1
