"""Asking for every address as everyone, and finding what was told or changed that is another's."""

import copy
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

from django.core import mail
from django.core.cache import cache
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from pypdf import PdfReader

from assessments.domain.quizzes import frozen_quiz
from labs.models import LabTurn
from lms.organisations.domain import subtree_scope
from lms.organisations.scoping import every_organisation
from tests.architecture.canaries import CANARY, KENYA, LEARNER, PRIVATE, SEARCHED, SHA, records
from tests.architecture.test_access import POST_ONLY, arguments

# addresses that name a row which the small world of the access table lacks
NAMED = {
    "assessments:allowance_end": lambda its: ["kenya", its.allowance.pk],
    "assessments:file": lambda its: [its.enrolment.pk, its.attempt.uuid, SHA],
    "assessments:item_statistics": lambda its: ["kenya", its.quiz, its.question],
    "assessments:mark_next": lambda its: ["kenya", its.question],
    "assessments:marked_file": lambda its: ["kenya", its.item.pk, SHA],
    "assessments:regrade": lambda its: ["kenya", its.regrade.pk],
    "assessments:regrade_new": lambda its: ["kenya", its.question],
    "certification:scanned": lambda its: [its.award.qr or "none"],
    "courses:adaptation_detail": lambda its: ["kenya", its.world.adaptation.pk],
    "courses:holiday_edit": lambda its: ["kenya", its.holiday.pk],
    "courses:holiday_remove": lambda its: ["kenya", its.holiday.pk],
    "courses:programme": lambda its: [its.world.programme.slug],
    "labs:file": lambda its: [its.enrolment.pk, its.lab],
    "labs:in_browser": lambda its: [its.enrolment.pk, its.lab],
    "labs:class_cancel": lambda its: ["kenya", its.labclass.pk],
    "labs:leave": lambda its: [its.enrolment.pk, its.lab],
    "labs:line": lambda its: [its.enrolment.pk, its.lab],
    "labs:quota_edit": lambda its: ["kenya", its.cohort.slug],
    "labs:session_log": lambda its: ["kenya", its.labsession.pk],
    "labs:session_stop": lambda its: ["kenya", its.labsession.pk],
    "labs:open": lambda its: [its.enrolment.pk, its.lab],
    "labs:notebook": lambda its: [its.enrolment.pk, its.lab],
    "labs:picture": lambda its: [its.enrolment.pk, its.lab, its.save.pk, 0, 0],
    "labs:reset": lambda its: [its.enrolment.pk, its.lab],
    "labs:restore": lambda its: [its.enrolment.pk, its.lab, its.save.pk],
    "labs:save": lambda its: [its.enrolment.pk, its.lab, its.save.pk],
    "labs:save_list": lambda its: [its.enrolment.pk, its.lab],
    "labs:state": lambda its: [its.enrolment.pk, its.lab],
    "labs:stop": lambda its: [its.enrolment.pk, its.lab],
    "labs:submission": lambda its: [its.submission.pk],
    "labs:submission_list": lambda its: [its.enrolment.pk, its.lab],
    "labs:submission_state": lambda its: [its.submission.pk],
    "labs:board": lambda its: ["kenya", its.world.run.pk, its.lab],
    "labs:comment_edit": lambda its: ["kenya", its.labcomment.pk],
    "labs:hand_mark": lambda its: ["kenya", its.submission.pk, "why"],
    "labs:hand_mark_next": lambda its: ["kenya", its.world.run.pk, its.lab, "why"],
    "labs:hand_marking": lambda its: ["kenya", its.world.run.pk, its.lab],
    "labs:remark": lambda its: ["kenya", its.remark.pk],
    "labs:remark_list": lambda its: ["kenya", its.world.run.pk, its.lab],
    "labs:submission_read": lambda its: ["kenya", its.submission.pk],
    "labs:submit": lambda its: [its.enrolment.pk, its.lab],
    "labs:wait": lambda its: [its.enrolment.pk, its.lab],
    "messaging:campaign": lambda its: ["kenya", its.campaign.pk],
    "messaging:resolve": lambda its: ["kenya", its.message.pk],
    "organisations:merge_undo": lambda its: ["kenya", its.merge.pk],
    "organisations:news_delete": lambda its: ["kenya", its.news.pk],
    "organisations:provider_edit": lambda its: ["kenya", its.provider.pk],
    "organisations:recovery_complete": lambda its: [its.recovery.public_id],
    "organisations:recovery_decide": lambda its: ["kenya", its.recovery.pk],
    "practicals:feed": lambda its: [its.world.feed.token],
    "reports:pace_detail": lambda its: ["kenya", its.progress.pk],
}
# what an address may tell anyone
PUBLIC = {
    "accounts:identities": {"identityprovider-name"},
    "accounts:organisation_sign_in": {"identityprovider-name"},
    # a certificate's words are checked by whoever holds its number
    "certification:award": {"user-full_name"},
    "certification:scanned": {"user-full_name"},
    "organisations:portal": {"news-title", "news-body"},
    # what is authored is shared: authors know each other, and the trainers of runs, by name
    "wagtail": {"user-full_name"},
}
# where a person says in which organisation they work: the row that is added is their own
ADDS_OWN_ROW = {"courses:enrol"}
# A class that is called off frees places that all countries share: whoever waits longest is called, wherever they are
MOVES_THE_LINE = {"labs:class_cancel"}
# address → why nobody is let in, even in the world of canaries
SHUT = {
    "accounts:sentmessage_list": "shown in the demo alone",
    "api:api-root": "has no page of its own",
    "assessments:file_upload": "the question asked takes no file",
    "assessments:item_statistics": "nothing is calibrated",
    "labs:in_browser": "the site for browsers is not built",
    "messaging:incoming": "no gateway is set up",
    "messaging:report": "no gateway is set up",
}
FIELD = re.compile(r'\bname="([^"]+)"')
PARAMETER = re.compile(r"[?;]([a-z_]+)=")
FORM = re.compile(r'<form\b(?=[^>]*\bmethod="post")(?:(?!\baction=)[^>])*(?:\baction="([^"]*)")?')
WRITTEN = re.compile(r'\b(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')
NOT_ASKED = {"csrfmiddlewaretoken", "next", "viewport", "theme-color", "format", "q", "page"}
NOBODY, FORMER, FELLOW = "nobody", "one who left", "another learner of the place"
EVERY_ROLE = "rwandan of every role"
# These ask for everything that a page offers, and also beyond their country's door. One role alone gets no further
# than the person who has all of them, so of each it is asked only what its own country's pages tell.
THOROUGH = {NOBODY, FELLOW, EVERY_ROLE}


