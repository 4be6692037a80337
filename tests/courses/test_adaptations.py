"""A partner's copy: locked parts follow, own words stay, every skipped update is listed."""

import pytest
from django.urls import reverse

from courses.domain.adaptations import adapt_course, decide_skipped, follow_original
from courses.models import Adaptation, LessonPage, SkippedUpdate
from lms.core.errors import Refused
from tests import factories


@pytest.fixture
def adapted(world):
    course = factories.course(3, with_quiz=False)
    locked = lessons(course)[0]
    locked.is_locked_for_partners = True
    locked.save_revision().publish()
    return adapt_course(course, world.rwanda, by=world.trainer)


def lessons(course):
    return list(LessonPage.objects.child_of(course.get_children().first()).order_by("path"))


def rewrite(page, title):
    page = LessonPage.objects.get(pk=page.pk)
    page.title = title
    page.save_revision().publish()


def titles(course):
    return [page.title for page in lessons(course)]


def test_the_copy_is_published_and_its_locked_parts_cannot_be_edited(adapted):
    copies = lessons(adapted.course)

    assert titles(adapted.course) == titles(adapted.original)
    assert [page.locked for page in copies] == [True, False, False]
    assert adapted.course.editions.count() == 1
    assert {page.translation_key for page in copies}.isdisjoint(
        page.translation_key for page in lessons(adapted.original)
    )


def test_what_the_partner_did_not_touch_follows_and_what_it_did_is_listed(adapted):
    originals, copies = lessons(adapted.original), lessons(adapted.course)
    rewrite(copies[1], "Ours")
    for number, page in enumerate(originals):
        rewrite(page, f"New {number}")

    followed = follow_original(adapted)

    assert titles(adapted.course) == ["New 0", "Ours", "New 2"]
    assert (followed.updated, followed.skipped) == ([copies[0].title, copies[2].title], ["Ours"])
    again = follow_original(adapted)
    assert (again.updated, again.added, again.skipped) == ([], [], [])


def test_a_skipped_update_is_taken_or_left_once(adapted, world):
    rewrite(lessons(adapted.course)[1], "Ours")
    rewrite(lessons(adapted.original)[1], "Theirs")
    follow_original(adapted)
    update = SkippedUpdate.objects.get()

    decide_skipped(update, take=True, by=world.trainer)

    assert titles(adapted.course)[1] == "Theirs"
    with pytest.raises(Refused):
        decide_skipped(update, take=False, by=world.trainer)


def test_what_is_added_comes_and_what_is_gone_is_asked_about(adapted, world):
    module = adapted.original.get_children().first().specific
    factories.lesson(module, title="Added")
    gone = lessons(adapted.original)[2]
    gone.unpublish()

    followed = follow_original(adapted)

    assert followed.added == ["Added"]
    assert followed.skipped == [lessons(adapted.course)[2].title]
    decide_skipped(SkippedUpdate.objects.get(), take=True, by=world.trainer)
    assert not lessons(adapted.course)[2].live


def test_adapting_twice_is_one_copy_and_a_copy_is_no_original(adapted, world):
    assert adapt_course(adapted.original, world.rwanda, by=world.trainer) == adapted
    with pytest.raises(Refused):
        adapt_course(adapted.course, world.kenya, by=world.trainer)


def test_the_partner_s_pages(client, world):
    course = factories.course(1, with_quiz=False)
    client.force_login(world.rwandan_coordinator)
    listed = reverse("courses:adaptation_list", args=["rwanda"])
    assert "No course is adapted yet" in client.get(listed).content.decode()

    client.post(listed, {"course": course.pk})

    adapted = Adaptation.objects.get()
    here = reverse("courses:adaptation_detail", args=["rwanda", adapted.pk])
    rewrite(lessons(adapted.course)[0], "Ours")
    rewrite(lessons(course)[0], "Theirs")
    page = client.post(here, {"follow": "1"}, follow=True).content.decode()
    assert "Left as you wrote it" in page
    client.post(here, {"update": SkippedUpdate.objects.get().pk, "keep": "1"})
    assert SkippedUpdate.objects.get().state == "kept"
    assert "own version kept" in client.get(here).content.decode()
    client.force_login(world.kenyan_coordinator)
    assert client.get(here).status_code == 404
    there = reverse("courses:adaptation_detail", args=["kenya", adapted.pk])
    assert client.get(there).status_code == 404
