"""A class in a lab with a question that a trainer marks, and what it hands in."""

import itertools
import json
from datetime import timedelta

from django.utils import timezone

from courses.domain.cohorts import add_cohort
from courses.domain.editions import cut_edition
from courses.domain.enrolment import enrol
from courses.models import ModulePage
from labs.domain.submissions import read_notebook, receive_notebook, record_marking
from labs.domain.workspaces import workspace_of
from labs.grading.marking import Check, Report
from labs.models import LabMaster, LabPage, LabRelease, Submission
from tests import factories
from tests.labs.notebooks import code, handed_in

RUBRIC = [
    {"title": "Reasons", "levels": [{"title": "none", "points": 0}, {"title": "two", "points": 2}]},
    {
        "title": "Words",
        "levels": [{"title": "unclear", "points": 0}, {"title": "plain", "points": 1}],
    },
]
_places = itertools.count(1)


def answer(name, stub):
    return code(stub, grade_id=name, grade=False, solution=True, locked=False)


def check(name, source, points=4):
    marks = {"grade_id": name, "grade": True, "solution": False, "locked": True, "points": points}
    return code(source, **marks)


def by_hand(name, points=3, rubric=None):
    cell = code("*Write your answer here.*", grade_id=name, grade=True, solution=True)
    cell["cell_type"] = "markdown"
    cell["metadata"]["nbgrader"]["points"] = points
    if rubric:
        cell["metadata"]["umahiri"] = {"rubric": rubric}
    return cell


def notebook(number=1, rubric=RUBRIC, *, has_question=True):
    """Two functions with their tests, and a question for a trainer; `double` is tried with `number`."""
    question = [by_hand("why", rubric=rubric)] if has_question else []
    return {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "# Numbers"},
            answer("double", "def double(n):\n    pass"),
            check("test_double", f"assert double({number}) == {2 * number}"),
            answer("half", "def half(n):\n    pass"),
            check("test_half", "assert half(4) == 2"),
            *question,
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def release(*args, name="numbers", **kwargs):
    """The release of such a notebook, with its master; each has a hash and a moment of its own."""
    place, made = next(_places), notebook(*args, **kwargs)
    found = LabRelease.objects.create(
        sha256=f"{place:064}",
        name=name,
        notebook=made,
        points=11,
        memory_mb=512,
        cut_at=timezone.now() + timedelta(seconds=place),
    )
    LabMaster.objects.create(release=found, notebook=made)
    return found


class Classroom:
    """The small world with a run whose course has one lab, and learners of Nyeri in it."""

    def __init__(self, world, learners=3, *, has_question=True):
        self.world = world
        self.release = release(has_question=has_question)
        page = factories.course(lessons=1, with_quiz=False)
        module = ModulePage.objects.descendant_of(page).get()
        factories.published(
            module,
            LabPage(
                title="Numbers", slug="numbers", minutes=30, pass_mark=60, release=self.release
            ),
        )
        cut_edition(page)
        self.run = factories.run(page)
        self.entry = next(e for e in self.run.edition.activities if e["kind"] == "lab")
        self.key = self.entry["key"]
        self.cohort = add_cohort(world.kenya, self.run, "Morning", by=None)
        self.enrolments = [self.join(world.nyeri) for _number in range(learners)]
        self.foreigner = enrol(world.stranger, self.run, world.rwanda)
        self.trainer = world.trainer

    def join(self, organisation):
        return enrol(factories.member(organisation), self.run, organisation)

    def workspace(self, place=0, enrolment=None):
        return workspace_of(enrolment or self.enrolments[place], self.key, self.release)

    def hand_in(self, place=0, answers=None, *, enrolment=None):
        """A submission that waits to be marked."""
        content = handed_in(self.release.notebook, answers or {"double": "double = 3"})
        return receive_notebook(self.workspace(place, enrolment), as_kept(content))

    def marked(self, place=0, answers=None, outcomes=None, *, enrolment=None):
        """A submission whose checks came out as `outcomes` says, met unless it names them."""
        submission = self.hand_in(place, answers, enrolment=enrolment)
        Submission.objects.filter(pk=submission.pk).update(
            state=Submission.State.MARKING, marking_at=timezone.now()
        )
        submission.refresh_from_db()
        record_marking(submission, report(**(outcomes or {})))
        submission.refresh_from_db()
        return submission


def report(**outcomes):
    """What marking says of such a notebook: all is met but what `outcomes` names."""
    worth = {"test_double": 4, "test_half": 4, "why": 3}
    outcomes = {"test_double": "met", "test_half": "met", "why": "by_hand"} | outcomes
    checks = [
        Check(name, worth[name] if outcome == "met" else 0, worth[name], outcome)
        for name, outcome in outcomes.items()
        if outcome
    ]
    return Report(checks, [], "", 0.1)


def as_kept(notebook):
    """A notebook as a submission keeps it."""
    return read_notebook(json.dumps(notebook).encode())
