"""`manage.py load_programme PATH`: load or update a programme from its file."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from courses.loading.programme import load_programme


class Command(BaseCommand):
    help = "Loads a programme from its file, after its courses; run again, it updates what changed."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="The programme.yaml")

    def handle(self, *, path, **options):
        try:
            programme, report = load_programme(path)
        except (ValidationError, OSError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        done = "created" if report.created else "updated" if report.updated else "unchanged"
        self.stdout.write(f"{path}: {done}; edition {programme.editions.first().number}.")
