"""The item bank: versions that freeze, statuses, finding, where-used, files in and out, and who may do what."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from assessments.domain.items import authored, tag_items
from assessments.models import Item, ItemBank, ItemImport, ItemKey, ItemVersion
from assessments.tasks import import_items_task
from tests import factories

GIFT = "::q1:: Where is the County Assembly of Nyeri? {=Nyeri ~Nairobi}\n\n::q2:: Broken {=a"


def url(model, name, *args):
    return reverse(model.snippet_viewset.get_url_name(name), args=args)


@pytest.fixture
def trainer(everywhere, client):
    """A trainer who publishes in Wagtail."""
    everywhere.trainer.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    client.force_login(everywhere.trainer)
    return everywhere.trainer


def test_publishing_freezes_a_version_whose_key_is_kept_apart(everywhere):
    item = factories.item(body=factories.choice_body(right=1))

    version = item.current
    assert (version.number, version.kind) == (1, "choice")
    assert "mark" not in json.dumps(version.content)
    assert "About B" not in json.dumps(version.content)
    assert ItemKey.objects.get(version=version).key["options"][1]["mark"] == "1"


def test_only_what_is_asked_makes_a_new_version(everywhere):
    bank = factories.bank()
    item = factories.item(bank, identifier="q")
    same = factories.item(bank, identifier="q", tags=["data"])
    other = factories.item(bank, identifier="q", tags=["data"], body=factories.choice_body(right=2))

    assert item == same == other
    assert [version.number for version in item.versions.all()] == [2, 1]


def test_the_database_refuses_to_change_a_version_or_its_key(everywhere):
    version = factories.item().current
    for query, values in (
        (ItemVersion.objects.filter(pk=version.pk), {"number": 9}),
        (ItemKey.objects.filter(pk=version.pk), {"key": {}}),
    ):
        with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
            query.update(**values)


def test_a_shared_text_that_changes_makes_new_versions(trainer, client):
    bank = factories.bank()
    shared = factories.stimulus(bank)
    item = factories.item(bank, stimulus=shared)

    client.post(
        url(type(shared), "edit", shared.pk),
        {"bank": bank.pk, "title": "A notice", "text": json.dumps(DRAFTAIL)},
    )

    item.refresh_from_db()
    assert item.current.number == 2
    assert "Offices close at four." in item.current.stimulus


DRAFTAIL = {
    "entityMap": {},
    "blocks": [
        {
            "key": "a",
            "text": "Offices close at four.",
            "type": "unstyled",
            "depth": 0,
            "inlineStyleRanges": [],
            "entityRanges": [],
        }
    ],
}


def test_statuses_are_those_of_publishing(everywhere):
    bank = factories.bank()
    live = factories.item(bank)
    draft = factories.item(bank, is_draft=True)
    retired = factories.item(bank)
    retired.unpublish()

    found = {
        status: set(Item.objects.filter(bank=bank).of_status(status))
        for status in ("draft", "live", "retired")
    }
    assert found == {"draft": {draft}, "live": {live}, "retired": {retired}}
    assert set(Item.objects.filter(bank=bank).askable()) == {live}


def test_the_list_is_searched_and_filtered(trainer, client):
    bank = factories.bank()
    factories.item(bank, identifier="wells", body=factories.choice_body("of wells"))
    factories.item(bank, identifier="roads", tags=["roads"], body=factories.choice_body("of roads"))

    def shown(**query):
        page = client.get(url(Item, "list"), query).content.decode()
        return {name for name in ("Question of wells?", "Question of roads?") if name in page}

    assert shown(q="wells") == {"Question of wells?"}
    assert shown(tag="roads") == {"Question of roads?"}
    assert shown(bank=bank.pk) == {"Question of wells?", "Question of roads?"}
    assert shown(status="draft") == set()
    assert shown(kind="essay") == set()


def test_the_list_takes_the_same_queries_for_many(trainer, client, django_assert_max_num_queries):
    bank = factories.bank()
    counts = []
    for more in (2, 6):
        for _ in range(more):
            factories.item(bank, tags=["data"])
        client.get(url(Item, "list"))
        with django_assert_max_num_queries(40) as queries:
            client.get(url(Item, "list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_another_country_s_bank_is_not_there_unless_it_is_open_to_all(everywhere, trainer, client):
    mugisha = factories.member(everywhere.rwanda, "instructor")
    mugisha.groups.set(Group.objects.filter(name="Moderators"))
    own = factories.bank(name="Rwanda's", organisation=everywhere.rwanda)
    centre = factories.bank(name="The Centre's")
    item = factories.item(centre)
    client.force_login(mugisha)

    assert set(ItemBank.objects.visible_to(mugisha)) == {own}
    assert item not in Item.objects.visible_to(mugisha)
    for page in ("edit", "history", "usage", "delete", "copy"):
        assert client.get(url(Item, page, item.pk)).status_code == 404
    chooser = client.get(reverse(Item.snippet_viewset.chooser_viewset.get_url_name("choose")))
    assert str(item) not in json.loads(chooser.content)["html"]
    assert client.get(url(ItemBank, "export", centre.pk)).status_code == 404
    centre.visibility = ItemBank.Visibility.EVERYONE
    centre.save()
    assert client.get(url(Item, "edit", item.pk)).status_code == 200


def test_the_preview_is_the_learner_s_and_scores(everywhere, rf):
    item = factories.item(body=factories.choice_body(right=0))

    def preview(**query):
        request = rf.get("/", query)
        request.user = everywhere.trainer
        return item.serve_preview(request, "").content.decode()

    assert "About A" not in preview()
    right = preview(**{"try": "1", "q1-value": "A"})
    assert "About A" in right
    assert "1 of the points" in right
    assert "0 of the points" in preview(**{"try": "1", "q1-value": "B"})


def test_where_used_names_quizzes_that_ask_or_draw(everywhere, trainer, client):
    bank = factories.bank()
    asked, drawn = factories.item(bank), factories.item(factories.bank())
    module = factories.course(lessons=0, with_quiz=False).get_children().get()
    factories.quiz(module, entries=[*factories.fixed(asked), factories.draw(drawn.bank)])

    for item in (asked, drawn):
        assert ">Check<" in "".join(
            client.get(url(Item, "usage", item.pk)).content.decode().split()
        )


def test_many_questions_are_tagged_at_once(everywhere, trainer, client):
    bank = factories.bank()
    items = [factories.item(bank, tags=["old"]) for _ in range(3)]
    tag_items(items, add=["data"], remove=["old"])
    assert {name for item in bank.items.all() for name in item.tags.names()} == {"data"}

    address = reverse("wagtail_bulk_action", args=["assessments", "item", "tag"])
    query = "&".join(f"id={item.pk}" for item in items)
    client.post(f"{address}?{query}", {"add": "privacy, law", "remove": ""})

    assert {tuple(sorted(item.tags.names())) for item in bank.items.all()} == {
        ("data", "law", "privacy")
    }


def test_a_file_is_read_first_and_taken_in_when_that_is_confirmed(
    everywhere, trainer, client, django_capture_on_commit_callbacks
):
    bank = factories.bank()
    response = client.post(
        url(ItemBank, "import", bank.pk),
        {"file": SimpleUploadedFile("questions.gift", GIFT.encode())},
    )
    found = ItemImport.objects.get()
    import_items_task(found.pk)
    found.refresh_from_db()

    assert found.state == "read"
    assert Item.objects.filter(bank=bank).count() == 0
    page = client.get(response["Location"]).content.decode()
    assert "Take in 1 question" in page
    assert [row["line"] for row in found.report["refused"]] == [3]
    assert set(found.report) == {"read", "unsupported", "refused"}

    client.post(response["Location"])
    import_items_task(found.pk)
    found.refresh_from_db()
    assert found.state == "imported"
    assert Item.objects.get(bank=bank).live
    assert client.post(response["Location"]).status_code == 409
    assert client.get(response["Location"], {"format": "json"}).json() == found.report


@pytest.mark.parametrize("kind", ["gift", "moodlexml", "qti21", "qti3", "csv"])
def test_a_bank_goes_out_and_comes_back(everywhere, trainer, client, kind, tmp_path):
    bank, other = factories.bank(), factories.bank()
    item = factories.item(bank, body=factories.choice_body(right=1))
    assert (
        "Download the file"
        in client.get(url(ItemBank, "export", bank.pk), {"format": kind}).content.decode()
    )

    data = client.post(url(ItemBank, "export", bank.pk), {"format": kind}).content
    path = tmp_path / "bank"
    path.write_bytes(data)
    call_command("import_items", str(path), bank=other.slug, report=tmp_path / "report.json")

    _kind, back = authored(Item.objects.get(bank=other))
    _kind, gone = authored(item)
    assert [(each.text, each.mark) for each in back.options] == [
        (each.text, each.mark) for each in gone.options
    ]
    assert len(json.loads((tmp_path / "report.json").read_text())["read"]) == 1


def test_a_dry_run_of_the_command_writes_nothing(everywhere, tmp_path):
    bank = factories.bank()
    path = tmp_path / "questions.gift"
    path.write_text(GIFT)

    call_command(
        "import_items", str(path), bank=bank.slug, dry_run=True, report=tmp_path / "report.json"
    )

    assert Item.objects.filter(bank=bank).count() == 0
    assert len(json.loads((tmp_path / "report.json").read_text())["refused"]) == 1


def test_an_editor_sends_a_question_for_review(everywhere, client):
    editor = factories.member(everywhere.centre, "instructor", is_staff=True)
    editor.groups.set(Group.objects.filter(name="Editors"))
    item = factories.item(factories.bank(), is_draft=True)

    item.get_workflow().start(item, editor)

    assert set(Item.objects.filter(bank=item.bank).of_status("review")) == {item}
    assert Item.objects.with_status().get(pk=item.pk).status == "in review"


def test_editors_write_and_moderators_publish(everywhere):
    editor = factories.user(is_staff=True)
    editor.groups.set(Group.objects.filter(name="Editors"))

    assert editor.has_perm("assessments.change_item")
    assert not editor.has_perm("assessments.publish_item")
