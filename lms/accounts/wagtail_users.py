"""Wagtail's pages about people, told that ours have one full name, and perhaps a phone instead of an e-mail."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth import get_user_model
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import IndexView, UserViewSet

FIELDS = ["username", "full_name", "email", "phone", "is_superuser", "groups"]


class OnePerson(forms.ModelForm):
    """Names of other fields that Wagtail asks for are taken away; the username stays opaque."""

    email = forms.EmailField(label=_("E-mail"), required=False)
    first_name = last_name = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["username"]  # Wagtail's form looks for it while it is made

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", _("Give an e-mail address or a phone number to sign in with."))
        return cleaned

    def clean_email(self):
        return self.cleaned_data["email"] or None

    def clean_phone(self):
        return self.cleaned_data["phone"] or None


class PersonCreationForm(OnePerson, UserCreationForm):
    password_required = False  # people sign in by a code; a password is for staff who want one

    class Meta(UserCreationForm.Meta):
        model = get_user_model()
        fields = FIELDS


class PersonEditForm(OnePerson, UserEditForm):
    class Meta(UserEditForm.Meta):
        model = get_user_model()
        fields = [*FIELDS, "is_active"]

    def save(self, commit=True):  # noqa: FBT002  Django's signature
        person = super().save(commit)
        # allauth's own record of an earlier address would go on taking codes
        EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
        return person


class PeopleIndexView(IndexView):
    search_fields = ["full_name", "email", "phone"]

    @cached_property
    def columns(self):
        shown = [column for column in super().columns if column.name != "username"]
        shown.insert(2, Column("email", label=_("E-mail"), sort_key="email"))
        shown.insert(3, Column("phone", label=_("Phone"), sort_key="phone"))
        return shown


class PeopleViewSet(UserViewSet):
    ordering = "full_name"
    menu_label = _("People")
    index_view_class = PeopleIndexView

    def get_form_class(self, for_update=False):  # noqa: FBT002  Wagtail's signature
        return PersonEditForm if for_update else PersonCreationForm
