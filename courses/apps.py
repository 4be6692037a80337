from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self):
        from courses import audiences, messages, receivers, rules  # noqa: F401  they register themselves
        from courses.activities import ActivityKind, register_kind
        from courses.views.lessons import lesson

        register_kind(ActivityKind("lesson", _("Lesson"), lesson, is_timed=True))
