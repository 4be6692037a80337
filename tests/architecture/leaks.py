"""Asking for every address as everyone, and finding what was told or changed that is another's."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

from django.core import mail
from django.core.exceptions import FieldError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from assessments.domain.quizzes import frozen_quiz
from lms.organisations.domain import subtree_scope
from lms.organisations.models import Role
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
    "courses:programme": lambda its: [its.world.programme.slug],
    "labs:open": lambda its: [its.enrolment.pk, its.lab],
    "labs:submission": lambda its: [its.submission.pk],
    "labs:submit": lambda its: [its.enrolment.pk, its.lab],
    "labs:wait": lambda its: [its.enrolment.pk, its.lab],
}
# what an address may tell anyone: a certificate's words are checked by whoever holds its number
PUBLIC = {
    "certification:award": {"user-full_name"},
    "certification:scanned": {"user-full_name"},
}
# where a person says in which organisation they work: the row that is added is their own
ADDS_OWN_ROW = {"courses:enrol"}
# address → why nobody is let in, even in the world of canaries
SHUT = {
    "accounts:sentmessage_list": "shown in the demo alone",
    "api:api-root": "has no page of its own",
    "assessments:file_upload": "the question asked takes no file",
    "assessments:item_statistics": "nothing is calibrated",
}
QUERIES = (
    {"format": "csv", "q": SEARCHED},
    {"format": "xlsx"},
    {"q": SEARCHED, "page": "2"},
)
FIELD = re.compile(r'\bname="([^"]+)"')
PARAMETER = re.compile(r"[?;]([a-z_]+)=")
_kept_rows = {}
NOT_ASKED = {"csrfmiddlewaretoken", "next", "viewport", "theme-color", "format", "q", "page"}


def askers(world):
    """{who: the person, None for nobody}: every role of the other country, one who left, and a learner beside."""
    strangers = {f"rwandan {role}": person for role, person in world.rwandans.items()}
    return {
        "nobody": None,
        "one who left": world.former,
        "another learner of the place": world.fellow,
        **strangers,
    }


def addresses(name, world):
    """The address of the learner's row, and of the same row under the askers' own organisation."""
    its = world.its
    its.quiz, its.lab = world.entry("quiz")["key"], world.entry("lab")["key"]
    its.question = its.item.version.item_id
    given = NAMED[name](its) if name in NAMED else arguments(name, world)
    address = reverse(name, args=given)
    if address.startswith("/o/"):
        return [address, reverse(name, args=["rwanda", *given[1:]])]
    return [address]


@dataclass
class Asking:
    """One person at one address: what they were told, and whether anything let them in."""

    world: object
    name: str
    who: str
    address: str
    client: Client = field(default_factory=Client)
    found: set = field(default_factory=set)
    is_let_in: bool = False

    @property
    def forbidden(self):
        """Whose texts and rows: a learner of the same place may know the place."""
        return {LEARNER} if self.who == "another learner of the place" else {LEARNER, KENYA}

    def value(self, name):
        """The other country's value for a field or parameter of this name."""
        its = self.world.its
        known = {
            "answer": its.item.pk,
            "awards": its.award.pk,
            "cell": f"{its.enrolment.pk}:{its.quiz}",
            "cohort": its.cohort.pk,
            "item": its.item.pk,
            "membership": its.person.memberships.get().pk,
            "organisation": its.place.pk,
            "person": its.person.email,
            "release": its.release.pk,
            "run": its.world.run.pk,
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
        for token, what in CANARY.findall(told):
            if token in self.forbidden and what not in PUBLIC.get(self.name, ()):
                self.found.add(f"{self.who}: {how} {self.address} tells {what} of {token}")
        refused = response.status_code >= 400 or "/accounts/" in response.headers.get(
            "Location", ""
        )
        self.is_let_in |= not refused
        return text if not refused else ""

    def get(self):
        page = self.read(self.client.get(self.address), "GET")
        if page:
            parameters = set(PARAMETER.findall(page)) - NOT_ASKED
            foreign = {name: self.value(name) for name in parameters}
            for query in (*QUERIES, *([foreign] if foreign else [])):
                answer = self.client.get(self.address, query)
                self.read(answer, f"GET {query}", list(foreign.values()))
        return page

    def post(self, page):
        """Send nothing, then the page's own fields with the other country's values."""
        how = {}
        filled = {name: self.value(name) for name in set(FIELD.findall(page)) - NOT_ASKED}
        if self.name.startswith("api:"):
            how = {"content_type": "application/json"}
            filled = {"device": str(uuid4()), "events": []}
        for sent in [{}, filled] if filled else [{}]:
            with undone():
                before = self.kept_rows()
                self.is_let_in = False
                answer = self.client.post(self.address, sent, **how)
                self.read(answer, f"POST {sorted(sent)}", list(filled.values()))
                if self.is_let_in and self.is_changed(before, self.rows()):
                    self.found.add(f"{self.who}: POST {sorted(sent)} {self.address} changes a row")

    def is_changed(self, before, after):
        if self.name in ADDS_OWN_ROW:
            return any(
                set(map(str, rows)) - set(map(str, after[key])) for key, rows in before.items()
            )
        return before != after

    def kept_rows(self):
        """`rows()` as they were made: the world is the same for every test, and whatever is done is undone."""
        whose = frozenset(self.forbidden)
        if whose not in _kept_rows:
            _kept_rows[whose] = self.rows()
        return _kept_rows[whose]

    def rows(self):
        """The rows that the person may not change, nor add to."""
        found = {}
        with subtree_scope(self.world.kenya):
            for model in records():
                queryset = model.objects.all()
                if KENYA not in self.forbidden:
                    queryset = of_person(model, queryset, self.world.learner)
                found[model] = list(queryset.order_by("pk").values_list())
        for token in self.forbidden:
            for model in PRIVATE:
                keys = self.world.kept[token].get(model, [])
                rows = model.objects.filter(pk__in=keys).order_by("pk")
                found[token, model] = list(rows.values_list())
        return found


def of_person(model, queryset, person):
    """Those of `queryset` that are about the person; none of what is a whole country's."""
    path = model.objects.organisation_path.removesuffix("organisation") + "user"
    try:
        return queryset.filter(**{path: person})
    except FieldError:
        return queryset.none()


def text_of(content):
    """What a person reads in an answer: of a workbook and a PDF, too."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as book:
            return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return content.decode(errors="replace")


@contextmanager
def undone():
    """What is changed inside is taken back."""
    with transaction.atomic():
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)
    frozen_quiz.cache_clear()


def leaks(world, name, people=None):
    """Everything that the address `name` tells or changes for people whom it is none of the business of."""
    found = set()
    for who, person in (people or askers(world)).items():
        for address in addresses(name, world):
            with undone():
                asking = Asking(world, name, who, address)
                if person:
                    asking.client.force_login(person, "django.contrib.auth.backends.ModelBackend")
                page = "" if name in POST_ONLY else asking.get()
                asking.post(page)
                found |= asking.found
    return sorted(found)


def is_let_in(world, name):
    """Whether somebody whose business it is gets through: else the addresses asked for are wrong."""
    centre = [world.trainer, world.registrar, world.releaser, world.administrator]
    for person in (world.learner, *(world.kenyans[role] for role in Role), *centre):
        with undone():
            asking = Asking(world, name, "one of theirs", addresses(name, world)[0])
            asking.client.force_login(person, "django.contrib.auth.backends.ModelBackend")
            method = asking.client.post if name in POST_ONLY else asking.client.get
            status = method(asking.address).status_code
            if status not in {403, 404}:
                return True
    return False
