from django.apps import AppConfig


class CertificationConfig(AppConfig):
    name = "certification"

    def ready(self):
        from certification import receivers, rules  # noqa: F401  they register themselves
