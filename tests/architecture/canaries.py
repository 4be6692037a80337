"""A world in which every text that a record holds tells whose it is, so that a leak of it can be seen.

A canary is `zqlearner-award-note mara`: a word for whose it is, the model and field it was let out in, and a word
to search for. Texts are painted over by the model's fields, so a new field needs nothing here; a new kind of record
needs a row in RECORDS.
"""

import copy
import json
import re
from base64 import b64encode
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from admissions.models import Nomination, SeatAllocation
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
from certification.domain.releases import prepare_release
from certification.models import Award, Release
from courses.domain.adaptations import adapt_course
from courses.domain.editions import cut_edition
from courses.domain.rollups import refresh_rollup
from courses.models import (
    CheckAnswer,
    Cohort,
    Enrolment,
    EnrolmentChange,
    EnrolmentRollup,
    Extension,
    Holiday,
    LineItem,
    ModulePage,
    PaceNote,
    ProgrammeCompletion,
    ProgrammeEdition,
    ProgrammeEnrolment,
    Progress,
    Result,
)
from labs.cells import PNG
from labs.models import (
    GradeRun,
    HandMark,
    LabClass,
    LabComment,
    LabIdentity,
    LabMaster,
    LabPage,
    LabQuota,
    LabRelease,
    LabSession,
    LabTurn,
    Launch,
    Remark,
    RemarkChange,
    RemarkedSubmission,
    Save,
    Submission,
    Workspace,
    WorkspaceProgress,
)
from lms.accounts.models import IdentityProvider, User
from lms.messaging.models import Campaign, Message, Spending
from lms.messaging.registry import CAMPAIGN
from lms.organisations.domain import join_organisation
from lms.organisations.models import (
    STAFF_ROLES,
    Membership,
    Merge,
    News,
    PartnerAgreement,
    Portal,
    Recovery,
    Role,
)
from lms.organisations.scoping import Record
from practicals.domain.booking import book
from practicals.domain.calendars import feed_of
from practicals.domain.sheets import make_sheet
from practicals.models import Attendance, Booking, PaperSheet, PracticalPage, PracticalSession
from rosters.models import RosterImport, RosterMapping, RosterPerson, RosterRow
from tests import factories

# whose a text is: the learner's whose things are asked for, another's of Kenya, the askers'
LEARNER, KENYA, RWANDA = "zqlearner", "zqkenya", "zqrwanda"
SEARCHED = "mara"
CANARY = re.compile(rf"({LEARNER}|{KENYA})-([a-z]+-[a-z_0-9]+)")
# texts that the product reads or signs: painting them breaks what they are for
READ_BY_THE_PRODUCT = {
    "accounts.User.username",
    "accounts.User.password",
    "accounts.IdentityProvider.issuer",
    "messaging.Campaign.audience",
    "messaging.Message.key",
    "practicals.PracticalSession.time_zone",
    "rosters.RosterImport.fault_code",
    "rosters.RosterRow.code",
    "rosters.RosterRow.kept_because",
    "assessments.AnswerFile.sha256",
    "assessments.Attempt.seed",
    "certification.Award.public_id",
    "certification.Award.qr",
    "certification.Award.snapshot_sha256",
    "courses.ProgrammeCompletion.level_key",
    "labs.Save.sha256",
    "labs.Submission.sha256",
}
# what is no record and yet a country's own
PLACES = [PartnerAgreement, News, IdentityProvider, PracticalSession]
LONG = 32  # where a canary fits
PRIVATE = [User, Membership, *PLACES]
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
        and (field.max_length or LONG) >= LONG
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
    person = getattr(holder, "user_id", getattr(holder, "person_id", None))
    return LEARNER if person == world.learner.pk else KENYA


def text(its, what):
    """A canary for where painting does not reach: inside of JSON and of files."""
    return f"{its.token}-{what} {SEARCHED}"


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
        value=text(its, "response-value"),
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
    stored.file.save(SHA, ContentFile(text(its, "answerfile-content").encode()))
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


