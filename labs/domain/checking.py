"""Checking a draft: its own solutions must score full, and the notebook as released nothing."""

import logging
import math
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from labs.domain.releases import data_of
from labs.domain.submissions import clean
from labs.grading.marking import Bounds, Report, mark
from labs.models import LabCheck, LabDraft, LabPage
from labs.models.labs import MOST_MARKING_SECONDS, MOST_MEMORY_MB
from labs.sandbox import SandboxError
from lms.core.errors import InvalidTransition
from lms.core.states import change_state

logger = logging.getLogger("labs")

State = LabCheck.State
BY_HAND = "by_hand"
FORGOTTEN_AFTER = timedelta(minutes=2)  # by the queue
DIED_AFTER = timedelta(seconds=2 * MOST_MARKING_SECONDS + 120)
MOST_TRIES = 3
# What a notebook server holds beside the learner's work, with its kernel and the usual libraries;
# and how much more than in the trial that work may take.
SERVER_MB, HEADROOM = 300, 1.5
MEMORY_STEP = 64
LEAST_SECONDS, SECONDS_STEP, TIMES_SLOWER = 30, 10, 3


@transaction.atomic
def ask_check(draft: LabDraft, *, by) -> LabCheck:
    """Queue a check of `draft`; while one waits or runs, that one is returned."""
    LabDraft.objects.select_for_update().get(pk=draft.pk)
    last = draft.checks.first()
    if last and last.is_waiting:
        return last
    check = LabCheck.objects.create(draft=draft, asked_by=by)
    _queue(check)
    return check


def _queue(check: LabCheck) -> None:
    from labs.tasks import run_check_task  # tasks import this module

    # robust: when the queue is away, the sweep finds the check
    transaction.on_commit(partial(run_check_task.delay, check.pk), robust=True)


def run_check(check: LabCheck) -> None:
    """Mark the draft's own solutions and its bare release, and keep what came of both.

    When it is not waiting, do nothing.
    """
    try:
        change_state(check, State.RUNNING, started_at=timezone.now(), tries=check.tries + 1)
    except InvalidTransition:
        return
    release = check.draft.release
    master, files = release.master.notebook, data_of(release)
    # with as much as a lab may ever have: what it needs is what is to be found out
    bounds = Bounds(total_seconds=MOST_MARKING_SECONDS, memory_mb=MOST_MEMORY_MB // 2)
    try:
        solution = mark(master, master, files, bounds)
        bare = mark(master, release.notebook, files, bounds)
    except SandboxError:
        logger.exception("lab draft %d could not be checked", check.draft_id)
        change_state(check, State.FAILED)
        return
    change_state(check, State.DONE, solution=_kept(solution), bare=_kept(bare))


def _kept(report: Report) -> dict:
    return {
        "checks": [{**asdict(each), "detail": clean(each.detail)} for each in report.checks],
        "cells": [{**cell, "detail": clean(cell["detail"])} for cell in report.cells],
        "seconds": report.seconds,
        "peak_mb": report.peak_mb,
    }


def resume_checks(now=None) -> int:
    """Queue again what the queue forgot and what a dying worker left; return how many."""
    now = now or timezone.now()
    for check in LabCheck.objects.filter(state=State.RUNNING, started_at__lt=now - DIED_AFTER):
        change_state(check, State.WAITING if check.tries < MOST_TRIES else State.FAILED)
    forgotten = LabCheck.objects.filter(state=State.WAITING, asked_at__lt=now - FORGOTTEN_AFTER)
    for check in forgotten:
        _queue(check)
    return len(forgotten)


def missed_by_solution(check: LabCheck) -> list[str]:
    """The tests that the author's own solutions do not meet."""
    return [
        each["name"]
        for each in check.solution.get("checks", [])
        if each["outcome"] not in {"met", BY_HAND}
    ]


def met_by_bare(check: LabCheck) -> list[str]:
    """The tests that give points to a notebook in which nothing was done."""
    return [each["name"] for each in check.bare.get("checks", []) if each["points"] > 0]


def reason_against(check: LabCheck | None, limits: dict) -> str:
    """Why a draft whose newest check this is cannot be published with `limits`; empty if it can."""
    if check is None:
        return _("Check the newest version of its notebook first.")
    if check.is_waiting:
        return _("The newest version of its notebook is still being checked.")
    if check.state == State.FAILED:
        return _("Its notebook could not be checked on this machine. Try again later.")
    reasons = []
    if missed := missed_by_solution(check):
        reasons.append(
            _("The author's own solution does not meet: %(names)s.") % {"names": ", ".join(missed)}
        )
    if met := met_by_bare(check):
        reasons.append(
            _("A notebook in which nothing was done already meets: %(names)s.")
            % {"names": ", ".join(met)}
        )
    reasons += _too_tight(check, limits)
    return " ".join(reasons)


def _too_tight(check: LabCheck, limits: dict) -> list[str]:
    reasons = []
    if (seconds := seconds_of(check)) > limits["marking_seconds"]:
        reasons.append(
            _("Marking took %(seconds)s s, but the lab allows %(limit)s s. Raise the limit.")
            % {"seconds": round(seconds, 1), "limit": limits["marking_seconds"]}
        )
    if (peak := peak_of(check)) and peak > limits["memory_mb"]:
        reasons.append(
            _("Marking took %(peak)s MB, but the lab allows %(limit)s MB. Raise the limit.")
            % {"peak": peak, "limit": limits["memory_mb"]}
        )
    return reasons


def seconds_of(check: LabCheck) -> float:
    return max(check.solution.get("seconds", 0), check.bare.get("seconds", 0))


def peak_of(check: LabCheck) -> int | None:
    """The peak of memory in MB; None where the machine does not tell."""
    peaks = [check.solution.get("peak_mb"), check.bare.get("peak_mb")]
    return max((peak for peak in peaks if peak), default=None)


def propose_limits(seconds: float, peak_mb: int | None) -> dict:
    """Limits with room for slower machines and other ways to a solution; memory only if measured."""
    limits = {
        "marking_seconds": min(
            MOST_MARKING_SECONDS, max(LEAST_SECONDS, _up(seconds * TIMES_SLOWER, SECONDS_STEP))
        )
    }
    if peak_mb:
        limits["memory_mb"] = min(MOST_MEMORY_MB, _up(peak_mb * HEADROOM + SERVER_MB, MEMORY_STEP))
    return limits


def _up(number: float, step: int) -> int:
    return math.ceil(number / step) * step


@transaction.atomic
def use_proposed_limits(check: LabCheck, *, by) -> dict:
    """Put the limits that `check` proposes into the draft of its page, and return them."""
    page = LabPage.objects.get(pk=check.draft.page_id).get_latest_revision_as_object()
    limits = propose_limits(seconds_of(check), peak_of(check))
    for name, limit in limits.items():
        setattr(page, name, limit)
    page.save_revision(user=by, log_action=True)
    return limits
