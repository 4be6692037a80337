"""The test of leaks would notice: with one filter taken away at a time, it finds a leak."""

import sys

import pytest

from certification.domain import verification
from certification.models import Award
from courses.models.enrolments import EnrolmentQuerySet
from labs.models.submissions import SubmissionQuerySet
from lms.core import permissions
from lms.messaging.models import MessageQuerySet
from lms.organisations import domain, middleware, queries, scoping
from lms.organisations.models import Membership, Organisation
from lms.organisations.scoping import EVERY, every_organisation
from tests.architecture.leaks import EVERY_ROLE, FELLOW, leaks

OURS = ("lms", "courses", "assessments", "labs", "certification")


def replace_everywhere(monkeypatch, function, replacement):
    """Put `replacement` wherever a module of ours has imported `function`."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in OURS and getattr(module, function.__name__, None) is function:
            monkeypatch.setattr(module, function.__name__, replacement)


def without_scope(monkeypatch):
    """scoping.py: every scope that is opened is the whole platform's."""
    opened = scoping._scoped_to
    monkeypatch.setattr(scoping, "_scoped_to", lambda *_args: opened(EVERY))


def without_record_filter(monkeypatch):
    """scoping.py: a record's manager forgets the scope's filter."""
    open_scope = scoping.open_scope

    class Wide:
        organisations = EVERY

    monkeypatch.setattr(scoping, "open_scope", lambda: open_scope() and Wide)


def without_service(monkeypatch):
    """domain.py: everyone serves everywhere."""
    replace_everywhere(
        monkeypatch, domain.organisations_served_by, lambda *_args: Organisation.objects.all()
    )


def without_the_door(monkeypatch):
    """middleware.py: `/o/` asks nobody whether they serve there."""
    monkeypatch.setattr(
        middleware, "organisations_served_by", lambda *_args: Organisation.objects.all()
    )


def without_demand(monkeypatch):
    """Views: the door is open and no permission is demanded behind it."""
    without_the_door(monkeypatch)
    replace_everywhere(monkeypatch, permissions.demand, lambda *_args: None)


def without_place_of_people(monkeypatch):
    """queries.py: the list of people is that of everywhere."""
    everyone = Membership.objects.select_related("user", "organisation")
    replace_everywhere(
        monkeypatch, queries.people_of, lambda *_args, **_kwargs: everyone.order_by("pk")
    )


def without_owner(monkeypatch):
    """Views of learners: an enrolment is looked for without saying whose."""

    def filter_of_all(self, *args, **kwargs):
        kwargs.pop("user", None)
        return super(EnrolmentQuerySet, self).filter(*args, **kwargs)

    monkeypatch.setattr(EnrolmentQuerySet, "filter", filter_of_all, raising=False)


def without_visibility(monkeypatch):
    """`visible_to` of a queryset lets everything through."""
    monkeypatch.setattr(SubmissionQuerySet, "visible_to", lambda self, *_args: self)


def without_recipient(monkeypatch):
    """A person's messages are everybody's."""
    monkeypatch.setattr(MessageQuerySet, "in_app_of", lambda self, *_args: self.order_by("pk"))


def without_holder(monkeypatch):
    """A person's certificates are everybody's."""

    def awards_held_by_all(user, **lookup):
        with every_organisation():  # what is tested
            return list(Award.objects.filter(**lookup).with_facts())

    replace_everywhere(monkeypatch, verification.awards_held_by, awards_held_by_all)


pytestmark = pytest.mark.django_db
# filter → an address that leaks without it, and to whom
FILTERS = [
    (without_scope, "courses:enrolment_detail", "rwandan coordinator"),
    (without_scope, "assessments:regrade", "rwandan instructor"),
    (without_scope, "certification:release_list", "rwandan registrar"),
    (without_scope, "reports:learner_list", "rwandan coordinator"),
    (without_scope, "rosters:cohort_list", "rwandan coordinator"),
    (without_scope, "messaging:outbox", "rwandan administrator"),
    (without_record_filter, "courses:gradebook", "rwandan administrator"),
    (without_record_filter, "admissions:nomination_list", "rwandan coordinator"),
    (without_service, "reports:learner_list", EVERY_ROLE),
    (without_service, "assessments:attempt_detail", EVERY_ROLE),
    (without_the_door, "courses:enrolment_detail", EVERY_ROLE),
    (without_demand, "organisations:people_list", FELLOW),
    (without_demand, "certification:release_detail", EVERY_ROLE),
    (without_place_of_people, "organisations:people_list", "rwandan coordinator"),
    (without_owner, "assessments:answer_file", FELLOW),
    (without_owner, "api:open_on_device", FELLOW),
    (without_visibility, "labs:submission", FELLOW),
    (without_recipient, "messaging:inbox", "rwandan learner"),
    (without_holder, "certification:mine", "rwandan learner"),
]


@pytest.mark.sqlite  # where no second fence hides that the first is down
@pytest.mark.parametrize(
    ("remove", "name", "who"), FILTERS, ids=[f"{each[0].__name__}-{each[1]}" for each in FILTERS]
)
def test_a_filter_that_is_missing_is_noticed(remove, name, who, kept_world, clients, monkeypatch):
    asker = {who: clients[who]}
    assert leaks(kept_world, name, asker) == []

    remove(monkeypatch)

    assert leaks(kept_world, name, asker)