def _save(its):
    picture = {"image/png": b64encode(PNG + text(its, "save-picture").encode()).decode()}
    cell = {
        "cell_type": "code",
        "metadata": {},
        "source": text(its, "save-content"),
        "outputs": [{"output_type": "display_data", "data": picture}],
    }
    content = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return Save.objects.create(workspace=its.workspace, **Save.pack(content.encode()))


def _submission(its):
    cell = factories.hand_cell(text(its, "submission-notebook"))
    return Submission.objects.create(
        workspace=its.workspace,
        release=its.world.lab_release,
        notebook={"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
        sha256=SHA,
        state=Submission.State.MARKED,
    )


def _grade_run(its):
    check = {"name": "sum", "points": 1, "max": 1, "outcome": "not_met"}
    check["detail"] = text(its, "graderun-checks")
    by_hand = {"name": "why", "points": 0, "max": 3, "outcome": "by_hand", "detail": ""}
    return GradeRun.objects.create(
        submission=its.submission, checks=[check, by_hand], score=0, maximum=4, seconds=1
    )


def _progress_in_lab(its):
    return WorkspaceProgress.objects.create(workspace=its.workspace, changed_at=timezone.now())


def _lab_comment(its):
    """By somebody who may edit it: it is shown for that to nobody else."""
    world = its.world
    by = world.rwandan_of_every_role if its.country == world.rwanda else world.let_in["kenya"]
    return LabComment.objects.create(submission=its.submission, by=by)


def _hand_mark(its):
    return HandMark.objects.create(
        submission=its.submission, cell="sum", points=1, maximum=3, by=its.staff
    )


def _remark(its):
    return Remark.objects.create(
        organisation=its.country,
        activity_key=its.world.entry("lab")["key"],
        release=its.world.lab_release,
        state=Remark.State.FORESEEN,
        by=its.staff,
    )


def _remarked(its):
    return RemarkedSubmission.objects.create(
        remark=its.remark,
        submission=its.submission,
        before=its.graderun,
        checks=its.graderun.checks,
    )


def _remark_change(its):
    return RemarkChange.objects.create(
        remark=its.remark,
        workspace=its.workspace,
        score_before=0,
        maximum_before=4,
        score_after=1,
        maximum_after=4,
    )


def _award(its):
    if its.country != its.world.rwanda and its.person == its.world.learner:
        return factories.issued_award(its.world, its.enrolment)
    return factories.proposed_award(its.enrolment)


def _release(its):
    if its.award.release_id:
        return Release.objects.create(organisation=its.country, prepared_by=its.staff)
    release = prepare_release(its.country, [its.award], by=its.registrar)
    its.award.refresh_from_db()
    return release


def _rollup(its):
    refresh_rollup(its.enrolment)
    return its.enrolment.rollup


def _words(its, what):
    return {name: text(its, what) for name in CAMPAIGN.placeholders}


def _campaign(its):
    texts = {"en": _words(its, "campaign-texts")}
    return factories.campaign(its.place, created_by=its.staff, texts=texts)


def _message(its):
    context = _words(its, "message-context")
    return factories.message(
        its.person, its.place, campaign=its.campaign, key=CAMPAIGN.key, context=context
    )


def _roster(its):
    return RosterImport.objects.create(
        cohort=its.cohort,
        columns=[
            {
                "title": text(its, "rosterimport-columns"),
                "samples": [text(its, "rosterimport-samples")],
            }
        ],
        by=its.staff,
        state="checked",
        total=1,
    )


def _roster_row(its):
    return RosterRow.objects.create(
        roster=its.rosterimport,
        number=1,
        outcome="refused",
        code="name_missing",
        values={"full_name": text(its, "rosterrow-values")},
        user=its.person,
    )


def _booking(its):
    session = its.world.sessions[its.country]
    return book(its.enrolment, session, needs_note="Ramp", by=its.person)


def _attendance(its):
    day = its.booking.session.days.get()
    return Attendance.objects.create(
        booking=its.booking, day=day, is_present=True, how="staff", at=day.starts_at, by=its.staff
    )


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
    Nomination: lambda its: Nomination.objects.create(
        enrolment=its.enrolment, nominated_by=its.staff
    ),
    SeatAllocation: lambda its: SeatAllocation.objects.get_or_create(
        run=its.world.run, organisation=its.place, defaults={"seats": 9, "given_by": its.staff}
    )[0],
    Progress: lambda its: Progress.objects.create(
        enrolment=its.enrolment,
        activity_key=its.world.entry("lesson")["key"],
        pace="quick",
        elapsed_seconds=9,
        least_seconds=60,
        completed_at=timezone.now(),
    ),
    PaceNote: lambda its: PaceNote.objects.create(
        progress=its.progress, state="explained", by=its.staff
    ),
    CheckAnswer: lambda its: CheckAnswer.objects.create(
        enrolment=its.enrolment,
        activity_key=its.world.entry("lesson")["key"],
        choice=0,
        is_right=False,
    ),
    EnrolmentRollup: _rollup,
    Booking: _booking,
    Attendance: _attendance,
    PaperSheet: lambda its: make_sheet(its.booking.session, its.country, by=its.staff),
    RosterImport: _roster,
    RosterRow: _roster_row,
    RosterMapping: lambda its: RosterMapping.objects.create(
        organisation=its.place, signature=uuid4().hex, mapping={}
    ),
    RosterPerson: lambda its: RosterPerson.objects.create(user=its.person, organisation=its.place),
    Campaign: _campaign,
    Message: _message,
    Spending: lambda its: Spending.objects.get_or_create(
        organisation=its.place, month=date(2026, 1, 1)
    )[0],
    Recovery: lambda its: Recovery.objects.create(
        organisation=its.place,
        user=its.person,
        channel="email",
        requested_by=its.staff,
        expires_at=timezone.now() + timedelta(days=1),
    ),
    Merge: lambda its: Merge.objects.create(
        organisation=its.place,
        kept=its.person,
        merged=its.duplicate,
        by=its.staff,
        left=[text(its, "merge-left")],
    ),
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
    Save: _save,
    LabQuota: lambda its: LabQuota.objects.get_or_create(cohort=its.cohort)[0],
    LabClass: lambda its: LabClass.objects.create(
        organisation=its.country,
        run=its.world.run,
        activity_key=its.world.entry("lab")["key"],
        starts_at=timezone.now() + timedelta(days=its.person.pk),
        planned_by=its.staff,
    ),
    LabSession: lambda its: LabSession.objects.create(
        identity=its.workspace.identity,
        workspace=its.workspace,
        cohort=its.cohort,
        memory_mb=700,
        until=timezone.now() + timedelta(hours=1),
    ),
    LabTurn: lambda its: LabTurn.objects.create(
        identity=its.workspace.identity, workspace=its.workspace
    ),
    Submission: _submission,
    GradeRun: _grade_run,
    WorkspaceProgress: _progress_in_lab,
    LabComment: _lab_comment,
    HandMark: _hand_mark,
    Remark: _remark,
    RemarkedSubmission: _remarked,
    RemarkChange: _remark_change,
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
        self.rwandan_of_every_role = self._of_every_role(self.rwanda)
        self.let_in = {
            place.slug: self._of_every_role(place)
            for place in (self.nyeri, self.kenya, self.centre)
        }
        for people in (self.kenyans, self.rwandans):
            self._let_into_wagtail(people[Role.ADMINISTRATOR], people[Role.INSTRUCTOR])
        self._let_into_wagtail(self.rwandan_of_every_role)
        self.former = factories.member(self.rwanda)
        left = join_organisation(self.former, self.kenya, Role.COORDINATOR)
        Membership.objects.filter(pk=left.pk).update(
            from_at=timezone.now() - timedelta(days=9), until_at=timezone.now() - timedelta(days=1)
        )
        for country in (self.kenya, self.rwanda):
            factories.agreement(country)
            News.objects.create(organisation=country, language="en")
            Portal.objects.create(organisation=country, accent="#005a9c")
            IdentityProvider.objects.create(
                organisation=country, client_id="x", issuer="https://sign-in.example"
            )
            Holiday.objects.create(country_code=country.country_code, on=date(2026, 2, 2))
        self.sessions = {
            country: factories.session(country, self.run, capacity=9)
            for country in (self.kenya, self.rwanda)
        }
        self.duplicates = {
            person: factories.member(place)
            for person, place in (
                (self.learner, self.nyeri),
                (self.fellow, self.nyeri),
                (self.stranger, self.rwanda),
            )
        }
        self.adaptation = adapt_course(self.run.course, self.kenya, by=self.kenyan_coordinator)
        self._paint_people()
        self.feed = feed_of(self.stranger)
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
        for its in (self.its, self.its_fellow, self.its_foreign):
            self._read_again(its)
        self.kept[KENYA][User] = [self.fellow.pk, *(person.pk for person in self.kenyans.values())]
        for model in (Membership, *PLACES):
            rows = model.objects.filter(organisation__path__startswith=self.kenya.path)
            self.kept[KENYA][model] = [row.pk for row in rows]

    @property
    def of_rwanda(self):
        """This world with the foreigner's rows in place of the learner's."""
        other = copy.copy(self)
        other.its, other.learner = self.its_foreign, self.stranger
        other.enrolment, other.kenya = self.foreign_enrolment, self.rwanda
        other.kenyan_coordinator = self.rwandan_coordinator
        return other

    @staticmethod
    def _of_every_role(place):
        person = factories.member(place)
        for role in STAFF_ROLES:
            join_organisation(person, place, role)
        return person

    def _author(self):
        """A course with a lesson, an essay and a lab, in a programme."""
        page = factories.course(lessons=1, with_quiz=False)
        module = ModulePage.objects.descendant_of(page).get()
        essay = factories.item(kind="essay", body=EssayBody(prompt="<p>Why?</p>", model_answer=""))
        factories.quiz(module, entries=factories.fixed(essay))
        cells = [factories.hand_cell("*Write your answer here.*")]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        self.lab_release = LabRelease.objects.create(
            sha256=SHA, name="lab", notebook=notebook, points=4, memory_mb=700
        )
        LabMaster.objects.create(release=self.lab_release, notebook=notebook)
        factories.published(
            module, LabPage(title="Lab", slug="canary-lab", minutes=5, release=self.lab_release)
        )
        practical = PracticalPage(title="Day", slug="canary-day", minutes=9, opens_after="nothing")
        factories.published(module, practical)
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
        for model in PLACES:
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
        token, staff = (RWANDA, self.rwandans) if country == self.rwanda else (KENYA, self.kenyans)
        its = SimpleNamespace(
            world=self,
            person=person,
            duplicate=self.duplicates[person],
            country=country,
            place=place,
            token=LEARNER if person == self.learner else token,
            staff=staff[Role.COORDINATOR],
            registrar=staff[Role.REGISTRAR],
        )
        its.holiday = Holiday.objects.get(country_code=country.country_code)
        its.news = News.objects.get(organisation=country)
        its.provider = IdentityProvider.objects.get(organisation=country)
        for model, make in RECORDS.items():
            setattr(its, model._meta.model_name, make(its))
        return its

    @staticmethod
    def _read_again(its):
        """As they are in the database now that they are painted."""
        for model in RECORDS:
            name = model._meta.model_name
            setattr(its, name, model.objects.get(pk=getattr(its, name).pk))

    @property
    def attempt(self):
        """The attempt that addresses name."""
        return self.its.attempt

    @property
    def award(self):
        """The award that addresses name."""
        return self.its.award

    @property
    def booking(self):
        """The booking that addresses name."""
        return self.its.booking

    @property
    def roster(self):
        """The roster that addresses name."""
        return self.its.rosterimport
