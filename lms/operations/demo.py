"""The demo's people and courses: harmless to load again."""

import secrets
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify

from admissions.domain.nominations import Decision, decide, invite, nominate
from admissions.domain.seats import allocate_seats
from certification.domain.proposals import centre_issuer
from certification.models import Achievement
from certification.models.achievements import Rule
from courses.domain.enrolment import enrol
from courses.domain.progress import complete_activity, visit_activity
from courses.domain.runs import next_run_code
from courses.loading.course import load_course, stable_key
from courses.loading.programme import load_programme
from courses.models import Cohort, CoursePage, CourseRun, ProgrammePage
from lms.accounts.models import User
from lms.organisations.domain import join_organisation
from lms.organisations.loading import load_organisations
from lms.organisations.models import Organisation, PartnerAgreement, Role
from lms.organisations.scoping import every_organisation
from practicals.domain.booking import book
from practicals.domain.sessions import save_session
from practicals.models import PracticalSession

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
# (country, seats, coordinator, whom they put forward): the first of each is invited
DELEGATIONS = [
    (
        "kenya",
        18,
        "coordinator.ke@demo.example",
        ["Naliaka Simiyu", "Abdullahi Noor", "Kemunto Nyaboke"],
    ),
    (
        "rwanda",
        10,
        "coordinator.rw@demo.example",
        ["Gasana Paul", "Mukamana Alice", "Habimana Jean"],
    ),
]
# (host, place, begins in days)
SESSIONS = [
    ("centre", "Kenya School of Government, Lower Kabete", 0),
    ("kenya", "Kenya School of Government, Mombasa", 28),
    ("rwanda", "Rwanda Management Institute, Kigali", 35),
]
PARTICIPANTS = [
    ("Wairimu Maina", "county-kiambu"),
    ("Juma Omondi", "county-kisumu"),
    ("Keza Sandrine", "rwanda"),
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
    runs = CourseRun.objects.filter(course__translation_key=stable_key("f2"))
    run = runs.select_related("edition").earliest("pk")
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
        country = Organisation.objects.get(slug=slug)
        if country.agreements.exists():  # ours, or what was recorded since
            continue
        PartnerAgreement.objects.create(
            organisation=country,
            controller=controller,
            legal_basis="Task in the public interest",
            hosting_permission=permission,
            breach_contact=f"protection@{slug}.demo.example",
            languages=["en", "sw"] if slug == "kenya" else ["en", "fr"],
            signed_on=today,
            expires_on=today + timedelta(days=700),
        )


def load_programme_award():
    """What completing the programme earns, in both languages."""
    programme = ProgrammePage.objects.get(translation_key=stable_key("foundations"))
    Achievement.objects.get_or_create(
        programme=programme,
        title_en="Digital and AI Foundations",
        defaults={
            "title_sw": "Misingi ya Kidijitali na Akili Unde",
            "criteria": "Completed the courses of the programme and attended its three days of practice.",
            "hours": 29.5,
            "issuer": centre_issuer(),
            "rule": Rule.PROGRAMME_COMPLETED,
        },
    )


def load_nominations():
    """A run of the programme's gate by nomination: seats for two countries, and people on their way in."""
    gate = CoursePage.objects.get(translation_key=stable_key("f0"))
    starts_on = timezone.localdate()
    run, is_new = CourseRun.objects.get_or_create(
        course=gate,
        is_self_enrolment_open=False,
        defaults={
            "edition": gate.editions.first(),
            "programme": ProgrammePage.objects.get(translation_key=stable_key("foundations")),
            "code": next_run_code(gate, starts_on),
            "starts_on": starts_on,
            "capacity": 30,
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
    chosen = []
    for slug, seats, coordinator, names in DELEGATIONS:
        country = Organisation.objects.get(slug=slug)
        allocate_seats(run, country, seats, source=None, by=registrar)
        by = User.objects.get(email=coordinator)
        for place, name in enumerate(names, start=1):
            email = f"{slugify(name)}@demo.example"
            put_forward = nominate(_account(email, name), run, country, by=by, priority=place)
            if place == 1:
                chosen.append(put_forward.enrolment)
    decide(run, Decision(chosen=chosen), by=registrar)
    invite(chosen, by=registrar)


def load_practicals():
    """Sessions of the programme's practical: one that begins today with people in it, and one a country in a month."""
    run = CourseRun.objects.select_related("edition").get(course__translation_key=stable_key("fp"))
    if run.practical_sessions.exists():
        return
    trainer = User.objects.get(email="trainer@demo.example")
    lesson, practical = (entry["key"] for entry in run.edition.activities)
    sessions = [_session(run, practical, *facts, by=trainer) for facts in SESSIONS]
    for name, slug in PARTICIPANTS:
        person = _account(f"{slugify(name)}@demo.example", name)
        reason = "Completed the other courses in an earlier intake."
        organisation = Organisation.objects.get(slug=slug)
        enrolment = enrol(person, run, organisation, by=trainer, reason=reason)
        complete_activity(enrolment, lesson)
        book(enrolment, sessions[0], has_read_travel_note=True, by=person)


def _session(run, practical, host, place, in_days, *, by):
    """Three days of the practical, from eight to five at the host's own clock."""
    host = Organisation.objects.get(slug=host)
    days = [timezone.localdate() + timedelta(days=in_days + number) for number in range(3)]
    zone = ZoneInfo(host.time_zone)
    times = [
        (None, datetime.combine(day, time(8), zone), datetime.combine(day, time(17), zone))
        for day in days
    ]
    session = PracticalSession(
        organisation=host,
        run=run,
        activity_key=practical,
        title=f"{place.rpartition(', ')[2]}, {date_format(days[0], 'F Y')}",
        time_zone=host.time_zone,
        venue=place,
        joining_note="Bring your staff card to the gate.",
        days_needed=3,
        capacity=40,
        closes_at=times[-1][2],
        cancel_until=times[0][1],
    )
    session = save_session(session, times, by=by)
    session.facilitators.add(by)
    return session


@transaction.atomic
def load_demo():
    """Organisations, courses, accounts and learners of the demo."""
    load_organisations()
    for course in sorted(COURSES.glob("*/course.md")):
        load_course(course.parent)
    for programme in sorted(COURSES.glob("*/programme.yaml")):
        load_programme(programme)
    load_accounts()
    load_agreements()
    with every_organisation():  # the demo's learners work in several
        load_learners()
        load_programme_award()
        load_nominations()
        load_practicals()
