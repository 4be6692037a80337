"""`hub_config`: writes what JupyterHub starts from, and says which protections labs will have."""

from django.core.management.base import BaseCommand

from labs.sandbox.capabilities import check_protections
from labs.setup import prepare_hub


class Command(BaseCommand):
    help = "Write JupyterHub's settings and register it for sign-in. Harmless when repeated."

    def add_arguments(self, parser):
        parser.add_argument("--platform-url", help="where the Hub reaches us, if not the site's")
        parser.add_argument("--port", type=int, help="the port that the Hub listens on")

    def handle(self, *_args, **options):
        hub = prepare_hub(platform_url=options["platform_url"], port=options["port"])
        self.stdout.write(f"Written: {hub.config_file}")
        if hub.spawner != "sandbox":
            return  # the cluster protects
        for protection in check_protections(hub.homes):
            mark = "yes" if protection.is_given else "no "
            self.stdout.write(f"{mark}  {protection.sentence}")
