from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "lms.reports"
    label = "reports"

    def ready(self):
        from lms.reports import rules  # noqa: F401  permissions register themselves
