"""Requests a second and times of each page a learner meets, bytes of a first visit, queries, memory."""

import random
import re
import threading
import time
from pathlib import Path
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Enrolment
from lms.accounts.models import SentMessage, User
from lms.operations.benchmarks.load import CONNECTIONS, Browser, Measured, row, run_together
from lms.operations.benchmarks.population import QUESTIONS, session_of
from lms.organisations.scoping import every_organisation

SECONDS = 6  # for each page
SIGN_INS = 5  # for each connection
CODE = re.compile(r"\d{3}-?\d{3}")


class Learner:
    def __init__(self, address, enrolment):
        self.address, self.enrolment = address, enrolment
        self.browser = Browser(address, session_of(enrolment.user))
        activities = enrolment.run.edition.activities
        self.lesson = reverse("courses:activity", args=[enrolment.pk, activities[5]["key"]])
        self.quiz = reverse("courses:activity", args=[enrolment.pk, activities[-1]["key"]])


def learners(address, number=CONNECTIONS, after=0):
    with every_organisation():  # learners of several counties at once
        rows = Enrolment.objects.select_related("user", "run__edition").order_by("pk")
        return [Learner(address, enrolment) for enrolment in rows[after : after + number]]


def measure_pages(address):
    """Each page alone for a few seconds at 8 connections."""
    people = learners(address)
    pages = {
        "catalogue": lambda _person: "/",
        "course page": lambda _person: reverse("courses:course", args=["benchmark"]),
        "dashboard": lambda _person: reverse("courses:dashboard"),
        "course outline": lambda person: reverse("courses:run", args=[person.enrolment.pk]),
        "lesson": lambda person: person.lesson,
        "quiz page": lambda person: person.quiz,
    }
    rows, faults = [], []
    for step, path in pages.items():
        measured = Measured()

        def work(person, path=path, step=step, measured=measured):
            end = time.perf_counter() + SECONDS
            while time.perf_counter() < end:
                measured.time(step, lambda: person.browser.get(path(person)), 200)

        for person in people:
            person.browser.get(path(person))  # warm
        wall = run_together([lambda person=person: work(person) for person in people])
        rows.append(row(step, measured.seconds[step], wall))
        faults += measured.faults
    return rows, faults


def take_attempt(person, measured):
    """One whole attempt of 20 questions, as a phone's outbox sends it: each answer by itself."""
    browser = person.browser
    browser.get(person.quiz).read_token()
    page = measured.time("quiz: start", lambda: browser.post(person.quiz, {}), 302).location
    measured.time("quiz: questions", lambda: browser.get(page), 200).read_token()
    uuid = page.strip("/").rsplit("/", 1)[1]
    device = str(uuid4())
    opened = reverse("api:open_on_device", args=[uuid])
    measured.time("quiz: open", lambda: browser.post_json(opened, {"device": device}), 200)
    events = reverse("api:append_events", args=[uuid])

    def send(step, seq, **event):
        sent = {"device": device, "events": [{"seq": seq, **event}]}
        return measured.time(step, lambda: browser.post_json(events, sent), 200)

    for position in range(1, QUESTIONS + 1):
        inputs = [[f"q{position}-value", "b"]]
        send("quiz: save answer", position, type="answer", position=position, inputs=inputs)
    send("quiz: hand in", QUESTIONS + 1, type="submit", value={"answers": QUESTIONS})
    measured.time("quiz: result", lambda: browser.get(f"{page}review/"), 200)


def measure_quiz(address, rounds=3):
    """Whole attempts of 20 questions, 8 learners at once."""
    measured = Measured()

    def work(person):
        for _ in range(rounds):
            take_attempt(person, measured)

    people = learners(address)
    wall = run_together([lambda person=person: work(person) for person in people])
    rows = [row(step, seconds, wall) for step, seconds in measured.seconds.items()]
    return rows, measured.faults, round(rounds * len(people) / wall, 2)


