"""Records refuse queries outside a scope, and show only what is inside it."""

import pytest
from django.apps import apps

from lms.core.errors import ScopeRequired
from lms.organisations.domain import subtree_scope
from lms.organisations.scoping import Record, every_organisation

RECORDS = [model for model in apps.get_models() if issubclass(model, Record)]


def test_there_are_records():
    assert RECORDS


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("ask", ["exists", "count", "first", "all", "create", "get_or_create"])
def test_a_record_refuses_unscoped_queries(model, ask, db):
    with pytest.raises(ScopeRequired):
        getattr(model.objects, ask)()


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_a_record_is_not_indexed_for_references(model):
    assert model.wagtail_reference_index_ignore


def test_a_scope_is_a_subtree(world):
    from courses.models import Enrolment

    with subtree_scope(world.kenya):
        assert list(Enrolment.objects.all()) == [world.enrolment]
    with subtree_scope(world.rwanda):
        assert list(Enrolment.objects.all()) == [world.foreign_enrolment]
    with subtree_scope(world.centre):
        assert Enrolment.objects.count() == 2
    with every_organisation():  # what is tested
        assert Enrolment.objects.count() == 2
