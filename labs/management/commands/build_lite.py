"""`build_lite`: makes the site on which light labs run in the learner's own browser."""

from django.core.management.base import BaseCommand, CommandError

from labs.lite.releases import lite_folder
from labs.lite.site import BuildError, build_site


class Command(BaseCommand):
    help = "Build the JupyterLite site from package registries, 40 MB. Labs in plain Python then run in a browser."

    def handle(self, *_args, **_options):
        try:
            build_site(lite_folder())
        except BuildError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Built: {lite_folder()}")
