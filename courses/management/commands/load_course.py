"""`manage.py load_course PATH`: load or update a course from its folder."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from courses.loading.course import load_course


class Command(BaseCommand):
    help = "Loads a course from a folder of files; run again, it updates what changed."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="The folder that holds course.md")

    def handle(self, *, path, **options):
        try:
            report = load_course(path)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            f"{path.name}: {len(report.created)} pages created, {len(report.updated)} updated, "
            f"{len(report.unchanged)} unchanged; edition {report.edition.number}.",
        )
