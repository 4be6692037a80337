"""What can be earned, and the body whose name and serial numbers stand on the certificate."""

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Issuer(models.Model):
    """How an organisation appears on the certificates it issues; each counts its own serials."""

    organisation = models.OneToOneField(
        "organisations.Organisation",
        models.PROTECT,
        verbose_name=_("organisation"),
        related_name="issuer",
    )
    prefix = models.CharField(
        _("prefix of serial numbers"),
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2,8}$", _("Write two to eight capital letters."))],
        help_text=_("As KSG; never changed once a certificate bears it."),
    )
    name_en = models.CharField(_("name in English"), max_length=120)
    name_sw = models.CharField(_("name in Kiswahili"), max_length=120, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=120, blank=True)
    unit_sw = models.CharField(_("unit in Kiswahili"), max_length=120, blank=True)
    signatory1_name = models.CharField(_("first signatory"), max_length=80, blank=True)
    signatory1_office = models.CharField(_("office of the first signatory"), max_length=80)
    signatory2_name = models.CharField(_("second signatory"), max_length=80, blank=True)
    signatory2_office = models.CharField(_("office of the second signatory"), max_length=80)

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")

    def __str__(self):
        return f"{self.prefix}: {self.name_en}"


class Rule(models.TextChoices):
    """When an achievement is proposed for an award."""

    COURSE_COMPLETED = "course_completed", _("when the course is completed")
    PROGRAMME_COMPLETED = "programme_completed", _("when the programme is completed")
    BY_HAND = "by_hand", _("by hand only")


class AchievementQuerySet(models.QuerySet):
    def earned_by_completing(self, course):
        return self.filter(course=course, rule=Rule.COURSE_COMPLETED)

    def earned_by_programme(self, programme):
        return self.filter(programme=programme, rule=Rule.PROGRAMME_COMPLETED)


class Achievement(models.Model):
    """What can be earned; shared by all organisations. An award freezes its words on release."""

    Rule = Rule

    course = models.ForeignKey(
        "courses.CoursePage",
        models.PROTECT,
        verbose_name=_("course"),
        null=True,
        blank=True,
        related_name="achievements",
        help_text=_("A course or a programme, not both."),
    )
    programme = models.ForeignKey(
        "courses.ProgrammePage",
        models.PROTECT,
        verbose_name=_("programme"),
        null=True,
        blank=True,
        related_name="achievements",
    )
    title_en = models.CharField(_("title in English"), max_length=200)
    title_sw = models.CharField(
        _("title in Kiswahili"),
        max_length=200,
        blank=True,
        help_text=_("The certificate shows the English title alone while this is empty."),
    )
    criteria = models.TextField(
        _("criteria"),
        blank=True,
        help_text=_("What a person did to earn it, in a sentence or two."),
    )
    hours = models.DecimalField(
        _("hours"),
        max_digits=5,
        decimal_places=1,
        validators=[MinValueValidator(0)],
    )
    issuer = models.ForeignKey(
        Issuer,
        models.PROTECT,
        verbose_name=_("issuer"),
        related_name="achievements",
    )
    rule = models.CharField(
        _("proposed"),
        max_length=20,
        choices=Rule,
        default=Rule.COURSE_COMPLETED,
    )
    valid_months = models.PositiveSmallIntegerField(
        _("valid for months"),
        null=True,  # no number means for ever, and 0 would not
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: it does not expire."),
    )

    objects = AchievementQuerySet.as_manager()

    class Meta:
        verbose_name = _("achievement")
        verbose_name_plural = _("achievements")
        ordering = ["course", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "title_en"],
                name="achievement_title_once_a_course",
            ),
            models.UniqueConstraint(
                fields=["programme", "title_en"],
                name="achievement_title_once_a_programme",
            ),
            models.CheckConstraint(
                condition=models.Q(course__isnull=False, programme__isnull=True)
                | models.Q(course__isnull=True, programme__isnull=False),
                name="achievement_of_a_course_or_a_programme",
                violation_error_message=_("Choose a course or a programme, one of the two."),
            ),
        ]

    def __str__(self):
        return self.title_en

    @property
    def code(self):
        """The code of the course or programme, as it stands on the certificate."""
        return (self.course or self.programme).code

    @property
    def level(self):
        """The level of the course, or the highest of the programme."""
        if self.course:
            return self.course.level
        return self.programme.levels[-1].value["level"]
