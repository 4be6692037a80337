"""Authoring in Wagtail: publishing cuts editions, runs move by an act of their own, nothing pinned is lost."""

import json
import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.urls import reverse
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import Page

from courses.blocks import TEXT_FEATURES
from courses.domain.editions import cut_edition, foresee_move, move_run
from courses.domain.progress import complete_activity
from courses.loading.markdown import read_front_matter, to_blocks
from courses.models import CoursePage, CourseRun, Edition, LessonPage
from lms.accounts.models import User
from lms.operations.demo import COURSES
from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture
def author(world, client):
    world.trainer.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    client.force_login(world.trainer)
    return client


@pytest.fixture
def newer(world):
    """An edition with one lesson more and the first one changed."""
    module = LessonPage.objects.first().get_parent().specific
    factories.lesson(module, "A third lesson")
    first = LessonPage.objects.get(translation_key=world.entries[0]["key"])
    first.title = "Changed"
    first.save_revision().publish()
    return cut_edition(world.run.course)


def move_address(world):
    return reverse("run:move", args=[world.run.pk])


def publish(client, page):
    """Press Wagtail's own Publish button."""
    page = page.specific
    names = ["title", "slug", "code", "level", "hours", "summary", "audience", "outcomes"]
    names += ["competencies", "award_title"]
    data = {name: getattr(page, name) for name in names}
    about = ContentstateConverter(["h2"]).from_database_format(page.about)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data |= {"about": about, "action-publish": "1", "comments-TOTAL_FORMS": 0}
    return client.post(address, {**data, "comments-INITIAL_FORMS": 0}, follow=True)


def test_publishing_a_course_cuts_an_edition_and_moves_no_run(world, author):
    module = LessonPage.objects.first().get_parent().specific
    factories.lesson(module, "A third lesson")

    response = publish(author, world.run.course)

    newest = world.run.course.editions.first()
    assert newest.number == 2
    assert "A third lesson" in [entry["title"] for entry in newest.activities]
    assert "Edition 2 of" in response.content.decode()
    world.run.refresh_from_db()
    assert world.run.edition.number == 1


def test_a_course_approved_in_a_workflow_cuts_an_edition(world, author):
    module = LessonPage.objects.first().get_parent().specific
    factories.lesson(module, "A third lesson")
    course = CoursePage.objects.get(pk=world.run.course_id)
    course.save_revision()
    course.get_workflow().start(course, world.trainer)

    course.current_workflow_task.on_action(
        course.current_workflow_task_state, world.trainer, "approve"
    )

    assert world.run.course.editions.first().number == 2


def test_publishing_in_bulk_cuts_an_edition(world, author):
    module = LessonPage.objects.first().get_parent().specific
    factories.lesson(module, "A third lesson")
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])

    author.post(f"{address}?id={world.run.course_id}", {"include_descendants": ""})

    assert world.run.course.editions.first().number == 2


def test_the_move_page_says_what_changes_for_whom(world, author, newer):
    with every_organisation():  # the domain alone
        complete_activity(world.enrolment, world.entries[0]["key"])

    page = author.get(move_address(world)).content.decode()

    assert "A third lesson" in page
    assert "2 learners are part of the way through." in page
    assert "1 of them has begun or done something that is changed or removed." in page
    assert "2 of them will have something new to do." in page
    assert CourseRun.objects.get(pk=world.run.pk).edition.number == 1


def test_confirming_moves_the_run_and_keeps_what_was_earned(world, author, newer):
    key = world.entries[0]["key"]
    with every_organisation():  # the domain alone
        complete_activity(world.enrolment, key)
        earned_at = world.enrolment.progress.get(activity_key=key).completed_at

    response = author.post(move_address(world), {"edition": newer.number})

    assert response.status_code == 302
    assert CourseRun.objects.get(pk=world.run.pk).edition == newer
    with every_organisation():  # the domain alone
        assert world.enrolment.progress.get(activity_key=key).completed_at == earned_at


@pytest.mark.parametrize("number", ["99", "", "x"])
def test_an_edition_that_there_is_not_moves_nothing(number, world, author, newer):
    assert author.post(move_address(world), {"edition": number}).status_code == 404
    assert CourseRun.objects.get(pk=world.run.pk).edition.number == 1


