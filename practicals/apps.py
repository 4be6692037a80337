from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticalsConfig(AppConfig):
    name = "practicals"

    def ready(self):
        from courses.activities import ActivityKind, register_kind
        from courses.loading.course import register_loader
        from practicals import audiences, messages, receivers, rules  # noqa: F401  they register themselves
        from practicals.domain.loading import load_practical
        from practicals.views.learners import practical

        register_kind(ActivityKind("practical", _("Practical"), practical))
        register_loader("practical.yaml", load_practical)