def askers(world):
    """{who: the person, None for nobody}: every role of the other country, one who left, and a learner beside."""
    return {
        NOBODY: None,
        FORMER: world.former,
        FELLOW: world.fellow,
        EVERY_ROLE: world.rwandan_of_every_role,
        **{f"rwandan {role}": person for role, person in world.rwandans.items()},
    }


def given(name, world):
    """The arguments that name the rows of `world.its`."""
    its = world.its
    its.quiz, its.lab = world.entry("quiz")["key"], world.entry("lab")["key"]
    with every_organisation():  # the world is of several
        its.question = its.item.version.item_id
        return NAMED[name](its) if name in NAMED else arguments(name, world)


def in_place(name, place, arguments):
    """The address, below the organisation `place` where it is a staff page."""
    address = reverse(name, args=arguments)
    return reverse(name, args=[place, *arguments[1:]]) if address.startswith("/o/") else address


def addresses(name, world, who):
    """Of the learner's row; of that row below the askers' own organisation; of a row of their own."""
    rows = given(name, world)
    learners, below_own = reverse(name, args=rows), in_place(name, "rwanda", rows)
    if learners != below_own and who not in {NOBODY, FORMER, FELLOW, EVERY_ROLE}:
        return {below_own}
    if who != EVERY_ROLE:
        return {learners, below_own}
    return {learners, below_own, in_place(name, "rwanda", given(name, world.of_rwanda))}


