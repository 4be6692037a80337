"""`person_data`: gives a person what the platform's parts hold of them, or erases it there."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.management.base import BaseCommand, CommandError

from lms.accounts.models import User
from lms.accounts.personal_data import PARTS
from lms.core.errors import Refused


class Command(BaseCommand):
    help = (
        "Write a person's data into a ZIP file, or erase it, in the parts that can: now the labs."
    )

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["export", "erase"])
        parser.add_argument("email")
        parser.add_argument("--output", type=Path, help="the ZIP file; it must not exist yet")
        parser.add_argument("--yes", action="store_true", help="erase without asking back")

    def handle(self, *_args, **options):
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        try:
            getattr(self, options["action"])(user, options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def export(self, user, options):
        path = options["output"] or Path(f"person-{user.public_id}.zip")
        count = 0
        try:
            with path.open("xb") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
                path.chmod(0o600)
                for part in PARTS.values():
                    for name, content in part.export(user):
                        archive.writestr(name, content)
                        count += 1
        except FileExistsError as error:
            raise CommandError(f"{path} exists already: name another file.") from error
        except Refused:
            path.unlink()
            raise
        self.stdout.write(f"{count} files are in {path}.")

    def erase(self, user, options):
        if not options["yes"]:
            raise CommandError("What is erased cannot be brought back: say --yes.")
        for part in PARTS.values():
            part.erase(user)
            self.stdout.write(f"Erased: {part.name}.")
