from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "lms.organisations"
    label = "organisations"

    def ready(self):
        from lms.organisations import rules  # noqa: F401  permissions register themselves
