"""What a person says when they enrol, and staff of a run."""

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from courses.domain.dates import calendar_of
from courses.domain.runs import next_run_code
from courses.models import CoursePage, CourseRun, DueDate, Edition, Holiday, Level
from lms.accounts.models import User
from lms.organisations.grades import fault_of, schemes, told
from lms.organisations.models import Kind, Membership, Organisation, Role


class OrganisationChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, organisation):
        return organisation.name


class EnrolForm(forms.Form):
    organisation = OrganisationChoiceField(
        label=_("Where you work"),
        help_text=_("Your training officer there sees your progress. Nobody else does."),
        queryset=Organisation.objects.none(),
        empty_label=_("Choose your employer"),
        error_messages={"required": _("Choose where you work.")},
    )

    key = forms.CharField(
        label=_("Enrolment key"),
        max_length=32,
        required=False,
        help_text=_("Whoever told you of this run knows it."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )

    def __init__(self, *args, user, run, **kwargs):
        super().__init__(*args, **kwargs)
        if not run.enrolment_key:
            del self.fields["key"]
        field = self.fields["organisation"]
        field.queryset = (
            Organisation.objects.on(timezone.localdate()).exclude(kind=Kind.CENTRE).order_by("path")
        )
        organisations = list(field.queryset)
        countries = {row.path: row for row in organisations if row.kind == Kind.COUNTRY}
        groups: dict[str, list] = {}
        for row in organisations:
            country = next(
                (countries[path] for path in countries if row.path.startswith(path)), row
            )
            groups.setdefault(country.name, []).append((row.pk, row.name))
        field.choices = [("", field.empty_label), *groups.items()]
        latest = user.memberships.current().order_by("-from_at").first()
        if latest:
            self.initial.setdefault("organisation", latest.organisation_id)


class RunForm(WagtailAdminModelForm):
    """A run; the rules of who may take part are written as plain fields and kept as data."""

    for_organisations = forms.ModelMultipleChoiceField(
        label=_("Only for people of"),
        queryset=Organisation.objects.all(),
        required=False,
        help_text=_("And of what is below them. None: everybody."),
    )
    grade_scheme = forms.CharField(
        label=_("Scheme of grades"), max_length=32, required=False, help_text=_("As job group.")
    )
    grades = forms.CharField(
        label=_("Only for grades"),
        max_length=200,
        required=False,
        help_text=_("With commas between them, as L, M, N, P."),
    )
    after_courses = forms.ModelMultipleChoiceField(
        label=_("After the courses"), queryset=CoursePage.objects.all(), required=False
    )
    after_level = forms.ChoiceField(
        label=_("After a course of the level"),
        choices=[("", "–"), *Level.choices],  # noqa: RUF001  what an empty choice looks like
        required=False,
    )

    class Meta:
        model = CourseRun
        fields = [
            "code",
            "starts_on",
            "ends_on",
            "time_zone",
            "venue",
            "capacity",
            "programme",
            "trainers",
            "is_self_enrolment_open",
            "enrolment_key",
        ]
        widgets = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}
        help_texts = {
            "code": _("As F2 01/2026. Empty: the next number of the year."),
            "ends_on": _("Empty: it stays open."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].required = self.fields["time_zone"].required = False
        self.fields["trainers"].queryset = User.objects.filter(
            memberships__in=Membership.objects.current().filter(role=Role.INSTRUCTOR)
        ).distinct()
        self.known_grades = schemes()
        if self.known_grades:
            self.fields["grade_scheme"].help_text = told(self.known_grades)
        for rule in self.instance.eligibility:
            self._show(rule)

    def _show(self, rule):
        match rule["kind"]:
            case "organisation":
                slugs = rule["organisations"]
                self.initial["for_organisations"] = Organisation.objects.filter(slug__in=slugs)
            case "grade":
                self.initial["grade_scheme"] = rule["scheme"]
                self.initial["grades"] = ", ".join(rule["grades"])
            case "course":
                earlier = [*self.initial.get("after_courses", [])]
                self.initial["after_courses"] = [
                    *earlier,
                    *CoursePage.objects.filter(code=rule["code"]),
                ]
            case "level":
                self.initial["after_level"] = rule["level"]

    def clean(self):
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("A run ends on or after the day it starts."))
        if bool(cleaned.get("grades")) != bool(cleaned.get("grade_scheme")):
            missing = "grade_scheme" if cleaned.get("grades") else "grades"
            self.add_error(missing, _("Name both the scheme and the grades."))
        elif fault := fault_of(
            self.known_grades, cleaned.get("grade_scheme", ""), cleaned.get("grades", [])
        ):
            self.add_error("grades", fault)
        course = cleaned.get("course") or getattr(self.instance, "course", None)
        if not cleaned.get("code") and course and starts_on:
            cleaned["code"] = next_run_code(course, starts_on)
        return cleaned

    def clean_grades(self):
        grades = [grade.strip() for grade in self.cleaned_data["grades"].split(",")]
        return [grade for grade in grades if grade]

    def _rules(self):
        cleaned = self.cleaned_data
        if cleaned["for_organisations"]:
            slugs = [organisation.slug for organisation in cleaned["for_organisations"]]
            yield {"kind": "organisation", "organisations": slugs}
        if cleaned["grades"]:
            scheme, grades = cleaned["grade_scheme"], cleaned["grades"]
            yield {"kind": "grade", "scheme": scheme, "grades": grades}
        for course in cleaned["after_courses"]:
            yield {"kind": "course", "code": course.code}
        if cleaned["after_level"]:
            yield {"kind": "level", "level": cleaned["after_level"]}

    def save(self, commit=True):  # noqa: FBT002  Django's signature
        self.instance.eligibility = list(self._rules())
        return super().save(commit)


