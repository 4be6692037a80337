"""The people and the course that the benchmark meets: 3,600 learners, 12 lessons, a quiz of 20 questions."""

import json
from uuid import uuid4

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import transaction
from django.utils import timezone

from assessments.domain.items import save_item
from assessments.interactions.choice.body import ChoiceBody
from assessments.models import ItemBank, QuizPage
from courses.domain.editions import cut_edition
from courses.models import (
    CataloguePage,
    CoursePage,
    CourseRun,
    Enrolment,
    LessonPage,
    ModulePage,
    Progress,
)
from lms.accounts.models import User
from lms.organisations.loading import load_organisations
from lms.organisations.models import Kind, Membership, Organisation, Role
from lms.organisations.scoping import every_organisation

LEARNERS, LESSONS, QUESTIONS = 3_600, 12, 20
PARAGRAPH = (
    "<p>A learning machine knows the examples it was shown and nothing else. An officer who asks what those "
    "examples were can guess where it will help and where it will mislead.</p>"
)


def publish(parent, page):
    parent.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def _question(bank, number):
    options = [
        {
            "id": letter,
            "text": f"Answer {letter} to question {number}",
            "mark": int(letter == "b"),
            "feedback": "This is why.",
        }
        for letter in "abcd"
    ]
    body = ChoiceBody.model_validate(
        {
            "prompt": f"<p>An officer at a county counter meets case {number}. What is the first step?</p>",
            "feedback": "<p>The channel is the doubt, so check by another one.</p>",
            "options": options,
        }
    )
    save_item(bank, identifier=f"bench-{number}", kind="choice", body=body)


def _sections():
    """Twenty of a bank's forty questions."""
    bank = ItemBank.objects.create(
        name="Benchmark", slug="bench", organisation=Organisation.objects.get(kind=Kind.CENTRE)
    )
    for number in range(2 * QUESTIONS):
        _question(bank, number)
    draw = {
        "bank": bank.pk,
        "tags": "",
        "difficulty": "",
        "level": "",
        "count": QUESTIONS,
        "points": "1",
    }
    section = {
        "title": "",
        "instructions": "",
        "is_shuffled": True,
        "items": [{"type": "draw", "value": draw}],
    }
    return json.dumps([{"type": "section", "value": section}])


def _lesson(number):
    blocks = [
        {"type": "text", "value": f"<h2>Part {part}</h2>{PARAGRAPH * 4}", "id": str(uuid4())}
        for part in range(5)
    ]
    callout = {"kind": "tip", "title": "Ask first", "body": PARAGRAPH}
    blocks.append({"type": "callout", "value": callout, "id": str(uuid4())})
    return LessonPage(
        title=f"Lesson {number}", slug=f"bench-lesson-{number}", minutes=5, body=json.dumps(blocks)
    )


def short_lesson(slug, number):
    body = [{"type": "text", "value": PARAGRAPH, "id": str(uuid4())}]
    return LessonPage(title=f"Activity {number}", slug=slug, minutes=5, body=json.dumps(body))


def _course():
    course = publish(
        CataloguePage.objects.get(),
        CoursePage(
            title="Benchmark course",
            slug="benchmark",
            code="B1",
            level="foundations",
            hours=2,
            summary="Measured.",
        ),
    )
    module = publish(course, ModulePage(title="Module", slug="bench-module"))
    for number in range(1, LESSONS + 1):
        publish(module, _lesson(number))
    publish(module, QuizPage(title="Check", slug="bench-quiz", tries=0, sections=_sections()))
    return course


@transaction.atomic
def populate():
    """Make the course, its run and its learners, each a few lessons in; return the run."""
    load_organisations()
    course = _course()
    run = CourseRun.objects.create(
        course=course,
        edition=cut_edition(course),
        code="B1 01/2026",
        starts_on=timezone.localdate(),
    )
    counties = list(Organisation.objects.filter(kind="county"))
    users = User.objects.bulk_create(
        User(full_name=f"Learner {number}", email=f"learner{number}@bench.example", password="!")  # noqa: S106  unusable
        for number in range(LEARNERS)
    )
    Membership.objects.bulk_create(
        Membership(user=user, organisation=counties[user.pk % 47], role=Role.LEARNER)
        for user in users
    )
    with every_organisation():  # learners of all counties
        enrolments = Enrolment.objects.bulk_create(
            Enrolment(user=user, run=run, organisation=counties[user.pk % 47]) for user in users
        )
        keys = [entry["key"] for entry in run.edition.activities[:4]]
        Progress.objects.bulk_create(
            Progress(enrolment=enrolment, activity_key=key, completed_at=timezone.now())
            for enrolment in enrolments
            for key in keys
        )
    return run


def session_of(user):
    """The key of a new session in which `user` is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key
