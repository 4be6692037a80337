from django.apps import AppConfig


class AdmissionsConfig(AppConfig):
    name = "admissions"

    def ready(self):
        from admissions import audiences, receivers, rules  # noqa: F401  they register themselves