def test_a_run_does_not_move_back(world, author, newer):
    move_run(world.run, newer, by=world.trainer)

    assert author.post(move_address(world), {"edition": "1"}).status_code == 404


def test_whoever_has_done_all_that_is_left_completes_by_the_move(world):
    with every_organisation():  # the domain alone
        for entry in world.entries[:-1]:
            complete_activity(world.enrolment, entry["key"])
        Page.objects.get(translation_key=world.entries[-1]["key"]).specific.unpublish()
        newer = cut_edition(world.run.course)

        assert foresee_move(world.run, newer).finish == 1
        with_date = world.enrolment
        move_run(world.run, newer, by=world.trainer)
        with_date.refresh_from_db()

        assert with_date.state == with_date.State.COMPLETED


def test_learners_and_strangers_do_not_move_runs(world, client, newer):
    assert "/accounts/login/" in client.post(move_address(world), {"edition": 2})["Location"]
    for person in (world.learner, world.kenyan_coordinator):
        client.force_login(person)
        assert client.get(move_address(world)).status_code in {302, 403}
        assert client.post(move_address(world), {"edition": 2}).status_code in {302, 403}

    assert CourseRun.objects.get(pk=world.run.pk).edition.number == 1


def test_an_editor_without_the_permission_does_not_move_runs(world, client, newer):
    world.trainer.groups.set(Group.objects.filter(name="Editors"))
    client.force_login(world.trainer)

    client.post(move_address(world), {"edition": 2})

    assert CourseRun.objects.get(pk=world.run.pk).edition.number == 1


def test_the_edit_form_of_a_run_does_not_move_it(world, author, newer):
    data = {"code": "New code", "starts_on": "2026-01-01", "edition": newer.pk}
    author.post(reverse("run:edit", args=[world.run.pk]), data)

    world.run.refresh_from_db()
    assert (world.run.code, world.run.edition.number) == ("New code", 1)


def test_a_new_run_begins_with_the_newest_edition(world, author, newer):
    data = {"course": world.run.course_id, "code": "T 02/2026", "starts_on": "2026-02-01"}
    author.post(reverse("run:add"), data)

    assert CourseRun.objects.get(code="T 02/2026").edition == newer


def test_the_list_of_runs_offers_the_move(world, author, newer):
    page = author.get(reverse("run:index")).content.decode()

    assert move_address(world) in page
    assert "Move to edition 2" in page


def test_a_page_that_an_edition_pins_cannot_be_deleted(world, author):
    page = Page.objects.get(translation_key=world.entries[0]["key"])

    for found in (page, page.get_parent(), world.run.course):
        author.post(reverse("wagtailadmin_pages:delete", args=[found.pk]))
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    author.post(f"{bulk}?id={page.pk}")

    assert Page.objects.filter(pk=page.pk).exists()
    assert Edition.objects.filter(course=world.run.course_id).exists()


def test_a_draft_that_no_edition_pins_can_be_deleted(world, author):
    module = LessonPage.objects.first().get_parent().specific
    draft = factories.lesson(module, "Never cut")

    author.post(reverse("wagtailadmin_pages:delete", args=[draft.pk]))

    assert not Page.objects.filter(pk=draft.pk).exists()


def written(block):
    """What of a block its author writes in the editor."""
    match block:
        case {"type": "text", "value": html} | {"value": {"body": html} | {"answer": html}}:
            return html
    return ""


def words_of(html):
    """Markup without what the editor writes in its own way."""
    html = re.sub(r' data-block-key="[^"]*"', "", html).replace("&quot;", '"')
    for theirs, ours in (("strong>", "b>"), ("em>", "i>"), (" />", "/>")):
        html = html.replace(theirs, ours)
    return re.sub(r"\s*(<br/>)\s*", r"\1", re.sub(r"\s+", " ", html)).replace("> <", "><").strip()


