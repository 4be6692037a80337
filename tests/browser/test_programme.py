"""The Centre's programme, whole, for Kenya and for Rwanda: from the data agreement to the award that is proposed."""

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.browser import questions
from tests.browser.conftest import ROOT
from tests.browser.test_walk import newest_code

CENTRE = "Regional Centre of Competence for Digital and AI Skilling"
GATE, COURSE, PRACTICAL = "Start here, in short", "Sharing safely, in short", "A day together"
PROGRAMME = """
key: short-foundations
code: SFP
slug: short-foundations
title: "Foundations, in short"
summary: "A first course that opens the other one, and a day together at the end."
runs_of: [short-gate, short-course, short-day]
levels:
  - key: foundations
    title: Foundations
    level: foundations
    gate: short-gate
    courses: [short-course]
    practical: short-day
"""
LOAD = """
import os
from pathlib import Path
from courses.loading.course import load_course
from courses.loading.programme import load_programme
folder = Path(os.environ["FOLDER"])
for course in "123":
    load_course(folder / course)
load_programme(folder / "programme.yaml")
"""
DAY = """
key: short-day-p1
title: "A day together"
summary: "Try out with others what you read alone."
minutes: 360
days_needed: 1
hours: 6
what_to_bring: ["Your phone", "Your staff card"]
travel_note: "Your office pays the journey. Ask it before you book."
"""


@dataclass(frozen=True)
class Person:
    name: str
    contact: str  # as staff type it
    shown: str  # as messages are addressed


@dataclass(frozen=True)
class Delegation:
    """Those whom a country sends, in the order in which its coordinator puts them forward."""

    country: str
    slug: str
    coordinator: str
    zone: str
    venue: str
    nominees: tuple[Person, ...]
    late: Person


KENYA = Delegation(
    "Kenya",
    "kenya",
    "coordinator.ke@demo.example",
    "Africa/Nairobi",
    "Kenya School of Government, Embu",
    (
        Person("Njeri Kariuki", "0733 100 201", "+254733100201"),
        Person("Hassan Ali", "hassan.ali@county.example", "hassan.ali@county.example"),
        Person("Cherop Langat", "cherop.langat@county.example", "cherop.langat@county.example"),
    ),
    Person("Atieno Odera", "atieno.odera@county.example", "atieno.odera@county.example"),
)
RWANDA = Delegation(
    "Rwanda",
    "rwanda",
    "coordinator.rw@demo.example",
    "Africa/Kigali",
    "Rwanda Management Institute, Kigali",
    (
        Person("Uwimana Josiane", "josiane@ministry.example", "josiane@ministry.example"),
        Person("Nkurunziza David", "david@ministry.example", "david@ministry.example"),
    ),
    Person("Mutesi Grace", "+250 788 100 301", "+250788100301"),
)


@pytest.fixture(scope="module")
def programme(platform, tmp_path_factory):
    """A programme of three small courses, loaded into the running platform."""
    folder = tmp_path_factory.mktemp("programme")
    choice, number = questions.MACHINE["choice"], questions.MACHINE["number"]
    questions.write_course(folder / "1", "short-gate", GATE, {"choice": choice})
    questions.write_course(folder / "2", "short-course", COURSE, {"number": number})
    day = questions.write_course(folder / "3", "short-day", PRACTICAL, {"choice": choice})
    (day / "1-check/quiz.yaml").unlink()
    (day / "1-check/practical.yaml").write_text(DAY)
    (folder / "programme.yaml").write_text(PROGRAMME)
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", LOAD],
        env={**platform.environment, "LMS_DEMO": "1", "FOLDER": str(folder)},
        check=True,
        capture_output=True,
    )


def staff_page(person, place, page):
    """Go where the staff's page of `place` leads."""
    person.click("header a:text-is('Staff')")
    card = f"main .card:has(h3:text-is('{place}'))"
    person.click(f"{card} a:text-is('{page}')")


def of_run(run, link):
    """The link of a run's card."""
    return f"article:has(h2:has-text('{run}')) a:text-is('{link}')"


