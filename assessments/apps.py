from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self):
        from wagtail.permissions import register_permission_policy

        from assessments import messages, receivers, rules  # noqa: F401  they register themselves
        from assessments.loading import load_quiz
        from assessments.models import Item, ItemBank, Stimulus
        from assessments.policies import BankPolicy
        from assessments.views import quiz
        from courses.activities import ActivityKind, register_kind
        from courses.loading.course import register_loader

        register_kind(ActivityKind("quiz", _("Quiz"), quiz, is_timed=True))
        register_loader("quiz.yaml", load_quiz)
        register_permission_policy(Item, BankPolicy(Item))
        register_permission_policy(Stimulus, BankPolicy(Stimulus))
        register_permission_policy(ItemBank, BankPolicy(ItemBank))