@pytest.mark.parametrize(
    "path",
    sorted([*COURSES.glob("*/*/[0-9]*.md"), *COURSES.glob("*/*/lab-*/*.md")]),
    ids=lambda path: path.stem,
)
def test_the_editor_keeps_what_the_course_files_say(path):
    text = path.read_text(encoding="utf-8")
    if text.startswith("---\n"):
        _facts, text = read_front_matter(path)
    converter = ContentstateConverter(TEXT_FEATURES)
    for block in to_blocks(text, key="k", folder=path.parent):
        if html := written(block):
            kept = converter.to_database_format(converter.from_database_format(html))

            assert words_of(kept) == words_of(html)


def test_a_film_is_a_film(world, author):
    from wagtail.blocks import StructBlockValidationError
    from wagtail.documents.models import Document

    from courses.blocks import VideoBlock

    document = Document.objects.create(title="Not a film", file=ContentFile(b"a", name="a.pdf"))
    block = VideoBlock()
    value = {"title": "A", "file": document.pk, "captions": None, "transcript": "<p>Words</p>"}

    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python(value))


def test_pictures_are_for_all_and_the_files_beside_them_are_not(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    storage = FileSystemStorage(tmp_path)
    storage.save("images/board.png", ContentFile(b"png"))
    storage.save("documents/secret.pdf", ContentFile(b"pdf"))

    response = client.get("/media/images/board.png")
    assert b"".join(response.streaming_content) == b"png"
    assert "max-age=2592000" in response["Cache-Control"]
    for path in (
        "documents/secret.pdf",
        "images/../documents/secret.pdf",
        "images/",
        "images/%2e%2e/documents/secret.pdf",
    ):
        assert client.get(f"/media/{path}").status_code == 404


@pytest.fixture
def superuser(db, client):
    person = User.objects.create(
        full_name="Njeri Mwai", email="njeri@example.org", is_superuser=True
    )
    client.force_login(person)
    return client


def test_people_are_made_and_changed_in_wagtail(superuser):
    data = {"full_name": "Baraka Juma", "email": "", "phone": "+254722000999"}
    superuser.post(reverse("wagtailusers_users:add"), data)
    person = User.objects.get(full_name="Baraka Juma")
    assert (person.email, person.phone) == (None, "+254722000999")

    edit = reverse("wagtailusers_users:edit", args=[person.pk])
    assert "Baraka Juma" in superuser.get(edit).content.decode()
    superuser.post(edit, {**data, "full_name": "Baraka Juma Ali", "is_active": "on"})

    assert User.objects.get(pk=person.pk).full_name == "Baraka Juma Ali"
    assert (
        "Baraka Juma Ali"
        in superuser.get(reverse("wagtailusers_users:index"), {"q": "baraka"}).content.decode()
    )


def test_the_account_page_of_wagtail_keeps_the_full_name(superuser):
    address = reverse("wagtailadmin_account")
    page = superuser.get(address).content.decode()
    assert 'value="Njeri Mwai"' in page

    superuser.post(
        address,
        {
            "name_email-full_name": "Njeri W. Mwai",
            "locale-preferred_language": "",
            "locale-current_time_zone": "",
            "theme-theme": "system",
            "theme-contrast": "system",
            "theme-density": "default",
        },
    )

    assert User.objects.get(email="njeri@example.org").full_name == "Njeri W. Mwai"


def test_a_preview_is_the_learner_s_page_with_wagtail_s_checks(world, author):
    lesson = LessonPage.objects.first()
    data = {"title": "Seen before it is saved", "minutes": 4, "body-count": 0}
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
    json.loads(author.post(address, data).content)

    page = author.get(address).content.decode()

    assert "Seen before it is saved" in page
    assert "wagtail-userbar" in page


def test_a_page_whose_slug_was_taken_meanwhile_takes_another(world):
    module = LessonPage.objects.first().get_parent()
    taken = factories.lesson(module, "Two of a kind").slug
    form = LessonPage.get_edit_handler().get_form_class()
    lesson = LessonPage(title="Two of a kind", slug=taken, depth=module.depth + 1)
    lesson.path = module.get_last_child()._inc_path()
    data = {"title": "Two of a kind", "minutes": 4, "body-count": 0}

    bound = form(data, instance=lesson, parent_page=module, for_user=world.trainer)

    assert bound.is_valid()
    assert lesson.slug != taken