def record_agreement(registrar, delegation):
    staff_page(registrar, CENTRE, "Data agreements")
    page, today = registrar.page, timezone.localdate()
    page.click("summary:text-is('Record an agreement')")
    page.select_option("[name=organisation]", label=delegation.country)
    page.fill("[name=controller]", "Ministry of Public Service")
    page.fill("[name=legal_basis]", "Task in the public interest")
    page.fill("[name=hosting_permission]", "Certificate 2026/14")
    page.fill("[name=breach_contact]", f"protection@{delegation.slug}.example")
    page.check("[name=languages][value=en]")
    page.fill("[name=signed_on]", today.isoformat())
    page.fill("[name=expires_on]", (today + timedelta(days=800)).isoformat())
    registrar.look("agreement-new")
    registrar.click("button:text-is('Record it')")
    page.wait_for_selector("text=The agreement is recorded.")
    registrar.look("agreements")


def open_run(registrar, delegation):
    """Open a run of the gate course by nomination; return its code."""
    code = f"SHORT-GATE {delegation.slug}"
    staff_page(registrar, CENTRE, "Seats and nominations")
    registrar.click("main a:text-is('Open a run')")
    page = registrar.page
    page.select_option("[name=course]", label=GATE)
    page.fill("[name=code]", code)
    page.fill("[name=starts_on]", timezone.localdate().isoformat())
    page.fill("[name=capacity]", "10")
    page.select_option("[name=programme]", label="Foundations, in short")
    page.uncheck("[name=is_self_enrolment_open]")
    page.keyboard.press("Escape")
    registrar.click("main button[type=submit]:has-text('Create')")
    registrar.go("/staff/")
    return code


def give_seats(registrar, delegation, run, seats):
    staff_page(registrar, CENTRE, "Seats and nominations")
    registrar.look("runs")
    registrar.click(of_run(run, "Seats"))
    registrar.page.select_option("[name=organisation]", label=delegation.country)
    registrar.page.fill("[name=seats]", str(seats))
    registrar.click("button:text-is('Give the seats')")
    registrar.page.wait_for_selector(f"text={delegation.country} has {seats} seats.")
    registrar.look("seats")


def nominate(coordinator, delegation, run):
    staff_page(coordinator, delegation.country, "Seats and nominations")
    coordinator.look("my-runs")
    coordinator.click(of_run(run, "Nominations"))
    page = coordinator.page
    for place, person in enumerate(delegation.nominees, start=1):
        page.fill("[name=full_name]", person.name)
        page.fill("[name=contact]", person.contact)
        page.fill("[name=priority]", str(place))
        page.fill("[name=statement]", f"Keeps the register at desk {place}.")
        coordinator.click("button:text-is('Nominate')")
        page.wait_for_selector(f"text={person.name} is nominated.")
    coordinator.look("nominations")


def select(registrar, delegation, run, decisions):
    staff_page(registrar, CENTRE, "Seats and nominations")
    registrar.click(of_run(run, "Ranking and selection"))
    page = registrar.page
    for person, decision in zip(delegation.nominees, decisions, strict=True):
        page.get_by_label(f"Decision about {person.name}").select_option(label=decision)
    page.fill("[name=reason]", "Seats go by rank in this intake.")
    registrar.look("ranking")
    registrar.click("button:text-is('Keep the selection')")
    registrar.look("selected")
    registrar.click("button:text-is('Invite them all')")
    page.wait_for_selector("text=/invited\\./")
    registrar.look("invited")


def send_another(coordinator, delegation, run, absent):
    """The coordinator sends another person in the place of one who cannot come."""
    staff_page(coordinator, delegation.country, "Seats and nominations")
    coordinator.click(of_run(run, "Nominations"))
    coordinator.page.locator("tr", has_text=absent.name).get_by_text("Send another").click()
    page = coordinator.page
    page.fill("[name=full_name]", delegation.late.name)
    page.fill("[name=contact]", delegation.late.contact)
    page.fill("[name=reason]", "Called to a court hearing.")
    coordinator.look("substitute")
    coordinator.click("button:text-is('Give over the place')")
    page.wait_for_selector(f"text={delegation.late.name} has the place now.")
    assert page.locator("tr", has_text=delegation.late.name).locator("text=invited").count() == 1
    coordinator.look("substituted")


