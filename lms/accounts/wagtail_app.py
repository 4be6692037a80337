"""Wagtail's app of users, with our own pages about people."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "lms.accounts.wagtail_users.PeopleViewSet"
