"""The demo's people and courses: harmless to load again."""

import secrets
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from admissions.domain.nominations import nominate
from admissions.domain.seats import allocate_seats
from courses.domain.enrolment import enrol
from courses.domain.progress import complete_activity, visit_activity
from courses.domain.runs import next_run_code
from courses.loading.course import load_course
from courses.models import Cohort, CourseRun
from lms.accounts.models import User
from lms.organisations.domain import join_organisation
from lms.organisations.loading import load_organisations
from lms.organisations.models import Organisation, PartnerAgreement, Role
from lms.organisations.scoping import every_organisation

COURSES = Path(settings.BASE_DIR) / "courses/content"
VENUE = "Kenya School of Government, Lower Kabete"

# (what they are, e-mail, name, [(organisation, role)], is staff)
ACCOUNTS = [
    (
        "Officer",
        "officer@demo.example",
        "Wanjiru Ng'ang'a",
        [("county-nakuru", Role.LEARNER)],
        False,
    ),
    ("Trainer", "trainer@demo.example", "Otieno Ouma", [("centre", Role.INSTRUCTOR)], True),
    (
        "Coordinator, Kenya",
        "coordinator.ke@demo.example",
        "Halima Abdi",
        [("kenya", Role.COORDINATOR)],
        False,
    ),
    (
        "Coordinator, Rwanda",
        "coordinator.rw@demo.example",
        "Uwase Diane",
        [("rwanda", Role.COORDINATOR)],
        False,
    ),
    (
        "Administrator, prepares",
        "registrar@demo.example",
        "Kiprono Cherono",
        [("centre", Role.ADMINISTRATOR), ("centre", Role.REGISTRAR)],
        True,
    ),
    (
        "Second one, releases",
        "releaser@demo.example",
        "Achieng' Odhiambo",
        [("centre", Role.RELEASER)],
        True,
    ),
]
LEARNERS = [
    ("Mwangi Kamau", "county-nyeri", 12),
    ("Amina Hassan", "county-garissa", 3),
    ("Chebet Koech", "county-nandi", 20),
    ("Barasa Wekesa", "county-bungoma", 0),
    ("Mutua Musyoka", "county-makueni", 7),
    ("Mugisha Eric", "rwanda", 9),
    ("Ingabire Claudine", "rwanda", 2),
]


def demo_password():
    """The one password of all demo accounts, made on this machine at first need."""
    path = settings.DATA_DIR / "demo-password"
    if not path.exists():
        path.write_text(
            "-".join(
                secrets.choice(
                    ["simba", "twiga", "ndovu", "kifaru", "chui", "nyati", "pundamilia", "kiboko"]
                )
                for _ in range(3)
            )
        )
        path.chmod(0o600)
    return path.read_text()


@cache
def _hashed_password():
    """Hashed once for all accounts: it is slow on purpose."""
    return make_password(demo_password())


def _account(email, name, is_staff=False):  # noqa: FBT002
    about = {"full_name": name, "is_staff": is_staff, "password": _hashed_password}
    user, _created = User.objects.get_or_create(email=email, defaults=about)
    return user


def load_accounts():
    for what, email, name, memberships, is_staff in ACCOUNTS:
        user = _account(email, name, is_staff)
        for slug, role in memberships:
            join_organisation(user, Organisation.objects.get(slug=slug), role)
        if what == "Trainer":
            user.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
        if Role.ADMINISTRATOR in {role for _slug, role in memberships}:
            user.groups.set(Group.objects.filter(name="Moderators"))


def load_learners():
    """A few officers part of the way through, so that staff pages show something."""
    run = CourseRun.objects.select_related("edition").order_by("starts_on", "pk").first()
    keys = [entry["key"] for entry in run.edition.activities if entry["completion"] == "read"]
    for number, (name, slug, done) in enumerate(LEARNERS):
        user = _account(f"learner{number + 1}@demo.example", name)
        enrolment = enrol(user, run, Organisation.objects.get(slug=slug))
        if enrolment.progress.exists():
            continue
        for key in keys[:done]:
            complete_activity(enrolment, key, at=timezone.now() - timedelta(days=number + 1))
        visit_activity(enrolment, keys[done])
    officer = User.objects.get(email="officer@demo.example")
    enrol(officer, run, Organisation.objects.get(slug="county-nakuru"))


def load_agreements():
    """Kenya and Rwanda have signed; any other country is refused until it has."""
    today = timezone.localdate()
    for slug, controller, permission in [
        ("kenya", "Ministry of Public Service", "Held in Kenya"),
        ("rwanda", "Ministry of Public Service and Labour", "Certificate of the authority (demo)"),
    ]:
        PartnerAgreement.objects.get_or_create(
            organisation=Organisation.objects.get(slug=slug),
            controller=controller,
            defaults={
                "legal_basis": "Task in the public interest",
                "hosting_permission": permission,
                "breach_contact": f"protection@{slug}.demo.example",
                "languages": ["en", "sw"] if slug == "kenya" else ["en", "fr"],
                "signed_on": today,
                "expires_on": today + timedelta(days=700),
            },
        )


def load_intake():
    """A run by nomination: seats for two countries, three people put forward, and a cohort for lists of people."""
    course = CourseRun.objects.select_related("course").order_by("starts_on", "pk").first().course
    starts_on = timezone.localdate() + timedelta(days=21)
    run, is_new = CourseRun.objects.get_or_create(
        course=course,
        venue=VENUE,
        defaults={
            "edition": course.editions.first(),
            "code": next_run_code(course, starts_on),
            "starts_on": starts_on,
            "capacity": 30,
            "is_self_enrolment_open": False,
        },
    )
    rwanda = Organisation.objects.get(slug="rwanda")
    Cohort.objects.get_or_create(
        slug="rwanda-intake",
        defaults={"organisation": rwanda, "run": run, "name": "Rwanda, first intake"},
    )
    if not is_new:
        return
    registrar = User.objects.get(email="registrar@demo.example")
    allocate_seats(run, Organisation.objects.get(slug="kenya"), 18, source=None, by=registrar)
    allocate_seats(run, rwanda, 10, source=None, by=registrar)
    coordinator = User.objects.get(email="coordinator.rw@demo.example")
    for place, name in enumerate(["Gasana Paul", "Mukamana Alice", "Habimana Jean"], start=1):
        person = _account(f"nominee{place}@demo.example", name)
        nominate(person, run, rwanda, by=coordinator, priority=place)


@transaction.atomic
def load_demo():
    """Organisations, courses, accounts and learners of the demo."""
    load_organisations()
    for course in sorted(COURSES.glob("*/course.md")):
        load_course(course.parent)
    load_accounts()
    load_agreements()
    with every_organisation():  # the demo's learners work in several
        load_learners()
        load_intake()
