"""A world in which every text that a record holds tells whose it is, so that a leak of it can be seen.

A canary is `zqlearner-award-note mara`: a word for whose it is, the model and field it was let out in, and a word
to search for. Texts are painted over by the model's fields, so a new field needs nothing here; a new kind of record
needs a row in RECORDS.
"""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from assessments.domain.attempts import submit_attempt
from assessments.domain.starting import start_attempt
from assessments.interactions.extended_text.body import EssayBody
from assessments.models import (
    Allowance,
    AnswerFile,
    Attempt,
    AttemptDevice,
    AttemptItem,
    Change,
    Mark,
    Outcome,
    Regrade,
    Response,
)
from certification.models import Award, Release
from courses.domain.editions import cut_edition
from courses.models import (
    Cohort,
    Enrolment,
    EnrolmentChange,
    Extension,
    LineItem,
    ModulePage,
    ProgrammeCompletion,
    ProgrammeEdition,
    ProgrammeEnrolment,
    Progress,
    Result,
)
from labs.models import (
    GradeRun,
    LabIdentity,
    LabPage,
    LabRelease,
    Launch,
    Submission,
    Workspace,
)
from lms.accounts.models import User
from lms.organisations.domain import join_organisation
from lms.organisations.models import Membership, News, PartnerAgreement, Role
from lms.organisations.scoping import Record
from tests import factories

# whose a text is: the learner's whose things are asked for, another's of Kenya, the askers'
LEARNER, KENYA, RWANDA = "zqlearner", "zqkenya", "zqrwanda"
SEARCHED = "mara"
CANARY = re.compile(rf"({LEARNER}|{KENYA})-([a-z]+-[a-z_0-9]+)")
# texts that the product reads or signs: painting them breaks what they are for
READ_BY_THE_PRODUCT = {
    "accounts.User.username",
    "accounts.User.password",
    "accounts.User.phone",
    "accounts.User.language",
    "organisations.News.language",
    "assessments.AnswerFile.sha256",
    "assessments.Attempt.language",
    "assessments.Attempt.seed",
    "assessments.Outcome.verdict",
    "certification.Award.public_id",
    "certification.Award.qr",
    "certification.Award.serial",
    "certification.Award.snapshot_sha256",
    "courses.ProgrammeCompletion.level_key",
    "labs.Submission.sha256",
}
PRIVATE = [User, Membership, PartnerAgreement, News]
SHA = "5e" * 32


def records():
    return [model for model in apps.get_models() if issubclass(model, Record)]