def measure_synchronised_start(address, number, after=CONNECTIONS, spread=0):
    """`number` learners who start a quiz within `spread` seconds: until when all have their questions."""
    people = learners(address, number, after)
    measured, name = Measured(), f"{number} within {spread} s"
    for person in people:
        person.browser.get(person.quiz).read_token()
        person.browser.connection.close()  # phones on the move do not hold their line
    moments = sorted(random.uniform(0, spread) for _ in people)  # noqa: S311  no secret
    waiting = iter(zip(moments, people, strict=True))
    lock = threading.Lock()
    begun = time.perf_counter()

    def work():
        while True:
            with lock:
                moment, person = next(waiting, (0, None))
            if person is None:
                return
            time.sleep(max(0, begun + moment - time.perf_counter()))
            browser = person.browser
            page = measured.time(
                f"{name}: start", lambda b=browser, p=person: b.post(p.quiz, {}), 302
            ).location
            measured.time(f"{name}: questions", lambda b=browser, here=page: b.get(here), 200)
            browser.connection.close()

    wall = run_together([work] * 64)
    rows = [row(step, seconds, wall) for step, seconds in measured.seconds.items()]
    return rows, measured.faults, round(wall, 1)


def _code_for(address):
    return CODE.search(SentMessage.objects.filter(recipient=address).latest("pk").body)[0]


def measure_sign_in(address):
    """A code asked for, read and typed; each from an address of its own on this machine, as limits are by address."""
    measured = Measured()
    ask, confirm = reverse("account_request_login_code"), reverse("account_confirm_login_code")
    people = list(
        User.objects.filter(email__endswith="@bench.example").order_by("-pk")[
            : CONNECTIONS * SIGN_INS
        ]
    )

    def work(number):
        try:
            for turn in range(SIGN_INS):
                person = people[number * SIGN_INS + turn]
                browser = Browser(address, source=f"127.0.{number + 1}.{turn + 1}")
                measured.time("sign-in: page", lambda b=browser: b.get(ask), 200).read_token()
                measured.time(
                    "sign-in: ask for a code",
                    lambda b=browser, p=person: b.post(ask, {"contact": p.email}),
                    302,
                )
                measured.time(
                    "sign-in: code page", lambda b=browser: b.get(confirm), 200
                ).read_token()
                code = _code_for(person.email)
                measured.time(
                    "sign-in: type the code",
                    lambda b=browser, c=code: b.post(confirm, {"code": c}),
                    302,
                )
        finally:
            connection.close()

    wall = run_together([lambda number=number: work(number) for number in range(CONNECTIONS)])
    return [row(step, seconds, wall) for step, seconds in measured.seconds.items()], measured.faults


def first_visit(address):
    """Requests and compressed bytes of a lesson page and all it loads, with nothing cached."""
    person = learners(address)[0]
    page = person.browser.get(person.lesson)
    found = {"html": len(page.raw)}
    scripts = 0
    for path in dict.fromkeys(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)):
        size = len(Browser(address).get(path).raw)
        found[path] = size
        scripts += size if path.endswith(".js") else 0
    return {
        "requests": len(found),
        "bytes": sum(found.values()),
        "javascript_bytes": scripts,
        "each": found,
    }


def count_queries():
    """Queries of each page, warm."""
    with every_organisation():  # any learner will do
        enrolment = Enrolment.objects.select_related("user", "run__edition").order_by("pk").last()
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(enrolment.user, "django.contrib.auth.backends.ModelBackend")
    activities = enrolment.run.edition.activities
    pages = {
        "catalogue": "/",
        "course page": reverse("courses:course", args=["benchmark"]),
        "dashboard": reverse("courses:dashboard"),
        "course outline": reverse("courses:run", args=[enrolment.pk]),
        "lesson": reverse("courses:activity", args=[enrolment.pk, activities[5]["key"]]),
        "quiz page": reverse("courses:activity", args=[enrolment.pk, activities[-1]["key"]]),
    }
    counts = {}
    for name, path in pages.items():
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts[name] = len(queries)
    return counts


def peak_megabytes(pid):
    """Most memory that the process and its children have held, in MB (VmHWM of proc_pid_status(5))."""
    total = 0
    children = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
        except OSError:
            continue
        children.setdefault(int(lines["PPid"]), []).append(
            (int(lines["Pid"]), int(lines.get("VmHWM", "0 kB").split()[0]))
        )
        if int(lines["Pid"]) == pid:
            total += int(lines.get("VmHWM", "0 kB").split()[0])
    waiting = [pid]
    while waiting:
        for child, size in children.get(waiting.pop(), []):
            total += size
            waiting.append(child)
    return round(total / 1024)
