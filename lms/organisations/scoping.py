"""Scope: the organisations whose records may be seen right now, so that a forgotten filter cannot leak.

The fence of `fence.py` has PostgreSQL itself keep to the same scope.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models

from lms.core.errors import ScopeRequired

EVERY = object()
_scope = ContextVar("organisations_in_scope", default=None)


class Scope:
    """`organisations` is a queryset of Organisation or of their ids, or EVERY; `fenced` is the fence's note of it."""

    def __init__(self, organisations):
        self.organisations = organisations
        self.fenced = None


def open_scope():
    """The scope that is open here, or None."""
    return _scope.get()


@contextmanager
def _scoped_to(organisations):
    token = _scope.set(Scope(organisations))
    try:
        yield
    finally:
        _scope.reset(token)


def scope(organisations):
    """Open a scope of `organisations`: a queryset of Organisation or of their ids, not evaluated here."""
    return _scoped_to(organisations)


def every_organisation():
    """Open the whole platform's records. For maintenance and public ledgers; each use says why."""
    return _scoped_to(EVERY)


def scoped(path="organisation", queryset=models.QuerySet):
    """The manager of a record whose organisation is found along `path`."""

    class RecordManager(models.Manager.from_queryset(queryset)):
        organisation_path = path

        def get_queryset(self):
            now = open_scope()
            if now is None:
                raise ScopeRequired(self.model.__name__)
            if now.organisations is EVERY:
                return super().get_queryset()
            return super().get_queryset().filter(**{f"{path}__in": now.organisations})

    return RecordManager()


class Record(models.Model):
    """Belongs to one organisation and refuses queries outside a scope."""

    # Without it a model shown in the Wagtail admin costs 7 queries a save instead of 1.
    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True
