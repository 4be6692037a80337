"""Objects for tests, without surprises: what is not named is plain."""

import json
from datetime import date, timedelta
from itertools import count
from uuid import uuid4

from django.utils import timezone
from wagtail.signal_handlers import disable_reference_index_auto_update

from assessments.domain.items import save_item
from assessments.interactions.choice.body import ChoiceBody
from assessments.models import ItemBank, QuizPage, Stimulus
from certification.domain.proposals import propose_award
from certification.domain.releases import prepare_release, release_awards
from courses.domain.editions import cut_edition
from courses.domain.enrolment import enrol
from courses.domain.programmes import cut_programme_edition
from courses.models import (
    CataloguePage,
    Cohort,
    CoursePage,
    CourseRun,
    Enrolment,
    LessonPage,
    ModulePage,
    ProgrammePage,
)
from lms.accounts.models import User
from lms.core.states import change_state
from lms.messaging.models import Campaign, Message
from lms.messaging.registry import Channel, Purpose
from lms.organisations.domain import join_organisation
from lms.organisations.models import Kind, Organisation, PartnerAgreement, Role
from practicals.domain.sessions import save_session
from practicals.models import PracticalPage, PracticalSession

_number = count(1)


def user(name="Akinyi Were", **values):
    values.setdefault("email", f"person{next(_number)}@example.org")
    return User.objects.create(full_name=name, **values)


def member(organisation, role=Role.LEARNER, **values):
    person = user(**values)
    join_organisation(person, organisation, role)
    return person


def organisation(parent=None, name="Kenya", kind=Kind.COUNTRY, **values):
    values = {
        "name": name,
        "slug": values.pop("slug", name.lower().replace(" ", "-")),
        "kind": kind,
        **values,
    }
    if parent is None:
        return Organisation.add_root(**values)
    return Organisation.objects.get(pk=parent.pk).add_child(**values)


def published(parent, page):
    with disable_reference_index_auto_update():  # publishing updates it
        parent.add_child(instance=page)
        revision = page.save_revision()
    revision.publish()
    return type(page).objects.get(pk=page.pk)


def lesson(module, title="What a model has seen", **values):
    body = [
        {
            "type": "text",
            "value": "<h2>Examples</h2><p>Examples go in, a pattern comes out.</p>",
            "id": str(uuid4()),
        }
    ]
    slug = f"lesson-{next(_number)}"
    return published(
        module, LessonPage(title=title, slug=slug, minutes=4, body=json.dumps(body), **values)
    )


def hand_cell(source, name="why", points=3):
    """A cell of a lab that a trainer marks."""
    marks = {"grade_id": name, "grade": True, "solution": True, "points": points}
    return {"cell_type": "markdown", "metadata": {"nbgrader": marks}, "source": source}


def bank(**values):
    """A question bank of the Centre's."""
    centre = Organisation.objects.filter(kind=Kind.CENTRE).first()
    centre = centre or organisation(name="Centre", kind=Kind.CENTRE)
    number = next(_number)
    return ItemBank.objects.create(
        **{"name": f"Bank {number}", "slug": f"bank-{number}", "organisation": centre, **values}
    )


def choice_body(identifier="q", right=0, **values):
    options = [
        {
            "id": letter,
            "text": f"Answer {letter}",
            "mark": int(number == right),
            "feedback": f"About {letter}",
        }
        for number, letter in enumerate("ABC")
    ]
    return ChoiceBody.model_validate(
        {
            "prompt": f"<p>Question {identifier}?</p>",
            "feedback": "<p>So.</p>",
            "options": options,
            **values,
        }
    )


def item(in_bank=None, kind="choice", body=None, **values):
    """A live question."""
    identifier = values.pop("identifier", f"item-{next(_number)}")
    body = body or choice_body(identifier)
    return save_item(in_bank or bank(), identifier=identifier, kind=kind, body=body, **values)[0]


def stimulus(in_bank, **values):
    """A text that several questions share."""
    return Stimulus.objects.create(
        bank=in_bank, **{"title": "A notice", "text": "<p>Offices close at five.</p>", **values}
    )


