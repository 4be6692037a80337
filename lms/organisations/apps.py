from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class OrganisationsConfig(AppConfig):
    name = "lms.organisations"
    label = "organisations"

    def ready(self):
        from lms.organisations import (  # models are there only now
            fence,
            rules,  # noqa: F401  permissions register themselves
        )

        connection_created.connect(fence.put_up_fence)
        pre_migrate.connect(fence.open_gate, sender=self)
        post_migrate.connect(fence.fence_tables, sender=self)
