"""What authors meet in Wagtail beside the forms of the kinds: the preview that scores, and the choosers."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from assessments.models import Item, ItemBank
from lms.organisations.models import Role
from tests import factories


@pytest.fixture
def author(world, client):
    """An instructor of the Centre who edits in Wagtail."""
    person = factories.member(world.centre, Role.INSTRUCTOR, is_staff=True)
    person.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    client.force_login(person)
    return person


def test_an_answer_tried_in_the_preview_is_scored(author, rf):
    item = factories.item()
    option = next(row["id"] for row in item.body.raw_data[0]["value"]["options"])
    tried = rf.get("/", {"try": "1", "q1-value": option})

    page = item.make_preview_request(tried).content.decode()

    assert "This brings 1 of the points." in page


@pytest.mark.parametrize("view", ["choose", "choose_results"])
def test_a_chooser_lists_what_its_author_may_use_and_finds_it_by_words(view, author, client):
    ours = factories.bank(name="Land claims")
    theirs = factories.bank(
        name="Land secrets",
        organisation=factories.organisation(name="Elsewhere"),
        visibility=ItemBank.Visibility.ORGANISATION,
    )
    factories.item(ours, identifier="kept-here")
    hidden = factories.item(theirs, identifier="kept-there")

    def chosen_from(model, words):
        address = reverse(model.snippet_viewset.chooser_viewset.get_url_name(view))
        return client.get(address, {"q": words}).content.decode()

    banks, items = chosen_from(ItemBank, "land"), chosen_from(Item, "kept")

    assert ("Land claims" in banks, "Land secrets" in banks) == (True, False)
    assert ("kept-here" in items, "kept-there" in items) == (True, False)
    assert "Land claims" not in chosen_from(ItemBank, "water")
    chosen = Item.snippet_viewset.chooser_viewset.get_url_name("chosen")
    assert client.get(reverse(chosen, args=[hidden.pk])).status_code == 404


def test_two_authors_begin_a_question_in_one_bank_before_either_names_it(author, client):
    bank = factories.bank()
    address = reverse(Item.snippet_viewset.get_url_name("add"))
    begun = {"bank": bank.pk, "language": "en", "difficulty": "medium", "body-count": 0}

    def keep(**more):
        """Save as the editor does by itself."""
        return client.post(address, begun | more, headers={"accept": "application/json"})

    assert [keep().json()["success"] for _author in range(2)] == [True, True]
    assert bank.items.filter(identifier="").count() == 2
    assert [keep(identifier="claims").status_code for _author in range(2)] == [200, 400]
