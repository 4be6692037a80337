"""The account page of Wagtail, told that a person has one full name."""

from django import forms
from django.contrib.auth import get_user_model
from wagtail.admin.views.account import NameEmailSettingsPanel


class NameForm(forms.ModelForm):
    class Meta:
        model = get_user_model()
        fields = ["full_name"]


# Wagtail has a hook to add a panel and none to change its own. The address is changed where it is verified.
NameEmailSettingsPanel.form_class = NameForm
NameEmailSettingsPanel.title = get_user_model()._meta.get_field("full_name").verbose_name
