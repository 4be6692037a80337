from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "lms.messaging"
    label = "messaging"

    def ready(self):
        from lms.messaging import (  # noqa: F401  they register themselves
            audiences,
            receivers,
            registry,
            rules,
        )
