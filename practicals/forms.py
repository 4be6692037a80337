"""What learners say when they book, and staff when they plan and take attendance."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from courses.models import CourseRun
from lms.accounts.models import User
from lms.organisations.forms import PersonField
from lms.organisations.models import Role
from lms.organisations.queries import staff_over
from practicals.domain.sheets import parse_rows
from practicals.models import PracticalSession
from practicals.needs import Need


class BookingForm(forms.Form):
    """A seat in one of the sessions, and what has to be arranged for it."""

    session = forms.ModelChoiceField(
        label=_("Session"),
        queryset=PracticalSession.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose a session."),
            "invalid_choice": _("This session cannot be booked now. Choose another one."),
        },
    )
    needs = forms.MultipleChoiceField(
        label=_("What do you need to take part?"),
        choices=Need.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only those who prepare the session see it. You need not say why."),
    )
    needs_note = forms.CharField(
        label=_("Anything to know about it?"),
        max_length=300,
        required=False,
        help_text=_("What to arrange, please, and nothing about your health."),
    )
    has_read_travel_note = forms.BooleanField(
        label=_("I have read the note on travel"),
        error_messages={"required": _("Read the note on travel, and tick the box.")},
    )

    def __init__(self, *args, sessions, travel_note, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = sessions
        if not travel_note:
            del self.fields["has_read_travel_note"]

    @property
    def facts(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "session"}


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format="%Y-%m-%dT%H:%M")


class SessionForm(forms.ModelForm):
    """A session; its times are read in its own zone, which the view has opened."""

    map_link = forms.URLField(label=_("Link to a map"), required=False, assume_scheme="https")
    joining_link = forms.URLField(
        label=_("Link to join online"),
        required=False,
        assume_scheme="https",
        help_text=_("For those booked; it never goes into a calendar."),
    )

    class Meta:
        model = PracticalSession
        fields = [
            "title",
            "time_zone",
            "venue",
            "address",
            "map_link",
            "joining_link",
            "joining_note",
            "is_joining_shown_at_once",
            "capacity",
            "days_needed",
            "opens_at",
            "closes_at",
            "cancel_until",
            "facilitators",
            "is_group",
        ]
        widgets = {
            "opens_at": MomentInput,
            "closes_at": MomentInput,
            "cancel_until": MomentInput,
            "facilitators": forms.CheckboxSelectMultiple,
            "joining_note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, host, **kwargs):
        super().__init__(*args, **kwargs)
        instructors = staff_over(host).filter(role=Role.INSTRUCTOR).order_by()
        self.fields["facilitators"].queryset = User.objects.filter(
            pk__in=instructors.values("user")
        ).order_by("full_name", "pk")

    def clean(self):
        cleaned = super().clean()
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _now("Booking closes after it opens."))
        return cleaned


class NewSessionForm(SessionForm):
    """A session of one of the practicals that runs have."""

    practical = forms.ChoiceField(
        label=_("Practical"), error_messages={"required": _("Choose a practical.")}
    )

    field_order = ["practical"]

    def __init__(self, *args, practicals, **kwargs):
        super().__init__(*args, **kwargs)
        self.practicals = {f"{run.pk}:{entry['key']}": (run, entry) for run, entry in practicals}
        self.fields["practical"].choices = [
            ("", _("Choose a practical")),
            *(
                (value, f"{run.code}: {entry['title']}")
                for value, (run, entry) in self.practicals.items()
            ),
        ]

    @property
    def chosen(self) -> tuple[CourseRun, dict]:
        return self.practicals[self.cleaned_data["practical"]]


class DayForm(forms.Form):
    """One day of a session, in the session's own zone."""

    day = forms.IntegerField(required=False, widget=forms.HiddenInput)
    on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )
    begins = forms.TimeField(
        label=_("From"),
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=_("To"),
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("begins") and cleaned.get("ends") and cleaned["ends"] <= cleaned["begins"]:
            self.add_error("ends", _now("A day ends after it begins."))
        return cleaned


class BaseDays(forms.BaseFormSet):
    def clean(self):
        if any(self.errors):
            return
        days = [form.cleaned_data["on"] for form in self if form.cleaned_data.get("on")]
        if not days:
            raise ValidationError(_now("Say on which day the session takes place."))
        if len(set(days)) < len(days):
            raise ValidationError(_now("Each day stands here once."))

    def times(self, zone: str) -> list[tuple[int | None, datetime, datetime]]:
        """(id of a day there is, start, end) of each day."""
        info = ZoneInfo(zone)
        return [
            (
                form.cleaned_data["day"],
                *(
                    timezone.make_aware(datetime.combine(form.cleaned_data["on"], time), info)
                    for time in (form.cleaned_data["begins"], form.cleaned_data["ends"])
                ),
            )
            for form in self
            if form.cleaned_data.get("on") and not form.cleaned_data.get("DELETE")
        ]


Days = forms.formset_factory(DayForm, formset=BaseDays, extra=3, max_num=30, can_delete=True)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Those who are booked read it.")
    )


