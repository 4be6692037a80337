"""The account page of Wagtail, told that a person has one full name; and people who are shut out."""

from django import forms
from django.contrib.auth import get_user_model
from wagtail import hooks
from wagtail.admin.views.account import NameEmailSettingsPanel

from lms.accounts.signals import access_ended


class NameForm(forms.ModelForm):
    class Meta:
        model = get_user_model()
        fields = ["full_name"]


# Wagtail has a hook to add a panel and none to change its own. The address is changed where it is verified.
NameEmailSettingsPanel.form_class = NameForm
NameEmailSettingsPanel.title = get_user_model()._meta.get_field("full_name").verbose_name


@hooks.register("after_edit_user")
def tell_of_ended_access(request, user):
    if not user.is_active:
        access_ended.send(type(user), user=user)
