"""The demo's people and courses: harmless to load again."""

import secrets
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from courses.domain.enrolment import enrol
from courses.domain.progress import complete_activity, visit_activity
from courses.loading.course import load_course
from courses.models import CourseRun
from lms.accounts.models import User
from lms.organisations.domain import join_organisation
from lms.organisations.loading import load_organisations
from lms.organisations.models import Organisation, Role
from lms.organisations.scoping import every_organisation

COURSES = Path(settings.BASE_DIR) / "courses/content"

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


def _account(email, name, is_staff=False):  # noqa: FBT002
    user, created = User.objects.get_or_create(
        email=email, defaults={"full_name": name, "is_staff": is_staff}
    )
    if created:
        user.set_password(demo_password())
        user.save()
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


@transaction.atomic
def load_demo():
    """Organisations, courses, accounts and learners of the demo."""
    load_organisations()
    for course in sorted(COURSES.glob("*/course.md")):
        load_course(course.parent)
    load_accounts()
    with every_organisation():  # the demo's learners work in several
        load_learners()
