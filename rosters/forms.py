"""What staff say: a new cohort, a file of people, and what its columns are."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import CourseRun
from rosters.domain.columns import AS_WRITTEN, ORDERS, Mapping, in_order
from rosters.formats.cells import MAX_BYTES
from rosters.headings import FIELDS, NAME_PART, guess
from rosters.messages import field_name

ENDINGS = [".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".zip"]


class RunChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, run):
        return f"{run.code}, {run.course.title}"


class CohortForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As your people know the group: “Registry officers, first intake”."),
        error_messages={"required": _("Write the cohort's name.")},
    )
    run = RunChoiceField(
        label=_("Run"),
        queryset=CourseRun.objects.none(),
        empty_label=_("Choose a run"),
        error_messages={"required": _("Choose the run that the cohort takes part in.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["run"].queryset = CourseRun.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today)
        ).select_related("course")


class RosterFileForm(forms.Form):
    file = forms.FileField(
        label=_("File of people"),
        help_text=_(
            "Excel (.xlsx) or CSV, from our template or your own; or a zip of OneRoster or Canvas. At most 10 MB and 50,000 rows."
        ),
        error_messages={
            "required": _("Choose the file that holds the people."),
            "empty": _("The file is empty. Choose the file that holds the people."),
        },
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 10 MB. Divide it into smaller ones."), code="too_large"
            )
        return file


class ColumnsForm(forms.Form):
    """A choice for each column of a file, and how names that lie in several are printed."""

    def __init__(self, *args, columns, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = columns
        guessed = guess([column["title"] for column in columns])
        choices = [
            ("", _("is not read")),
            *((name, field_name(name)) for name in ["full_name", NAME_PART, *FIELDS[1:]]),
        ]
        for index, (column, name) in enumerate(zip(columns, guessed, strict=True)):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=column["title"] or _("Column %(number)s") % {"number": index + 1},
                choices=choices,
                initial=name,
                required=False,
                help_text=_("In the file: %(samples)s")
                % {"samples": ", ".join(column["samples"]) or "–"},  # noqa: RUF001  nothing is there
            )
        self.fields["name_order"] = forms.ChoiceField(
            label=_("If the name lies in several columns: how is it printed on the certificate?"),
            required=False,
            widget=forms.RadioSelect,
            choices=self._orders([i for i, name in enumerate(guessed) if name == NAME_PART]),
        )

    def _orders(self, parts):
        """Each order, shown by the first person of the file."""
        told = {
            AS_WRITTEN: _("as the columns stand"),
            "first_last": _("the first of these columns last"),
            "last_first": _("the last of these columns first"),
        }
        if len(parts) < 2:  # noqa: PLR2004  one part has no order
            return list(told.items())
        samples = [(self.columns[index]["samples"] or [""])[0] for index in parts]
        orders = ORDERS if len(parts) > 2 else ORDERS[:2]  # noqa: PLR2004  of two parts there are two orders
        return [(order, f"{told[order]}: {' '.join(in_order(samples, order))}") for order in orders]

    def clean(self):
        cleaned = super().clean()
        fields = [cleaned.get(f"column_{index}", "") for index in range(len(self.columns))]
        mapping = Mapping(fields, cleaned.get("name_order", ""))
        sentences = {
            "name": _("Say which column is the full name, or which are parts of it, but not both."),
            "contact": _("Say which column is the e-mail or the phone: people sign in by it."),
            "twice": _("Two columns are said to be the same. Choose one of them."),
            "order": _("Choose in which order the parts of the name are printed."),
        }
        if mapping.problem:
            place = "name_order" if mapping.problem == "order" else None
            self.add_error(
                place, forms.ValidationError(sentences[mapping.problem], mapping.problem)
            )
        cleaned["mapping"] = mapping
        return cleaned


class ApplyForm(forms.Form):
    is_proper_case = forms.BooleanField(
        label=_("Write names in capitals as people write them, as in Wanjiru Ng'eno"),
        required=False,
        initial=True,
    )
