"""Take the questions of a file into a bank: GIFT, Aiken, Moodle, QTI, Common Cartridge, or our own table."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from assessments.formats.importing import import_items
from assessments.models import ItemBank


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--bank", required=True, help="the bank's short name")
        parser.add_argument("--dry-run", action="store_true", help="report, but write nothing")
        parser.add_argument("--report", type=Path, help="write the report as JSON to this file")

    def handle(self, *, file, bank, dry_run, report, **options):
        found = ItemBank.objects.filter(slug=bank).first()
        if found is None:
            slugs = ", ".join(ItemBank.objects.values_list("slug", flat=True)) or "-"
            raise CommandError(
                _("There is no question bank “%(bank)s”. There are: %(slugs)s.")
                % {"bank": bank, "slugs": slugs}
            )
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(fault)s") % {"file": file, "fault": error.strerror}
            ) from error
        made = import_items(found, file.name, data, dry_run=dry_run)
        if report:
            text = json.dumps(made.as_json(), ensure_ascii=False, indent=2)
            report.write_text(text + "\n", encoding="utf-8")
        for heading, rows in (
            ("read", made.read),
            ("unsupported", made.unsupported),
            ("refused", made.refused),
        ):
            for row in rows:
                self.stdout.write(
                    f"{heading}\t{row.line}\t{row.kind or '-'}\t{row.identifier or '-'}\t{row.reason}"
                )
        counts = {
            "read": len(made.read),
            "unsupported": len(made.unsupported),
            "refused": len(made.refused),
        }
        self.stdout.write(
            _("%(read)d read, %(unsupported)d not supported, %(refused)d refused.") % counts
        )
        if not made.read:
            raise CommandError(_("No question was read."))
