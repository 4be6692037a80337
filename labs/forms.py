"""What learners send from the light page, and what an author brings to a lab."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from labs.domain.drafts import newest_release
from labs.domain.masters import LARGEST_NOTEBOOK, check_files, read_notebook
from labs.domain.releases import data_of
from labs.grading.notebooks import LONGEST_ANSWER


class AnswersForm(forms.Form):
    """One text for each answer cell; `base` is the save that the texts were shown from."""

    base = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, answers, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = {f"answer-{number}": name for number, name in enumerate(answers)}
        for field, name in self.names.items():
            self.fields[field] = forms.CharField(
                label=_("Your answer"),
                required=False,
                strip=False,
                max_length=LONGEST_ANSWER,
                initial=answers[name],
                widget=forms.Textarea(
                    {
                        "rows": min(24, max(5, answers[name].count("\n") + 2)),
                        "class": "code",
                        "spellcheck": "false",
                        "autocapitalize": "off",
                        "autocomplete": "off",
                    }
                ),
            )

    def by_name(self):
        """{name: (the bound field)} for the page, where each stands in its cell."""
        return {name: self[field] for field, name in self.names.items()}

    def answers(self):
        """{name: text} as typed, with the line ends of notebooks."""
        return {
            name: self.cleaned_data[field].replace("\r\n", "\n")
            for field, name in self.names.items()
            if field in self.data
        }


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """As a FileField; its value is a list."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        return [super(SeveralFilesField, self).clean(each, initial) for each in data or []]


class NotebookForm(forms.Form):
    """`content()` is the notebook and the data files as they would be after what was asked for."""

    notebook = forms.FileField(
        label=_("Master notebook"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".ipynb"}),
        help_text=_(
            "A file that ends in .ipynb, with the solutions and hidden tests in it, at most 4 MB."
        ),
    )
    files = SeveralFilesField(
        label=_("Data files"),
        required=False,
        help_text=_(
            "Put beside the notebook. At most 20 files, 8 MB each, 20 MB together. A file of the "
            "same name is replaced."
        ),
    )
    remove = forms.MultipleChoiceField(
        label=_("Data files to leave out from now on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, page, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.release = newest_release(page)
        names = self.release.files.values_list("name", flat=True) if self.release else []
        if names:
            self.fields["remove"].choices = [(name, name) for name in names]
        else:
            del self.fields["remove"]

    def clean_notebook(self):
        file = self.cleaned_data["notebook"]
        # one byte more than may be, so that a huge file is told by its size and not read whole
        return read_notebook(file.read(LARGEST_NOTEBOOK + 1)) if file else None

    def clean(self):
        data = super().clean()
        new = {file.name: file.read() for file in data.get("files") or []}
        if len(new) < len(data.get("files") or []):
            self.add_error("files", _("Two of the files have the same name. Rename one."))
        gone = set(data.get("remove") or [])
        there = data_of(self.release) if self.release else {}
        self.files_after = {name: there[name] for name in there if name not in gone} | new
        try:
            check_files(self.files_after)
        except ValidationError as error:
            self.add_error("files", error)
        if not self.release and data.get("notebook") is None and "notebook" not in self.errors:
            self.add_error("notebook", _("Choose the notebook: there is none yet."))
        elif not (self.files and any(self.files.values())) and not gone:
            raise ValidationError(_("Choose a notebook or data files first; nothing was changed."))
        return data

    def content(self):
        master = self.cleaned_data["notebook"] or self.release.master.notebook
        return master, self.files_after
