"""`manage.py seed_enrolments 100000`: many made-up learners, to try out lists and exports at size."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.models import Edition
from lms.operations.seeding import seed_enrolments
from lms.organisations.models import Organisation


class Command(BaseCommand):
    help = "Makes many enrolments of made-up people in an organisation and those below it."

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, help="How many enrolments")
        parser.add_argument(
            "--organisation", help="Short name of the organisation; the topmost one if not said"
        )
        parser.add_argument(
            "--course", help="Short name of the course; any published one if not said"
        )
        parser.add_argument(
            "--yes", action="store_true", help="Also where neither DEBUG nor the demo is on"
        )

    def handle(self, *, number, organisation, course, yes, **options):
        if not (settings.DEBUG or settings.DEMO or yes):
            raise CommandError(
                "These people do not exist. Say --yes to have them here all the same."
            )
        if number < 1:
            raise CommandError("Say how many enrolments, at least 1.")
        organisations = Organisation.objects.order_by("path")
        editions = Edition.objects.select_related("course").order_by("-pk")
        place = organisations.filter(slug=organisation) if organisation else organisations
        edition = (editions.filter(course__slug=course) if course else editions).first()
        if not place.first():
            raise CommandError("There is no such organisation. Load or make one first.")
        if not edition:
            raise CommandError("There is no such published course. Load or publish one first.")
        begun = time.perf_counter()
        seed_enrolments(number, place.first(), edition, tell=self.stdout.write)
        self.stdout.write(f"{number:,} enrolments in {time.perf_counter() - begun:.0f} s.")
