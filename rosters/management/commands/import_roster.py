"""Take a list of people into a cohort: CSV, Excel, OneRoster or Canvas, from our template or with other columns."""

import json
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.models import Cohort
from lms.core.errors import NotReadableError, Refused
from lms.organisations.scoping import every_organisation
from rosters.domain.columns import ORDERS, Mapping, guessed, remembered
from rosters.domain.imports import bring_roster, forget_roster, take_in, work_on
from rosters.domain.reports import report_of
from rosters.formats.cells import MAX_BYTES
from rosters.formats.reading import read_table
from rosters.models import ImportState, Outcome


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("cohort", help="the cohort's short name")
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="report, but write nothing")
        parser.add_argument("--report", type=Path, help="write the report as JSON to this file")
        parser.add_argument(
            "--name-order",
            choices=[order.replace("_", "-") for order in ORDERS],
            help="how names that lie in several columns are printed",
        )
        parser.add_argument(
            "--proper-case",
            action="store_true",
            help="write names in capitals as people write them",
        )

    def handle(self, *, cohort, file, dry_run, report, **options):
        with every_organisation():  # whoever may run commands may import for all
            found = self._cohort(cohort)
            data = self._data(file)
            order = (options["name_order"] or "").replace("-", "_")
            try:
                mapping = self._mapping(found, data, order)
                held = ContentFile(data, name=file.name)
                roster = bring_roster(found, held, by=None, is_queued=False)
            except (Refused, NotReadableError) as error:
                raise CommandError(str(error)) from error
            work_on(roster, mapping=mapping)
            if not dry_run and roster.state == ImportState.CHECKED:
                take_in(roster, is_proper_case=options["proper_case"])
            told = report_of(roster)
            if dry_run:
                forget_roster(roster)
        if report:
            text = json.dumps(told, ensure_ascii=False, indent=2)
            report.write_text(text + "\n", encoding="utf-8")
        self._tell(told)

    def _cohort(self, slug):
        found = Cohort.objects.select_related("organisation", "run").filter(slug=slug).first()
        if found is None:
            raise CommandError(
                _("There is no cohort “%(slug)s”. Its short name is in the address of its page.")
                % {"slug": slug}
            )
        return found

    def _data(self, file):
        try:
            if file.stat().st_size > MAX_BYTES:
                raise CommandError(_("The file is larger than 10 MB. Divide it into smaller ones."))
            return file.read_bytes()
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(fault)s") % {"file": file, "fault": error.strerror}
            ) from error

    def _mapping(self, cohort, data, order):
        """What the columns are: as it was said before, else as it is guessed where nothing is left to ask."""
        table = read_table(data)
        known = remembered(cohort.organisation, table.header)
        if known:
            return known
        mapping = Mapping(guessed(table).fields, order)
        if mapping.problem == "order":
            raise CommandError(
                _(
                    "The name lies in several columns. Say with --name-order how it is printed: as-written, first-last or last-first."
                )
            )
        if mapping.problem:
            raise CommandError(
                _(
                    "It is not clear which columns hold the name and the e-mail or phone. Start from our template, or bring the file on the cohort's page and say it there."
                )
            )
        return mapping

    def _tell(self, told):
        if told["state"] == ImportState.FAILED:
            raise CommandError(told["fault"]["message"])
        for note in told["notes"]:
            self.stdout.write(note)
        for entry in told["refused"]:
            self.stdout.write(
                f"{entry['row']}\t{entry['column'] or '-'}\t{entry['code']}\t{entry['message']}"
            )
        counts = {outcome: len(told[outcome]) for outcome in Outcome.values}
        self.stdout.write(
            _(
                "%(created)d new, %(updated)d brought up to date, %(unchanged)d unchanged, %(refused)d refused."
            )
            % counts
        )
