"""The lists of staff at many enrolments: first pages, deep pages, searches, the export's first byte, the grid."""

import time
from functools import partial

from django.test import Client
from django.urls import reverse

from courses.domain.editions import cut_edition
from courses.models import CataloguePage, CoursePage, Enrolment, ModulePage
from lms.accounts.models import User
from lms.core.keyset import place_of
from lms.operations.benchmarks.load import row
from lms.operations.benchmarks.population import publish, short_lesson
from lms.operations.seeding import seed_enrolments
from lms.organisations.domain import join_organisation
from lms.organisations.models import Kind, Organisation, Role
from lms.organisations.scoping import every_organisation

ROUNDS = 20
ACTIVITIES = 30
NEWEST = ("-enrolled_at", "-pk")


def _edition():
    """An edition of thirty short lessons."""
    page = CoursePage.objects.filter(slug="bench-lists").first()
    if page is None:
        page = publish(
            CataloguePage.objects.get(),
            CoursePage(
                title="Lists",
                slug="bench-lists",
                code="B2",
                level="foundations",
                hours=2,
                summary="Measured.",
            ),
        )
        module = publish(page, ModulePage(title="Module", slug="bench-lists-module"))
        for number in range(1, ACTIVITIES + 1):
            publish(module, short_lesson(f"bench-lists-{number}", number))
    return cut_edition(page)


def _coordinator(organisation):
    user = User.objects.create(full_name=f"Coordinator of {organisation}")
    join_organisation(user, organisation, Role.COORDINATOR)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def _time(step, ask):
    seconds = []
    ask()  # sessions and plans are warm from here on
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - begun)
    return row(step, seconds, sum(seconds))


def _first_byte(client, address):
    response = client.get(address, {"format": "csv"})
    chunks = iter(response.streaming_content)
    next(chunks), next(chunks), next(chunks)  # the mark, the header, the first row
    response.close()


def measure_lists(number):
    """Seed up to `number` enrolments, and time each page at the Centre and at one county."""
    centre = Organisation.objects.get(kind=Kind.CENTRE)
    county = Organisation.objects.filter(kind=Kind.COUNTY).first()
    with every_organisation():  # the whole platform's
        there = Enrolment.objects.count()
    begun = time.perf_counter()
    runs = seed_enrolments(max(number - there, 2_000), centre, _edition())
    seeded = time.perf_counter() - begun
    with every_organisation():  # a place half way down the list
        middle = Enrolment.objects.order_by(*NEWEST)[number // 2]
        total = Enrolment.objects.count()
    deep = {"after": place_of(middle, NEWEST)}
    rows = []
    for name, organisation in (("Centre", centre), ("county", county)):
        client = _coordinator(organisation)
        address = reverse("reports:learner_list", args=[organisation.slug])
        asked = {
            "learners": {},
            "learners, deep": deep,
            "learners by name": {"order": "name"},
            "search, common name": {"q": "njeri"},
            "search, rare name": {"q": "njeri wekesa okoth"},
            "search, nobody": {"q": "xyzzy"},
        }
        steps = {step: partial(client.get, address, query) for step, query in asked.items()}
        steps["export, first row"] = partial(_first_byte, client, address)
        grid = reverse("reports:progress_grid", args=[organisation.slug, runs[0].pk])
        steps["progress grid"] = partial(client.get, grid)
        pace = reverse("reports:pace_list", args=[organisation.slug])
        steps["done fast"] = partial(client.get, pace)
        rows += [_time(f"{step}, {name}", ask) for step, ask in steps.items()]
    return {"enrolments": total, "seed_seconds": round(seeded, 1), "pages": rows}