def draw(in_bank, count=3, **values):
    """The entry of a quiz that draws from a bank."""
    value = {
        "bank": in_bank.pk,
        "tags": "",
        "difficulty": "",
        "level": "",
        "count": count,
        "points": "1",
    }
    return {"type": "draw", "value": value | values}


def fixed(*items, points="1"):
    """The entries of a quiz that name questions."""
    return [{"type": "item", "value": {"item": each.pk, "points": points}} for each in items]


def section(*entries, **values):
    value = {"title": "", "instructions": "", "is_shuffled": True, **values}
    return {"type": "section", "value": value | {"items": list(entries)}}


def quiz(module, items=4, entries=None, **values):
    """A quiz that draws three of a bank's four questions, or has the `entries` it is given."""
    values = {"tries": 2, "pass_mark": 70, **values}
    if entries is None:
        pool = bank()
        for number in range(items):
            item(pool, identifier=f"q{number}")
        entries = [draw(pool)]
    sections = json.dumps([section(*entries, is_shuffled=values.pop("is_shuffled", True))])
    slug = f"quiz-{next(_number)}"
    return published(
        module, QuizPage(title="Check", slug=slug, minutes=5, sections=sections, **values)
    )


def quiz_run(*entries, **values):
    """A run of a course whose only activity is a quiz of these entries."""
    page = course(lessons=0, with_quiz=False)
    quiz(page.get_children().get(), entries=list(entries) or None, **values)
    return run(page)


def course(lessons=2, *, with_quiz=True, **values):
    number = next(_number)
    values = {
        "code": f"T{number}",
        "level": "foundations",
        "hours": 2,
        "summary": "A course for tests.",
        **values,
    }
    page = published(
        CataloguePage.objects.get(),
        CoursePage(title=f"Course {number}", slug=f"course-{number}", **values),
    )
    module = published(page, ModulePage(title="Module one", slug=f"module-{number}"))
    for _ in range(lessons):
        lesson(module)
    if with_quiz:
        quiz(module)
    return page


def run(page=None, **values):
    page = page or course()
    values = {"code": f"{page.code} 01/2026", "starts_on": date(2026, 1, 1), **values}
    return CourseRun.objects.create(course=page, edition=cut_edition(page), **values)


def programme(*levels, **values):
    """A published programme; each level is {"gate", "courses", "electives", "practical", …} of courses."""
    blocks = []
    for number, level in enumerate(levels, start=1):
        elective = level.get("elective", [])
        blocks.append(
            {
                "type": "level",
                "id": str(uuid4()),
                "value": {
                    "title": f"Level {number}",
                    "level": "foundations",
                    "gate": level["gate"].pk if "gate" in level else None,
                    "courses": [
                        {"course": page.pk, "is_elective": page in elective}
                        for page in [*level.get("courses", []), *elective]
                    ],
                    "is_in_order": level.get("is_in_order", False),
                    "electives": level.get("electives", 0),
                    "practical": level["practical"].pk if "practical" in level else None,
                },
            }
        )
    number = next(_number)
    page = published(
        CataloguePage.objects.get(),
        ProgrammePage(
            title=f"Programme {number}",
            slug=f"programme-{number}",
            code=f"P{number}",
            summary="For tests.",
            levels=json.dumps(blocks),
            **values,
        ),
    )
    cut_programme_edition(page)
    return page


def practical_run(*, lessons=1, **values):
    """A run of a course with lessons and, after them, a practical of one day."""
    page = course(lessons, with_quiz=False)
    values = {"title": "Practical", "slug": f"practical-{next(_number)}", "minutes": 60, **values}
    published(page.get_children().get(), PracticalPage(**values))
    return run(page)


def session(host, in_run, *, days=1, starts_at=None, **values):
    """A session of the run's practical, open for booking, with days of six hours from `starts_at` on."""
    now = timezone.now()
    starts_at = starts_at or now + timedelta(days=20)
    entry = next(each for each in in_run.edition.activities if each["kind"] == "practical")
    made = PracticalSession(
        organisation=host,
        run=in_run,
        activity_key=entry["key"],
        **{
            "title": "Nairobi, June",
            "venue": "Kabete campus",
            "address": "Lower Kabete Road, room 4",
            "capacity": 2,
            "days_needed": days,
            "opens_at": starts_at - timedelta(days=300),
            "closes_at": starts_at + timedelta(days=days),
            "cancel_until": starts_at,
            **values,
        },
    )
    times = [
        (None, start, start + timedelta(hours=6))
        for start in (starts_at + timedelta(days=number) for number in range(days))
    ]
    return save_session(made, times, by=None)