@dataclass
class Asking:
    """One person at one address: what they were told, and whether anything let them in."""

    world: object
    name: str
    who: str
    address: str
    client: Client
    found: set = field(default_factory=set)
    is_let_in: bool = False

    @property
    def forbidden(self):
        """Whose texts and rows: a learner of the same place may know the place."""
        return {LEARNER} if self.who == FELLOW else {LEARNER, KENYA}

    def value(self, name):
        """The other country's value for a field or parameter of this name."""
        its = self.world.its
        known = {
            "answer": its.item.pk,
            "awards": its.award.pk,
            "booking": its.booking.pk,
            "campaign": its.campaign.pk,
            "cell": f"{its.enrolment.pk}:{its.quiz}",
            "cohort": its.cohort.pk,
            "lab": f"{its.world.run.pk}:{its.lab}",
            "item": its.item.pk,
            "kept": its.person.email,
            "membership": its.person.memberships.get().pk,
            "merged": its.duplicate.email,
            "message": its.message.pk,
            "organisation": its.place.pk,
            "person": its.person.email,
            "release": its.release.pk,
            "roster": its.rosterimport.pk,
            "run": its.world.run.pk,
            "session": its.booking.session_id,
            "typed": its.booking.code,
            "user": its.person.pk,
        }
        return str(known.get(name, its.enrolment.pk))

    def read(self, response, how, sent=()):
        """Note what the answer tells beyond what was `sent`; return its text."""
        content = b"".join(response) if response.streaming else response.content
        text = text_of(content)
        mails = [
            f"{message.subject} {message.body}"
            for message in mail.outbox
            if not CANARY.search("".join(message.to))
        ]
        mail.outbox.clear()
        told = "\n".join([text, str(response.headers), str(response.cookies), *mails])
        for value in sent:
            told = told.replace(str(value), "")
        known = CANARY.findall(self.address)
        for token, what in set(CANARY.findall(told)).difference(known):
            if token in self.forbidden and what not in PUBLIC.get(self.name, ()):
                self.found.add(f"{self.who}: {how} {self.address} tells {what} of {token}")
        refused = response.status_code >= 400 or "/accounts/" in response.headers.get(
            "Location", ""
        )
        self.is_let_in |= not refused
        return text if not refused else ""

    def get(self):
        return self.read(self.client.get(self.address), "GET")

    def search(self, page):
        """Ask for what the page offers: its files, its search, and each parameter with the other country's value."""
        offered = set(PARAMETER.findall(page)) | set(FIELD.findall(page))
        found = {"q": SEARCHED} if "q" in offered else {}
        queries = [found] if found else []
        if "format" in offered:
            queries = [{"format": "csv", **found}, {"format": "xlsx"}]
        if "page" in offered:
            queries.append({"page": "2"})
        foreign = {name: self.value(name) for name in PARAMETER.findall(page)}
        foreign = {name: value for name, value in foreign.items() if name not in NOT_ASKED}
        for query in [*queries, *([foreign] if foreign else [])]:
            answer = self.client.get(self.address, query)
            self.read(answer, f"GET {query}", foreign.values())

    def takes_a_form(self, page):
        """Whether the page posts to itself. Of one that is shut we do not know."""
        return not page or any(not to or to == self.address for to in FORM.findall(page))

    def post(self, page=""):
        """Send the page's own fields with the other country's values."""
        how = {}
        filled = {name: self.value(name) for name in set(FIELD.findall(page)) - NOT_ASKED}
        if self.name.startswith("api:"):
            how = {"content_type": "application/json"}
            filled = {"device": str(uuid4()), "events": []}
        before = self.kept_rows()
        self.is_let_in = False
        with written_tables() as written:
            answer = self.client.post(self.address, filled, **how)
        self.read(answer, f"POST {sorted(filled)}", list(filled.values()))
        if self.is_let_in and (changed := self.changed(before, self.rows(written))):
            self.found.add(f"{self.who}: POST {sorted(filled)} {self.address} changes {changed}")

    def changed(self, before, after):
        """What is kept in other rows than before."""
        if self.name in ADDS_OWN_ROW:
            return [
                key
                for key, rows in after.items()
                if set(map(str, before[key])) - set(map(str, rows))
            ]
        shared = {LabTurn} if self.name in MOVES_THE_LINE else set()
        return [key for key, rows in after.items() if before[key] != rows and key not in shared]

    def kept_rows(self):
        """`rows()` as they were before anybody asked: whatever is done is undone."""
        whose, before = frozenset(self.forbidden), self.world.before
        if whose not in before:
            before[whose] = self.rows({model._meta.db_table for model in [*records(), *PRIVATE]})
        return before[whose]

    def rows(self, tables):
        """The rows of these tables that the person may not change, nor add to."""
        found = {}
        with subtree_scope(self.world.kenya):
            for model in records():
                if model._meta.db_table in tables:
                    queryset = model.objects.all()
                    if KENYA not in self.forbidden:
                        queryset = of_person(model, queryset, self.world.learner)
                    found[model] = list(queryset.order_by("pk").values_list())
        for token in self.forbidden:
            for model in PRIVATE:
                if model._meta.db_table in tables:
                    keys = self.world.kept[token].get(model, [])
                    rows = model.objects.filter(pk__in=keys).order_by("pk")
                    found[token, model] = list(rows.values_list())
        return found


