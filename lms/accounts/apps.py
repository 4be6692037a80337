from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lms.accounts"
    label = "accounts"

    def ready(self):
        from lms.accounts import rules  # noqa: F401  permissions register themselves
