"""What trainers enter about labs."""

from decimal import Decimal

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from labs.models import LabComment, LabRelease


class CommentForm(forms.ModelForm):
    class Meta:
        model = LabComment
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3, "maxlength": 5000})}
        help_texts = {"text": _("The learner is told, and reads it beside the result.")}


class HandMarkForm(forms.Form):
    """One choice for each criterion of the cell's rubric, or points where it has none."""

    comment = forms.CharField(
        label=_("To the learner"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, cell, **kwargs):
        super().__init__(*args, **kwargs)
        self.cell = cell
        for place, criterion in enumerate(cell.rubric):
            self.fields[f"level_{place}"] = forms.TypedChoiceField(
                label=criterion.title,
                coerce=int,
                choices=[
                    (number, f"{level.title} ({_points_in_words(level.points)})")
                    for number, level in enumerate(criterion.levels)
                ],
                widget=forms.RadioSelect,
            )
        if not cell.rubric:
            self.fields["points"] = forms.DecimalField(
                label=_("Points"),
                help_text=_("From 0 to %(most)s.") % {"most": cell.maximum.normalize()},
                min_value=0,
                max_value=cell.maximum,
                max_digits=7,
                decimal_places=2,
                localize=True,
            )
        self.order_fields([name for name in self.fields if name != "comment"])

    @property
    def levels(self):
        """The place of the level chosen for each criterion."""
        return [self.cleaned_data[f"level_{place}"] for place in range(len(self.cell.rubric))]

    @property
    def points(self):
        if not self.cell.rubric:
            return self.cleaned_data["points"]
        chosen = zip(self.cell.rubric, self.levels, strict=True)
        return sum((criterion.levels[level].points for criterion, level in chosen), Decimal(0))


def _points_in_words(points):
    number = points.normalize()
    return ngettext("%(n)s point", "%(n)s points", 1 if number == 1 else 2) % {"n": f"{number:f}"}


class ReleaseField(forms.ModelChoiceField):
    def __init__(self, *args, current, **kwargs):
        super().__init__(*args, **kwargs)
        self.current = current

    def label_from_instance(self, release):
        words = {
            "time": date_format(localtime(release.cut_at), "DATETIME_FORMAT"),
            "hash": release.sha256[:8],
        }
        if release == self.current:
            return _("%(time)s, which the run uses (%(hash)s)") % words
        return _("%(time)s (%(hash)s)") % words


class RemarkForm(forms.Form):
    """By which release, and whose submissions, are marked again."""

    RUN, ALL = "run", "all"

    def __init__(self, *args, current, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["release"] = ReleaseField(
            LabRelease.objects.filter(name=current.name).order_by("-cut_at", "-pk"),
            label=_("Mark by the release of"),
            current=current,
            initial=current,
            empty_label=None,
        )
        self.fields["whose"] = forms.ChoiceField(
            label=_("What is marked again"),
            choices=[
                (self.RUN, _("what was handed in in this run")),
                (self.ALL, _("what was handed in for this lab in all runs")),
            ],
            widget=forms.RadioSelect,
            initial=self.RUN,
        )


class ApplyForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Learners whose result changes read it."),
    )
    may_fall = forms.BooleanField(
        label=_("Lower results too"),
        required=False,
        help_text=_("Without this, a result that would fall stays as it is."),
    )