def of_person(model, queryset, person):
    """Those of `queryset` that are about the person; none of what is a whole country's."""
    holder = model.objects.organisation_path.removesuffix("organisation")
    for name in ("user", "person"):
        try:
            return queryset.filter(**{f"{holder}{name}": person})
        except (FieldError, ValueError):  # no such field, or none of the holder's
            continue
    return queryset.none()


def text_of(content):
    """What a person reads in an answer: of a workbook and a PDF, too."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as book:
            return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return content.decode(errors="replace")


def wagtail_addresses(resolver=None, path="/"):
    """Every address of Wagtail's admin that names no row."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from wagtail_addresses(pattern, here)
        elif here.startswith("/cms/") and re.fullmatch(r"[\w/-]+", here):
            yield here


@contextmanager
def written_tables():
    """The names of tables that are written to inside."""
    tables = set()

    def note(execute, sql, params, many, context):
        tables.update(WRITTEN.findall(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


@contextmanager
def undone():
    """What is changed inside is taken back."""
    with transaction.atomic(), written_tables() as written:
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)
    if written:
        frozen_quiz.cache_clear()
        cache.clear()


def signed_in(person):
    """A browser of this person's, None for nobody's."""
    client = Client()
    if person:
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def leaks(world, name, clients):
    """Everything that the address `name` tells or changes for people whom it is none of the business of."""
    found = set()
    for who, client in clients.items():
        for address in addresses(name, world, who):
            asking = Asking(world, name, who, address, client)
            asking.kept_rows()  # as they were before anything was asked
            with undone(), same_browser(client):
                page = "" if name in POST_ONLY else asking.get()
                if page and who in THOROUGH:
                    asking.search(page)
                if name in POST_ONLY or (who in THOROUGH and asking.takes_a_form(page)):
                    asking.post(page)
                found |= asking.found
    return sorted(found)


@contextmanager
def same_browser(client):
    """Whatever is set or taken away inside, the browser has the cookies that it had."""
    cookies = copy.deepcopy(client.cookies)
    yield
    client.cookies = cookies


def lets_in(world, name, clients):
    """Whether somebody whose business it is gets through: else the addresses asked for are wrong."""
    answers = []
    for place, client in clients:
        address = in_place(name, place, given(name, world))
        with undone(), same_browser(client):
            method = client.post if name in POST_ONLY else client.get
            answer = method(address)
            if answer.streaming:
                b"".join(answer)
            answers.append(answer.status_code)
    return any(status not in {403, 404} for status in answers)
