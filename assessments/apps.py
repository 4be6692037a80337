from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self):
        from assessments import rules  # noqa: F401  permissions register themselves
        from assessments.loading import load_quiz
        from assessments.views import quiz
        from courses.activities import ActivityKind, register_kind
        from courses.loading.course import register_loader

        register_kind(ActivityKind("quiz", _("Quiz"), quiz))
        register_loader("quiz.yaml", load_quiz)
