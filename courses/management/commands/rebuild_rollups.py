"""`manage.py rebuild_rollups`: work out again what lists and the progress grid read."""

from django.core.management.base import BaseCommand

from courses.domain.rollups import BATCH, refresh_rollups
from courses.models import Enrolment
from lms.organisations.scoping import every_organisation


class Command(BaseCommand):
    help = "Works out the rollup of every enrolment from its records. Harmless at any time."

    def add_arguments(self, parser):
        parser.add_argument("--run", help="Only the run with this code")

    def handle(self, *, run, **options):
        with every_organisation():  # maintenance of all
            enrolments = Enrolment.objects.order_by("pk")
            if run:
                enrolments = enrolments.filter(run__code=run)
            done, last = 0, 0
            while ids := list(enrolments.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
                done += refresh_rollups(ids)
                last = ids[-1]
        self.stdout.write(f"{done} rollups worked out.")
