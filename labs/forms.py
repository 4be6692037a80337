"""What learners send from the light page."""

from django import forms
from django.utils.translation import gettext_lazy as _

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
