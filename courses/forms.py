"""What a person says when they enrol."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.models import Kind, Organisation


class OrganisationChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, organisation):
        return organisation.name


class EnrolForm(forms.Form):
    organisation = OrganisationChoiceField(
        label=_("Where you work"),
        help_text=_("Your training officer there sees your progress. Nobody else does."),
        queryset=Organisation.objects.none(),
        empty_label=_("Choose your employer"),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
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
