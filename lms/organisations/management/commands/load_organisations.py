"""`manage.py load_organisations`: the Centre, its countries, Kenya's ministries, departments and counties."""

from django.core.management.base import BaseCommand

from lms.organisations.loading import load_organisations


class Command(BaseCommand):
    help = (
        "Loads the organisations that ship with the product; what is there already stays as it is."
    )

    def handle(self, **options):
        self.stdout.write(f"{load_organisations()} organisations.")