def bring_a_list(coordinator, delegation, run):
    """The coordinator brings a list of one person for the run, and has them invited."""
    staff_page(coordinator, delegation.country, "Cohorts and lists of people")
    page = coordinator.page
    page.fill("[name=name]", "Added by list")
    page.select_option("[name=run]", label=f"{run}, {GATE}")
    coordinator.click("button:text-is('Begin the cohort')")
    coordinator.click("main a:text-is('Bring a list of people')")
    coordinator.look("list-new")
    person = delegation.late
    lines = f"Full name,Phone,Institution\n{person.name},{person.contact},{delegation.country}\n"
    page.set_input_files(
        "[name=file]",
        {"name": "added.csv", "mimeType": "text/csv", "buffer": lines.encode()},
    )
    coordinator.click("button:text-is('Check the file')")
    page.wait_for_selector("text=Nothing was taken in yet")
    coordinator.look("list-checked")
    coordinator.click("button:text-is('Take in the rows that are fine')")
    page.wait_for_selector("text=The list was taken in.")
    coordinator.look("list-taken-in")
    coordinator.click("main a:text-is('Added by list')")
    coordinator.click("button:text-is('Send the invitations')")
    page.wait_for_selector("text=The invitations are being sent.")
    coordinator.look("cohort")


LINK = re.compile(r"https?://\S+")


def invitation_link(trainer, person):
    """The address in the person's invitation, once it was sent: read where staff of the demo read it."""
    trainer.go("/staff/messages/")
    card = trainer.page.locator("article", has_text=person.shown).filter(has_text="place")
    for _ in range(60):
        if card.count():
            return LINK.search(card.first.inner_text())[0]
        trainer.page.reload()
    pytest.fail(f"{person.name} has no invitation")


def accept(officer, trainer, person):
    """From the message to a place in the run, on a phone that has not seen the platform before."""
    link = invitation_link(trainer, person)
    page = officer.page
    page.goto(link)
    officer.look("invitation-opened")
    page.fill("[name=contact]", person.contact)
    officer.click("main button:text-is('Send me a code')")
    page.fill("[name=code]", newest_code(trainer, person.shown))
    officer.click("main button:text-is('Go on')")
    officer.look("invited")
    officer.click("main a:text-is('Answer the invitation')")
    officer.look("my-place")
    officer.click("main button:text-is('Take my place')")
    officer.look("enrolled")


def pass_the_check(officer, look):
    """Take the quiz that the page of the run leads to."""
    page = officer.page
    officer.click("main a.button:text-is('Begin')")
    officer.click("main form button.button")
    questions.solve(page.locator("#question-1"))
    if look:
        officer.look("question")
    page.locator("#question-1 [data-next]").click()
    officer.click("main button:has-text('Hand in')")
    page.wait_for_url("**/review/")
    assert "100 %" in page.inner_text(".big-figure")
    if look:
        officer.look("passed")
    officer.click("nav.crumbs a >> nth=1")
    page.wait_for_selector("text=Course complete.")


def enrol_in(officer, course, delegation):
    """From the programme's page to the run of its next course."""
    page = officer.page
    officer.click("main a:text-is('Go on in “Foundations, in short”')")
    officer.look("programme")
    officer.click(f"#next ~ ul a:has-text('{course}')")
    officer.look("course")
    officer.click("main a.button:text-is('Enrol') >> nth=0")
    officer.look("enrol")
    assert page.locator("[name=organisation] option:checked").inner_text() == delegation.country
    officer.click("main button:text-is('Enrol')")