class AttendanceForm(forms.Form):
    """Present or absent for each of `bookings`; what is left open is not noted."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Needed only to change what was noted before, once the day is over."),
    )

    def __init__(self, *args, bookings, notes, **kwargs):
        super().__init__(*args, **kwargs)
        self.notes = {booking: notes.get(booking.pk) for booking in bookings}
        for booking in bookings:
            self.fields[f"tick-{booking.pk}"] = forms.ChoiceField(
                choices=[("present", _("present")), ("absent", _("absent"))], required=False
            )

    def changes(self):
        """(booking, whether present) of each that says something new, or confirms what was not sure."""
        for booking, note in self.notes.items():
            said = self.cleaned_data[f"tick-{booking.pk}"]
            known = note and note.is_confirmed and ("present" if note.is_present else "absent")
            if said and said != known:
                yield booking, said == "present"


class JoinForm(forms.Form):
    """Who stands at the facilitator's screen: the code of a booking, or an address."""

    typed = forms.CharField(
        label=_("Your code, phone or e-mail"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "short"}
        ),
    )

    def __init__(self, *args, codes, **kwargs):
        """`codes` are those of the session's bookings: {code: person}."""
        super().__init__(*args, **kwargs)
        self.codes = codes

    def clean_typed(self):
        typed = self.cleaned_data["typed"].strip()
        person = self.codes.get(typed.upper().replace(" ", ""))
        return person or PersonField().clean(typed)


class SheetForm(forms.Form):
    """Which rows of a paper sheet were signed on a day."""

    day = forms.ModelChoiceField(label=_("Day"), queryset=None, empty_label=None)
    rows = forms.CharField(
        label=_("Rows that signed"),
        required=False,
        max_length=2000,
        help_text=_("As 1-4, 7, 9."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    others_absent = forms.BooleanField(
        label=_("All other rows were absent"), required=False, initial=True
    )
    is_checked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, days, last_row, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].queryset = days
        self.fields["day"].label_from_instance = day_label
        self.last_row = last_row

    def clean_rows(self):
        try:
            return parse_rows(self.cleaned_data["rows"], self.last_row)
        except ValueError as error:
            raise ValidationError(str(error)) from error


def day_label(day):
    start = timezone.localtime(day.starts_at, ZoneInfo(day.session.time_zone))
    return date_format(start, "l j F Y")


class ClaimForm(forms.Form):
    """What a phone says that had no line when it scanned."""

    at = forms.DateTimeField(required=False)


class Tick(BaseModel):
    """A tick of the attendance list, noted without a line perhaps."""

    id: str = Field(min_length=1, max_length=64)
    booking: int
    is_present: bool
    at: AwareDatetime


class Ticks(BaseModel):
    ticks: list[Tick] = Field(max_length=1000)
