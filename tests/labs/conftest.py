"""A course with a lab, a learner in it, and folders of the labs' own."""

from pathlib import Path

import pytest

from courses.domain.enrolment import enrol
from courses.loading.course import load_course
from labs.grading.warm import warmth
from labs.models import LabPage
from lms.accounts.models import User
from lms.celery import app
from lms.organisations.domain import join_organisation, subtree_scope
from lms.organisations.models import Kind, Organisation, Role
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.labs.backend import Backend
from tests.labs.classroom import Classroom

COURSE = Path(__file__).with_name("course")


@pytest.fixture(autouse=True)
def _on_this_machine(settings, tmp_path_factory):
    """No queue, and nothing of a developer's own data."""
    data = tmp_path_factory.mktemp("labs-data")
    settings.LABS_DATA_DIR = data / "labs"
    settings.IDP_OIDC_PRIVATE_KEY_FILE = data / "oidc.pem"
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def cold():
    """No warm process of marking, before and after."""
    warmth.end()
    yield
    warmth.end()


@pytest.fixture
def lab_course(db):
    return load_course(COURSE).edition.course


@pytest.fixture
def lab(lab_course):
    return LabPage.objects.get()


def organisation(slug):
    centre = Organisation.objects.filter(kind=Kind.CENTRE).first() or Organisation.add_root(
        name="Centre", slug="centre", kind=Kind.CENTRE
    )
    found = Organisation.objects.filter(slug=slug).first()
    return found or centre.add_child(name=slug.title(), slug=slug, kind=Kind.COUNTRY)


@pytest.fixture
def enrolment(lab_course):
    return enrolment_of("wanjiru@example.org", "nyeri", lab_course)


@pytest.fixture
def other_enrolment(lab_course):
    return enrolment_of("uwase@example.org", "rwanda", lab_course)


def enrolment_of(email, slug, course):
    user = User.objects.create(email=email, full_name=email.partition("@")[0].title())
    join_organisation(user, organisation(slug), Role.LEARNER)
    with every_organisation():
        return enrol(user, course.runs.get(), organisation(slug))


@pytest.fixture
def backend(monkeypatch):
    """A place where labs run, in place of the Hub."""
    backend = Backend()
    monkeypatch.setattr("labs.backends.local_backend", lambda: backend)
    return backend


@pytest.fixture
def classroom(remade):
    """A class of three in a lab, all within the Centre, whose scope is open."""
    made = remade("classroom", lambda: Classroom(factories.World()))
    with subtree_scope(made.world.centre):
        yield made
