"""Changes keys: put the new one first in `identifier_keys`, run this, then take the old one away."""

from django.core.management.base import BaseCommand

from lms.accounts.domain.renewal import renew_seals


class Command(BaseCommand):
    help = "Seals staff identifiers and secrets again with the first of the identifier keys."

    def handle(self, **options):
        self.stdout.write(f"{renew_seals()} sealed again")
