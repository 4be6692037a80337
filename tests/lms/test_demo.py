"""The demo shows the whole flow, and loading it again does no harm."""

from collections import Counter
from datetime import timedelta

from django.utils import timezone

from admissions.models import Nomination, SeatAllocation
from certification.models import Achievement, Award
from courses.models import CourseRun, Enrolment, ProgrammeEdition, ProgrammePage
from lms.accounts.models import User
from lms.operations.demo import load_demo
from lms.organisations.models import Organisation, PartnerAgreement
from lms.organisations.scoping import every_organisation
from practicals.models import Booking, PracticalSession

RECORDS = (
    Achievement,
    Award,
    Booking,
    CourseRun,
    Enrolment,
    Nomination,
    PartnerAgreement,
    PracticalSession,
    ProgrammeEdition,
    SeatAllocation,
    User,
)


def counts():
    return {model.__name__: model.objects.count() for model in RECORDS}


def test_the_demo_shows_people_at_each_step_and_may_be_loaded_again(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    load_demo()
    (level,) = ProgrammePage.objects.get().editions.get().rules["levels"]
    today = timezone.localdate()
    PartnerAgreement.objects.create(  # as staff record the next one
        organisation=Organisation.objects.get(slug="kenya"),
        signed_on=today,
        expires_on=today + timedelta(days=900),
    )
    with every_organisation():  # the demo's people are of several
        before = counts()
        nominated = Enrolment.objects.filter(nomination__isnull=False)
        states = Counter(nominated.values_list("state", flat=True))
        seats = dict(PracticalSession.objects.values_list("organisation__slug", "taken"))
    load_demo()

    assert (level["gate"]["code"], level["practical"]["code"]) == ("F0", "FP")
    assert [course["code"] for course in level["courses"]] == ["F1", "F2"]
    assert states == {"invited": 2, "nominated": 4}
    assert seats == {"centre": 3, "kenya": 0, "rwanda": 0}
    with every_organisation():  # the demo's people are of several
        assert counts() == before
