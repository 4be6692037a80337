"""A practical comes from its file, and again only what changed."""

import pytest
from django.core.exceptions import ValidationError

from courses.models import ModulePage
from practicals.domain.loading import load_practical
from practicals.models import PracticalPage
from tests import factories

FACTS = """key: f2-practical
title: Three days at the bench
minutes: 60
days_needed: 3
hours: 18
opens_after: earlier
what_to_bring: [A notebook, Your staff card]
travel_note: Your office approves the journey.
about: |
  ## What we do

  We sort real requests.
"""


@pytest.fixture
def module(db):
    return factories.course(1, with_quiz=False).get_children().type(ModulePage).get().specific


def test_a_file_becomes_a_practical_once(module, tmp_path):
    path = tmp_path / "practical.yaml"
    path.write_text(FACTS)

    page = load_practical(module, path)
    load_practical(module, path)
    path.write_text(FACTS.replace("hours: 18", "hours: 20"))
    load_practical(module, path)

    found = PracticalPage.objects.get()
    assert found.pk == page.pk
    assert (found.days_needed, found.hours, found.opens_after) == (3, 20, "earlier")
    assert found.things_to_bring == ["A notebook", "Your staff card"]
    assert "We sort real requests." in str(found.about)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("key: x", "the facts lack title"),
        ("a: [", "this is not YAML"),
        (FACTS.replace("earlier", "never"), "opens_after is one of"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(module, tmp_path, text, fault):
    path = tmp_path / "practical.yaml"
    path.write_text(text)

    with pytest.raises(ValidationError, match=fault) as error:
        load_practical(module, path)
    assert str(path) in str(error.value)


def test_an_author_sees_a_preview(module, tmp_path, rf):
    path = tmp_path / "practical.yaml"
    path.write_text(FACTS)
    page = load_practical(module, path)

    response = page.make_preview_request()

    assert "Three days at the bench" in response.content.decode()
