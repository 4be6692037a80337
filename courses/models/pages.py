"""The authored tree: catalogue → course → module → activity, edited in Wagtail."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from courses.blocks import LessonBody, measure_body
from courses.levels import Level

# Wagtail's own panel fills in a slug, and stumbles where there is none to fill in.
TITLE = FieldPanel("title", classname="title", help_text=_("As learners see it in the outline."))


class LearnerUrlMixin:
    """Pages are read at the learner's addresses, not at a path in the tree."""

    def learner_path(self):
        return reverse("courses:catalogue")

    def get_url_parts(self, request=None):
        """The site's address is a setting; the one that Wagtail keeps in a table is not asked."""
        site_id, _address, _path = super().get_url_parts(request) or (None, "", "")
        return (site_id, settings.SITE_URL, self.learner_path()) if site_id else None

    def serve(self, request, *args, **kwargs):
        return HttpResponse(status=404)


class SluglessForm(WagtailAdminPageForm):
    """The form of a page whose slug is nobody's address: until it is saved, the slug follows the title.

    A preview keeps its page between two checks; another page may have taken the slug by the second,
    and Wagtail would report that at a field which is not here.
    """

    def _post_clean(self):
        if self.instance.pk is None:
            self.instance.slug = ""
        super()._post_clean()


class CataloguePage(LearnerUrlMixin, Page):
    """The root of all courses."""

    intro = models.TextField(_("introduction"), blank=True)

    content_panels = [TITLE, "intro"]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CoursePage", "courses.ProgrammePage"]
    max_count = 1
    promote_panels = settings_panels = []

    class Meta:
        verbose_name = _("catalogue")

    def serve_preview(self, request, mode_name):
        from courses.domain.queries import catalogue  # the domain imports the models

        return render(request, "courses/catalogue.html", {"courses": catalogue()})


class CoursePage(LearnerUrlMixin, Page):
    """A course as authored; learners read the edition that their run pins."""

    code = models.CharField(
        _("code"), max_length=16, help_text=_("As F2; run codes begin with it.")
    )
    level = models.CharField(_("level"), max_length=16, choices=Level)
    hours = models.DecimalField(
        _("hours"), max_digits=5, decimal_places=1, validators=[MinValueValidator(0)]
    )
    summary = models.CharField(_("summary"), max_length=300)
    audience = models.CharField(_("who it is for"), max_length=300, blank=True)
    outcomes = models.TextField(
        _("outcomes"), blank=True, help_text=_("One a line: what a person can do afterwards.")
    )
    competencies = models.CharField(
        _("competencies"), max_length=300, blank=True, help_text=_("Codes, separated by commas.")
    )
    about = RichTextField(
        _("about"), blank=True, features=["h2", "h3", "bold", "italic", "ol", "ul", "link"]
    )
    award_title = models.CharField(_("title on the certificate"), max_length=200, blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(["code", "level", "hours", "award_title"], heading=_("Facts")),
        FieldPanel("summary", help_text=_("One or two sentences, shown in the catalogue.")),
        "audience",
        "outcomes",
        "competencies",
        "about",
    ]
    # The slug is the course's address. Nothing is scheduled: an edition is cut when a person publishes.
    promote_panels = [
        FieldPanel(
            "slug", help_text=_("The course's address: /courses/<this>/. Keep it once it is known.")
        )
    ]
    settings_panels = []
    parent_page_types = ["courses.CataloguePage"]
    subpage_types = ["courses.ModulePage"]
    admin_default_ordering = "ord"

    class Meta:
        verbose_name = _("course")

    @property
    def outcome_list(self):
        return [line.strip() for line in self.outcomes.splitlines() if line.strip()]

    def learner_path(self):
        return reverse("courses:course", args=[self.slug])

    def serve_preview(self, request, mode_name):
        return render(request, "courses/course_detail.html", {"course": self, "preview": True})


class ModulePage(LearnerUrlMixin, Page):
    summary = models.CharField(_("summary"), max_length=400, blank=True)

    content_panels = [
        TITLE,
        FieldPanel(
            "summary", help_text=_("What the module is about, shown in the course's outline.")
        ),
    ]
    promote_panels = settings_panels = []  # it has no address of its own
    base_form_class = SluglessForm
    parent_page_types = ["courses.CoursePage"]
    admin_default_ordering = "ord"
    # activities of higher apps name this page as their parent themselves

    class Meta:
        verbose_name = _("module")

    def learner_path(self):
        return CoursePage.objects.ancestor_of(self).get().learner_path()

    def serve_preview(self, request, mode_name):
        return render(request, "courses/module_preview.html", {"page": self})


class ActivityPage(LearnerUrlMixin, Page):
    """The base of everything that a module holds; `kind` names the view that shows it."""

    kind = ""

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    is_locked_for_partners = models.BooleanField(_("partners may not change this"), default=False)

    facts = (
        FieldPanel("summary", help_text=_("One sentence below the title.")),
        FieldPanel("minutes", help_text=_("How long a careful reader needs.")),
        FieldPanel(
            "is_locked_for_partners",
            help_text=_("In a partner's copy of the course this part follows the original."),
        ),
    )
    promote_panels = (
        settings_panels
    ) = []  # learners find it by its key; it goes out with its course
    base_form_class = SluglessForm
    parent_page_types = ["courses.ModulePage"]
    subpage_types = []
    is_creatable = False

    class Meta:
        verbose_name = _("activity")

    def learner_path(self):
        return CoursePage.objects.ancestor_of(self).get().learner_path()

    @property
    def key(self):
        """The stable key: the same in every language and revision."""
        return str(self.translation_key)

    def points(self):
        """The most a learner can score here; 0 when nothing is scored."""
        return 0

    def completion(self):
        """`read` when the learner says so, `passed` when a result reaches the pass mark."""
        return "read"

    def measured_bytes(self):
        """Bytes that a first visit loads beyond the site's own styles: pictures only on request."""
        return 0

    def measures(self):
        """What an edition notes of how much there is to do: `length`, and `checks` where there are questions.

        Empty: only the author's minutes tell.
        """
        return {}


class LessonPage(ActivityPage):
    kind = "lesson"

    body = StreamField(LessonBody(), verbose_name=_("body"), blank=True)

    content_panels = [
        TITLE,
        MultiFieldPanel(ActivityPage.facts, heading=_("Facts")),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("lesson")

    def measured_bytes(self):
        return len(str(self.body).encode())

    def measures(self):
        return measure_body(self.body)

    def serve_preview(self, request, mode_name):
        return render(request, "courses/lesson_preview.html", {"lesson": self, "title": self.title})


class Source(models.Model):
    """The file that a page was last loaded from: while it is the same, an author's later edits stand."""

    page = models.OneToOneField(Page, models.CASCADE, related_name="source")
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("source file")

    def __str__(self):
        return f"source of page {self.page_id}"
