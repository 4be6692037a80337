from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabsConfig(AppConfig):
    name = "labs"

    def ready(self):
        from courses.activities import ActivityKind, register_kind
        from courses.loading.course import register_loader
        from labs import receivers, rules  # noqa: F401  they register themselves
        from labs.domain import personal_data  # noqa: F401  as above
        from labs.domain.loading import load_lab
        from labs.views import lab, states

        register_kind(ActivityKind("lab", _("Lab"), lab, is_timed=True, states=states))
        register_loader("lab-*", load_lab)