def plan_session(registrar, delegation):
    """Plan a day of the practical in the country; it begins as the next hour's day does, so attendance is open."""
    title = f"{delegation.country}, first day"
    today = (datetime.now(ZoneInfo(delegation.zone)) + timedelta(hours=1)).date()
    staff_page(registrar, CENTRE, "Practical sessions")
    registrar.click("main a:text-is('Plan a session')")
    page = registrar.page
    option = page.locator("[name=practical] option", has_text="A day together").first
    page.select_option("[name=practical]", value=option.get_attribute("value"))
    page.fill("[name=title]", title)
    page.fill("[name=time_zone]", delegation.zone)
    page.fill("[name=venue]", delegation.venue)
    page.fill("[name=capacity]", "25")
    page.fill("[name=opens_at]", f"{today - timedelta(days=2)}T08:00")
    page.fill("[name=closes_at]", f"{today + timedelta(days=1)}T18:00")
    page.fill("[name=cancel_until]", f"{today}T00:00")
    page.fill("[name=days-0-on]", today.isoformat())
    page.fill("[name=days-0-begins]", "00:00")
    page.fill("[name=days-0-ends]", "23:59")
    registrar.look("plan-session")
    registrar.click("button:text-is('Keep the session')")
    page.wait_for_selector("text=The session is kept.")
    registrar.look("session")
    return title


def book(officer, title):
    page = officer.page
    officer.click("main a.button:text-is('Begin')")
    officer.look("practical")
    page.locator("label", has_text=title).locator("input").check()
    page.check("[name=has_read_travel_note]")
    officer.click("main button:text-is('Book')")
    page.wait_for_selector("text=The seat is yours.")
    officer.look("booked")


def take_attendance(trainer, title, person):
    staff_page(trainer, CENTRE, "Practical sessions")
    trainer.click(f"main a:text-is('{title}')")
    trainer.click("main a:text-is('List')")
    page = trainer.page
    page.locator("tr", has_text=person.name).locator("[value=present]").check()
    page.wait_for_selector("text=The server has: 1 present")
    trainer.look("attendance")


def see_the_end(officer):
    officer.click("header a:text-is('My learning')")
    officer.page.wait_for_selector("text=You have completed this programme.")
    officer.look("dashboard-end")
    officer.click("main h3 a:text-is('Foundations, in short')")
    officer.look("programme-completed")
    officer.click("main a:text-is('My certificates')")
    officer.look("certificates")
    assert "Foundations, in short" in officer.page.inner_text("main")


def see_it_proposed(registrar, person):
    staff_page(registrar, CENTRE, "Certificates")
    rows = registrar.page.locator("tr", has_text=person.name)
    assert rows.filter(has_text="Foundations, in short").count() == 1
    registrar.look("proposed")


@pytest.mark.parametrize(
    ("delegation", "decisions", "seats"),
    [
        (KENYA, ("choose", "choose", "waiting list"), 2),
        (RWANDA, ("choose", "not this time"), 2),
    ],
    ids=["kenya", "rwanda"],
)
def test_the_programme_from_the_agreement_to_the_award(  # the walk's cast and what differs between the two
    visitor, programme, delegation, decisions, seats
):
    registrar, trainer = (
        visitor(f"{delegation.slug}-registrar"),
        visitor(f"{delegation.slug}-trainer"),
    )
    coordinator, officer = (
        visitor(f"{delegation.slug}-coordinator"),
        visitor(f"{delegation.slug}-officer"),
    )
    registrar.sign_in("registrar@demo.example")
    trainer.sign_in("trainer@demo.example")
    coordinator.sign_in(delegation.coordinator)

    record_agreement(registrar, delegation)
    run = open_run(registrar, delegation)
    give_seats(registrar, delegation, run, seats)
    nominate(coordinator, delegation, run)
    select(registrar, delegation, run, decisions)
    if delegation is KENYA:
        send_another(coordinator, delegation, run, absent=delegation.nominees[1])
        traveller = delegation.nominees[0]
    else:
        bring_a_list(coordinator, delegation, run)
        traveller = delegation.late

    accept(officer, trainer, traveller)
    pass_the_check(officer, look=True)
    officer.look("gate-complete")
    enrol_in(officer, COURSE, delegation)
    pass_the_check(officer, look=False)
    title = plan_session(registrar, delegation)
    enrol_in(officer, PRACTICAL, delegation)
    book(officer, title)
    take_attendance(trainer, title, traveller)
    see_the_end(officer)
    see_it_proposed(registrar, traveller)
