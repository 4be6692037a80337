"""Rollups: always what the records say, at the price of one UPDATE."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.domain.enrolment import enrol, withdraw
from courses.domain.gradebook import (
    columns_of,
    override_result,
    record_result,
    record_results,
    unblock_results,
    withdraw_result,
)
from courses.domain.progress import complete_activity, keep_position, visit_activity
from courses.domain.rollups import STUCK_DAYS, hex_key
from courses.models import Enrolment, EnrolmentRollup, Progress, Result
from lms.organisations.scoping import every_organisation


def worked_out(enrolment):
    """The rollup by plain Python, from the records."""
    progress = list(Progress.objects.filter(enrolment=enrolment))
    done = {row.activity_key for row in progress if row.completed_at}
    blocking = set(
        Result.objects.filter(enrolment=enrolment, is_current=True, is_blocking=True).values_list(
            "line_item__activity_key", flat=True
        )
    )
    lingers = any(row.days >= STUCK_DAYS and not row.completed_at for row in progress)
    return {
        "begun": len(progress),
        "done": len(done),
        "visited_at": max((row.visited_at for row in progress), default=None),
        "is_stuck": lingers or bool(blocking - done),
        "conspicuous": sum(row.pace in {"quick", "implausible"} for row in progress),
        "cells": {
            hex_key(row.activity_key): [
                int(bool(row.completed_at)),
                row.days,
                row.pace,
                row.elapsed_seconds,
                int(row.activity_key in blocking - done),
            ]
            for row in progress
        },
    }


def kept(enrolment):
    row = EnrolmentRollup.objects.filter(pk=enrolment.pk).first() or EnrolmentRollup()
    return {name: getattr(row, name) for name in worked_out(enrolment)}


@pytest.fixture
def everywhere(world):
    with every_organisation():  # the domain alone
        yield world


ACTIONS = ["visit", "position", "complete", "fail", "pass", "override", "unblock", "void", "many"]
steps = st.lists(
    st.tuples(st.sampled_from([*ACTIONS, "a day later", "leave", "return"]), st.integers(0, 2)),
    max_size=14,
)


def act(world, action, key):  # noqa: C901  a list of what may happen
    enrolment = world.enrolment
    match action:
        case "visit":
            visit_activity(enrolment, key)
        case "position":
            keep_position(enrolment, key, "b", active_seconds=40)
        case "complete":
            complete_activity(enrolment, key, active_seconds=3)
        case "fail" | "pass":
            score = Decimal(action == "pass")
            record_result(enrolment, key, score=score, maximum=1, is_blocking=action == "fail")
        case "many":
            record_results({enrolment: (Decimal("0.5"), Decimal(1))}, key)
        case "override":
            column = columns_of(enrolment.run)[0]
            override_result(enrolment, column, score=Decimal(1), reason="Seen", by=world.trainer)
        case "unblock":
            unblock_results(Enrolment.objects.filter(pk=enrolment.pk), key)
        case "void":
            withdraw_result(enrolment, key)
        case "a day later":
            earlier = F("visited_at") - timedelta(days=1)
            Progress.objects.filter(enrolment=enrolment).update(visited_at=earlier)
            visit_activity(enrolment, key)
        case "leave" if enrolment.state == "active":
            withdraw(enrolment, by=world.learner)
        case "return" if enrolment.state == "withdrawn":
            enrol(world.learner, world.run, world.nyeri)
            enrolment.refresh_from_db()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(taken=steps)
def test_a_rollup_is_what_is_computed_from_the_records(taken, everywhere):
    world = everywhere
    Result.objects.filter(enrolment=world.enrolment).delete()
    Progress.objects.all().delete()
    EnrolmentRollup.objects.all().delete()
    Enrolment.objects.filter(pk=world.enrolment.pk).update(state="active", completed_at=None)
    world.enrolment.refresh_from_db()

    for action, number in taken:
        act(world, action, world.entries[number]["key"])

    assert kept(world.enrolment) == worked_out(world.enrolment)
    assert kept(world.foreign_enrolment) == worked_out(world.foreign_enrolment)


def test_rebuilding_mends_what_was_written_past_the_domain(everywhere):
    key = everywhere.entries[0]["key"]
    Progress.objects.create(enrolment=everywhere.enrolment, activity_key=key, days=5)

    call_command("rebuild_rollups", verbosity=0)

    assert kept(everywhere.enrolment) == worked_out(everywhere.enrolment)
    assert EnrolmentRollup.objects.get(pk=everywhere.enrolment.pk).is_stuck
    assert EnrolmentRollup.objects.get(pk=everywhere.foreign_enrolment.pk).cells == {}


@pytest.mark.parametrize("days", [1, 2, 3])
def test_three_days_at_one_activity_are_stuck_and_two_are_not(days, everywhere):
    for _day in range(days):
        act(everywhere, "a day later", everywhere.entries[0]["key"])

    assert EnrolmentRollup.objects.get(pk=everywhere.enrolment.pk).is_stuck == (days == 3)


def test_visiting_twice_a_day_is_one_day(everywhere):
    for _visit in range(4):
        visit_activity(everywhere.enrolment, everywhere.entries[0]["key"])

    assert Progress.objects.get().days == 1


def test_a_visit_costs_one_update_more(everywhere):
    visit_activity(everywhere.enrolment, everywhere.entries[0]["key"])

    with CaptureQueriesContext(connection) as queries:
        visit_activity(everywhere.enrolment, everywhere.entries[0]["key"])

    rollups = [each["sql"] for each in queries if "enrolmentrollup" in each["sql"]]
    assert len(rollups) == 1
    assert "UPDATE" in rollups[0]


def test_a_completion_earned_long_ago_is_not_judged(everywhere):
    long_ago = timezone.now() - timedelta(days=4)

    complete_activity(everywhere.enrolment, everywhere.entries[0]["key"], at=long_ago)

    progress = Progress.objects.get()
    assert (progress.pace, progress.elapsed_seconds) == ("", None)