def text_fields(model):
    """Fields of free text: those that painting can fill."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.primary_key
        and f"{model._meta.label}.{field.name}" not in READ_BY_THE_PRODUCT
    ]


def paint(row, token):
    """Write a canary into every free text of `row`."""
    texts = {}
    for field in text_fields(type(row)):
        canary = f"{token}-{row._meta.model_name}-{field.name}"
        if isinstance(field, models.EmailField):
            canary = f"{canary}-{row.pk}@{SEARCHED}.example"
        elif isinstance(field, models.SlugField) or field.unique:
            canary = f"{canary}-{row.pk}"
        else:
            canary = f"{canary} {row.pk} {SEARCHED}"
        texts[field.name] = canary[: field.max_length]
    if texts:
        type(row)._base_manager.filter(pk=row.pk).update(**texts)
        for name, text in texts.items():
            setattr(row, name, text)


def whose(row, world):
    """The word for the person or the country that `row` belongs to."""
    path = row.__class__.objects.organisation_path.split("__")
    holder = row
    for step in path[:-1]:
        holder = getattr(holder, step)
    if holder.organisation == world.rwanda:
        return RWANDA
    person = getattr(holder, "user_id", None)
    return LEARNER if person == world.learner.pk else KENYA


# One row each, of the person and country that `its` is about; what is made of one is there for the next.


def _attempt(its):
    attempt = start_attempt(its.enrolment, its.world.entry("quiz"), "en")
    its.item = attempt.items.get()
    its.device = AttemptDevice.objects.create(attempt=attempt, device=uuid4(), epoch=1)
    Response.objects.create(
        attempt=attempt,
        device=its.device,
        epoch=1,
        seq=1,
        item=its.item,
        value=f"{its.token}-response-value {SEARCHED}",
    )
    submit_attempt(attempt)
    return Attempt.objects.get(pk=attempt.pk)


def _outcome(its):
    its.item.outcomes.update(is_current=False)
    return Outcome.objects.create(
        item=its.item, version=its.item.version, verdict="partial", fraction=0, score=0
    )


def _answer_file(its):
    name = f"{its.token}-answerfile-name"
    stored = AnswerFile(attempt=its.attempt, sha256=SHA, name=name, media_type="text/plain")
    stored.bytes = 3
    stored.file.save(SHA, ContentFile(f"{its.token}-answerfile-content".encode()))
    return stored


def _workspace(its):
    identity = LabIdentity.objects.get_or_create(user=its.person)[0]
    key = its.world.entry("lab")["key"]
    return Workspace.objects.create(
        enrolment=its.enrolment,
        activity_key=key,
        release=its.world.lab_release,
        identity=identity,
        folder="lab",
    )


def _submission(its):
    cell = {"cell_type": "markdown", "metadata": {}, "source": f"{its.token}-submission-notebook"}
    return Submission.objects.create(
        workspace=its.workspace,
        release=its.world.lab_release,
        notebook={"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
        sha256=SHA,
        state=Submission.State.MARKED,
    )


def _grade_run(its):
    check = {"name": "sum", "points": 1, "max": 1, "outcome": "not_met"}
    check["detail"] = f"{its.token}-graderun-checks"
    return GradeRun.objects.create(
        submission=its.submission, checks=[check], score=0, maximum=1, seconds=1
    )


def _award(its):
    if its.country != its.world.rwanda and its.person == its.world.learner:
        return factories.issued_award(its.world, its.enrolment)
    return factories.proposed_award(its.enrolment)


def _release(its):
    return Release.objects.create(organisation=its.country, prepared_by=its.staff)


# model → its row for a person; a new kind of record is added here
RECORDS = {
    Cohort: lambda its: factories.cohort(its.country, its.world.run),
    Enrolment: lambda its: factories.enrol(its.person, its.world.run, its.place, cohort=its.cohort),
    EnrolmentChange: lambda its: EnrolmentChange.objects.create(
        enrolment=its.enrolment, state="active", by=its.staff
    ),
    Extension: lambda its: Extension.objects.create(
        enrolment=its.enrolment, until=date(2030, 1, 1), given_by=its.staff
    ),
    Progress: lambda its: Progress.objects.create(enrolment=its.enrolment, activity_key=uuid4()),
    ProgrammeEnrolment: lambda its: ProgrammeEnrolment.objects.create(
        user=its.person,
        programme=its.world.programme,
        edition=its.world.programme.editions.get(),
        organisation=its.place,
    ),
    ProgrammeCompletion: lambda its: ProgrammeCompletion.objects.create(
        enrolment=its.programmeenrolment,
        edition=its.world.programme.editions.get(),
        completed_at=timezone.now(),
        last_course=its.enrolment,
    ),
    Allowance: lambda its: Allowance.objects.create(
        organisation=its.place,
        run=its.world.run,
        enrolment=its.enrolment,
        activity_key=its.world.entry("quiz")["key"],
        extra_tries=1,
        by=its.staff,
    ),
    Attempt: _attempt,
    AttemptItem: lambda its: its.item,
    AttemptDevice: lambda its: its.device,
    Response: lambda its: its.device.responses.get(),
    AnswerFile: _answer_file,
    Outcome: _outcome,
    Mark: lambda its: Mark.objects.create(item=its.item, by=its.staff, points={"": 0}, fraction=0),
    Regrade: lambda its: Regrade.objects.create(
        organisation=its.country, item=its.item.version.item, action="rescore", by=its.staff
    ),
    Change: lambda its: Change.objects.create(
        regrade=its.regrade, attempt=its.attempt, maximum_before=1, maximum_after=1
    ),
    Result: lambda its: Result.objects.create(
        enrolment=its.enrolment, line_item=its.world.line_item, score=1, maximum=1
    ),
    Workspace: _workspace,
    Launch: lambda its: Launch.objects.create(workspace=its.workspace),
    Submission: _submission,
    GradeRun: _grade_run,
    Award: _award,
    Release: _release,
}


class CanaryWorld(factories.World):
    """The small world with a row of every record for a learner, another learner of the country, and a foreigner."""

    def __init__(self):
        super().__init__()
        self._author()
        self.fellow = factories.member(self.nyeri)
        self.kenyans = {role: factories.member(self.kenya, role) for role in Role}
        self.rwandans = {role: factories.member(self.rwanda, role) for role in Role}
        self.rwandans[Role.LEARNER] = self.stranger
        for people in (self.kenyans, self.rwandans):
            self._let_into_wagtail(people[Role.ADMINISTRATOR], people[Role.INSTRUCTOR])
        self.former = factories.member(self.rwanda)
        left = join_organisation(self.former, self.kenya, Role.COORDINATOR)
        Membership.objects.filter(pk=left.pk).update(
            from_at=timezone.now() - timedelta(days=9), until_at=timezone.now() - timedelta(days=1)
        )
        for country in (self.kenya, self.rwanda):
            factories.agreement(country)
            News.objects.create(organisation=country, language="en")
        self._paint_people()
        self.its = self._records_of(self.learner, self.kenya, self.nyeri)
        self.its_fellow = self._records_of(self.fellow, self.kenya, self.nyeri)
        self.its_foreign = self._records_of(self.stranger, self.rwanda, self.rwanda)
        self.enrolment, self.foreign_enrolment = self.its.enrolment, self.its_foreign.enrolment
        # {whose: {model: keys}}
        self.kept = {LEARNER: {User: [self.learner.pk]}, KENYA: {}, RWANDA: {}}
        for model in records():
            for row in model.objects.all():
                token = whose(row, self)
                paint(row, token)
                self.kept[token].setdefault(model, []).append(row.pk)
        self.kept[KENYA][User] = [self.fellow.pk, *(person.pk for person in self.kenyans.values())]
        for model in (Membership, PartnerAgreement, News):
            rows = model.objects.filter(organisation__path__startswith=self.kenya.path)
            self.kept[KENYA][model] = [row.pk for row in rows]

    def _author(self):
        """A course with a lesson, an essay and a lab, in a programme."""
        page = factories.course(lessons=1, with_quiz=False)
        module = ModulePage.objects.descendant_of(page).get()
        essay = factories.item(kind="essay", body=EssayBody(prompt="<p>Why?</p>", model_answer=""))
        factories.quiz(module, entries=factories.fixed(essay))
        notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        self.lab_release = LabRelease.objects.create(
            sha256=SHA, name="lab", notebook=notebook, points=1, memory_mb=700
        )
        factories.published(
            module, LabPage(title="Lab", slug="canary-lab", minutes=5, release=self.lab_release)
        )
        cut_edition(page)
        self.run = factories.run(page)
        self.programme = factories.programme({"gate": page})
        ProgrammeEdition.objects.get(programme=self.programme)
        self.line_item = LineItem.objects.create(run=self.run, activity_key=uuid4(), title="Column")

    @staticmethod
    def _let_into_wagtail(*people):
        groups = Group.objects.filter(name__in=["Editors", "Moderators"])
        for person in people:
            User.objects.filter(pk=person.pk).update(is_staff=True)
            person.groups.set(groups)

    def _paint_people(self):
        kenyan = User.objects.filter(memberships__organisation__path__startswith=self.kenya.path)
        rwandan = User.objects.filter(memberships__organisation=self.rwanda)
        for person in kenyan.distinct().exclude(pk=self.former.pk):
            self._paint_person(person, LEARNER if person == self.learner else KENYA)
        for person in rwandan.distinct():
            self._paint_person(person, RWANDA)
        for model in (PartnerAgreement, News):
            for row in model.objects.all():
                paint(row, KENYA if row.organisation == self.kenya else RWANDA)
        self.learner.refresh_from_db()

    @staticmethod
    def _paint_person(person, token):
        paint(person, token)
        User.objects.filter(pk=person.pk).update(phone=f"+25471{person.pk:07}")
        for membership in person.memberships.all():
            paint(membership, token)

    def _records_of(self, person, country, place):
        token = RWANDA if country == self.rwanda else KENYA
        its = SimpleNamespace(
            world=self,
            person=person,
            country=country,
            place=place,
            token=LEARNER if person == self.learner else token,
            staff=(self.rwandans if country == self.rwanda else self.kenyans)[Role.COORDINATOR],
        )
        for model, make in RECORDS.items():
            setattr(its, model._meta.model_name, make(its))
        return its

    @property
    def attempt(self):
        """The attempt that addresses name."""
        return self.its.attempt

    @property
    def award(self):
        """The award that addresses name."""
        return self.its.award