class NewRunForm(RunForm):
    """A new run pins the newest edition of its course."""

    course = forms.ModelChoiceField(
        label=_("Course"),
        queryset=CoursePage.objects.filter(editions__isnull=False).distinct(),
        help_text=_(
            "A course appears here once it has been published. The run takes its newest edition."
        ),
    )

    class Meta(RunForm.Meta):
        fields = ["course", *RunForm.Meta.fields]

    def save(self, commit=True):  # noqa: FBT002  Django's signature
        self.instance.edition = Edition.objects.filter(course=self.cleaned_data["course"]).first()
        return super().save(commit)


class OverrideForm(forms.Form):
    """A result set by hand."""

    score = forms.DecimalField(
        label=_("Points"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autofocus": True}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args, maximum, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["score"].max_value = maximum
        self.fields["score"].validators.append(
            MaxValueValidator(maximum, _("Write at most %(limit_value)s points."))
        )


class WeightsForm(forms.Form):
    """A weight for each column of a gradebook."""

    def __init__(self, *args, columns, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = columns
        for column in columns:
            self.fields[column.key] = forms.DecimalField(
                label=column.title,
                min_value=0,
                max_digits=6,
                decimal_places=2,
                initial=column.weight,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
            )


class ReasonForm(forms.Form):
    """Why an enrolment is suspended, resumed or ended."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class ExtensionForm(forms.Form):
    """More time for one learner."""

    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    activity = forms.ChoiceField(label=_("For"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args, activities, **kwargs):
        super().__init__(*args, **kwargs)
        whole = [("", _("the whole run"))]
        self.fields["activity"].choices = whole + [
            (entry["key"], entry["title"]) for entry in activities
        ]

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise forms.ValidationError(_("More time ends today or later."))
        return until


DAY = {"type": "date", "class": "short"}


class DueDatesForm(forms.Form):
    """For each activity of a run: working days after the start, a day for everybody, or nothing."""

    def __init__(self, *args, run, **kwargs):
        super().__init__(*args, **kwargs)
        self.run = run
        known = {str(rule.activity_key): rule for rule in run.due_dates.all()}
        for entry in run.edition.activities:
            rule = known.get(entry["key"], DueDate())
            names = {"title": entry["title"]}
            self.fields[f"days-{entry['key']}"] = forms.IntegerField(
                label=_("Working days for “%(title)s”") % names,
                required=False,
                min_value=1,
                max_value=400,
                initial=rule.working_days,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
            )
            self.fields[f"on-{entry['key']}"] = forms.DateField(
                label=_("Day for “%(title)s”") % names,
                required=False,
                initial=rule.on,
                widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            )

    def clean(self):
        cleaned = super().clean()
        for entry in self.run.edition.activities:
            days, on = cleaned.get(f"days-{entry['key']}"), cleaned.get(f"on-{entry['key']}")
            if days and on:
                fault = _("Write working days or a day, not both.")
            elif on and on < self.run.starts_on:
                fault = _("The run starts later. Choose a day on or after its start.")
            elif on and self.run.ends_on and on > self.run.ends_on:
                fault = _("The run ends earlier. Choose a day on or before its end.")
            else:
                continue
            self.add_error(f"on-{entry['key']}", fault)
        return cleaned

    def rules(self):
        """What is due when, as rows that are not saved."""
        rules = [
            DueDate(
                run=self.run,
                activity_key=entry["key"],
                working_days=self.cleaned_data[f"days-{entry['key']}"],
                on=self.cleaned_data[f"on-{entry['key']}"],
            )
            for entry in self.run.edition.activities
        ]
        return [rule for rule in rules if rule.working_days or rule.on]


class StartForm(forms.Form):
    """For whom due dates are shown: who starts on a day in a country."""

    start = forms.DateField(
        label=_("Who starts on"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )
    country = OrganisationChoiceField(
        label=_("in"), queryset=Organisation.objects.none(), to_field_name="slug", empty_label=None
    )

    def __init__(self, *args, run, countries, **kwargs):
        super().__init__(*args, **kwargs)
        self.run = run
        self.fields["country"].queryset = countries
        self.initial.setdefault("start", max(run.starts_on, timezone.localdate()))
        self.initial.setdefault("country", countries.first())

    def clean_start(self):
        start = self.cleaned_data["start"]
        if start < self.run.starts_on:
            raise forms.ValidationError(
                _("The run starts later. Choose a day on or after its start.")
            )
        return start


class HolidayForm(forms.ModelForm):
    """A day off that the calendar of the country does not foresee."""

    class Meta:
        model = Holiday
        fields = ["on", "name"]
        widgets = {"on": forms.DateInput(attrs=DAY, format="%Y-%m-%d")}
        help_texts = {"name": _("As it was gazetted.")}

    def clean_on(self):
        on = self.cleaned_data["on"]
        known = [
            day
            for day in calendar_of(self.instance.country_code, on, on)
            if not (day.holiday and day.holiday.pk == self.instance.pk)
        ]
        if known:
            raise forms.ValidationError(
                _("This day is a day off already: %(name)s."), params={"name": known[0].name}
            )
        return on


class AdaptForm(forms.Form):
    """A published course that the organisation has not adapted yet."""

    course = forms.ModelChoiceField(label=_("Course"), queryset=CoursePage.objects.none())

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = (
            CoursePage.objects.live()
            .filter(adapted_from__isnull=True)
            .exclude(adaptations__organisation=organisation)
            .order_by("title")
        )
