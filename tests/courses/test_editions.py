"""Editions: what a running cohort reads never shifts under it."""

import json

import pytest
from django.urls import reverse

from courses.domain.editions import compare_editions, cut_edition, move_run, pinned_page
from courses.domain.progress import complete_activity
from courses.models import LessonPage
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation
from tests import factories


def edit_first_lesson(run, words):
    page = LessonPage.objects.get(translation_key=run.edition.activities[0]["key"])
    page.title = words
    page.body = json.dumps([{"type": "text", "value": f"<p>{words}</p>"}])
    page.save_revision().publish()


def test_cutting_without_a_change_is_the_same_edition(world):
    assert cut_edition(world.run.course) == world.run.edition


def test_learners_read_the_pinned_words_until_the_run_moves(world, client):
    client.force_login(world.learner)
    key = world.entries[0]["key"]
    address = reverse("courses:activity", args=[world.enrolment.pk, key])
    edit_first_lesson(world.run, "Quite new words")
    newer = cut_edition(world.run.course)

    assert "Quite new words" not in client.get(address).content.decode()

    move_run(world.run, newer, by=world.administrator)
    assert "Quite new words" in client.get(address).content.decode()


def test_moving_a_run_keeps_what_was_earned(world):
    key = world.entries[0]["key"]
    with every_organisation():  # the domain alone
        complete_activity(world.enrolment, key)
        edit_first_lesson(world.run, "New words")
        move_run(world.run, cut_edition(world.run.course), by=world.administrator)

        assert world.enrolment.progress.get(activity_key=key).completed_at


def test_a_comparison_names_what_is_added_removed_and_changed(world):
    old = world.run.edition
    module = LessonPage.objects.first().get_parent().specific
    factories.lesson(module, "A third lesson")
    edit_first_lesson(world.run, "Changed")
    LessonPage.objects.get(translation_key=old.activities[1]["key"]).unpublish()

    found = compare_editions(old, cut_edition(world.run.course))

    assert found == {
        "added": ["A third lesson"],
        "removed": [old.activities[1]["title"]],
        "changed": ["Changed"],
        "moved": [],
    }


def test_a_run_does_not_move_to_another_course(world):
    with pytest.raises(Refused):
        move_run(world.run, factories.run().edition, by=world.administrator)


def test_an_edition_without_the_reader_s_language_gives_the_one_there_is(world):
    assert pinned_page(world.entries[0], "sw").title == world.entries[0]["title"]
