from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "lms.reports"
    label = "reports"

    def ready(self):
        from lms.reports import audiences, rules  # noqa: F401  they register themselves