def cohort(organisation, in_run, **values):
    number = next(_number)
    values = {"name": f"Cohort {number}", "slug": f"cohort-{number}", **values}
    return Cohort.objects.create(organisation=organisation, run=in_run, **values)


def agreement(country, **values):
    """A data agreement in force."""
    today = timezone.localdate()
    values = {
        "controller": "Ministry of Public Service",
        "legal_basis": "Public task",
        "hosting_permission": "Letter 1/2026",
        "breach_contact": "breach@example.org",
        "signed_on": today - timedelta(days=30),
        "expires_on": today + timedelta(days=300),
        **values,
    }
    return PartnerAgreement.objects.create(organisation=country, **values)


def proposed_award(enrolment):
    if enrolment.state != Enrolment.State.COMPLETED:
        change_state(enrolment, Enrolment.State.COMPLETED, completed_at=timezone.now())
    return propose_award(enrolment)[0]


def issued_award(world, enrolment=None):
    """An award through both pairs of hands. Ask for the fixture `signing_folder` with it."""
    award = proposed_award(enrolment or world.enrolment)
    release = prepare_release(world.centre, [award], by=world.registrar)
    return release_awards(release, by=world.releaser)[0]


def message(person, organisation, **values):
    """A row of the outbox, in the platform and read by nobody yet."""
    number = next(_number)
    return Message.objects.create(
        **{
            "person": person,
            "organisation": organisation,
            "key": "messaging.digest",
            "channel": Channel.IN_APP,
            "purpose": Purpose.TRANSACTIONAL,
            "dedupe": f"message {number}",
            **values,
        }
    )


def campaign(organisation, **values):
    """A message to a group, saved and not queued."""
    return Campaign.objects.create(
        **{
            "organisation": organisation,
            "name": "Lab two",
            "purpose": Purpose.TRANSACTIONAL,
            "channels": [],
            "texts": {
                "en": {"subject": "Lab two", "body": "Good day {name}.", "sms": "Lab two waits."}
            },
            "audience": "members",
            "audience_params": {"role": "learner"},
            **values,
        }
    )


class World:
    """People and records of two countries, so that what leaks could."""

    def __init__(self):
        self.centre = organisation(name="Centre", kind=Kind.CENTRE)
        self.kenya = organisation(self.centre, "Kenya", country_code="KE")
        self.nyeri = organisation(self.kenya, "Nyeri County", Kind.COUNTY, country_code="KE")
        self.rwanda = organisation(self.centre, "Rwanda", country_code="RW")
        self.run = run()
        self.learner = member(self.nyeri, name="Wambui Njoroge")
        self.stranger = member(self.rwanda, name="Uwase Marie")
        self.kenyan_coordinator = member(self.kenya, Role.COORDINATOR, name="Halima Abdi")
        self.rwandan_coordinator = member(self.rwanda, Role.COORDINATOR, name="Mugisha Jean")
        self.trainer = member(self.centre, Role.INSTRUCTOR, name="Otieno Ouma")
        self.registrar = member(self.centre, Role.REGISTRAR, name="Kiprono Rono", is_staff=True)
        self.releaser = member(self.centre, Role.RELEASER, name="Achieng Odhiambo", is_staff=True)
        self.administrator = member(
            self.centre, Role.ADMINISTRATOR, name="Mutua Kilonzo", is_staff=True
        )
        self.enrolment = enrol(self.learner, self.run, self.nyeri)
        self.foreign_enrolment = enrol(self.stranger, self.run, self.rwanda)

    @property
    def entries(self):
        return self.run.edition.activities

    def entry(self, kind):
        return next(entry for entry in self.entries if entry["kind"] == kind)
