"""Write the questions of a bank to a file; say on the error stream what its format cannot carry."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from assessments.formats.exporting import export_items
from assessments.formats.writing import FORMATS
from assessments.models import ItemBank


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("bank", help="the bank's short name")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--output", type=Path, help="a file; otherwise standard output")

    def handle(self, *, bank, output, **options):
        found = ItemBank.objects.filter(slug=bank).first()
        if found is None:
            raise CommandError(_("There is no question bank “%(bank)s”.") % {"bank": bank})
        written = export_items(found, options["format"])
        if output:
            output.write_bytes(written.data)
        else:
            sys.stdout.buffer.write(written.data)
        for identifier, reason in written.lost:
            self.stderr.write(f"{identifier}: {reason}")
