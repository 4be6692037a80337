"""Many enrolments in little time, for measuring and for trying out lists: whole records, with their rollups."""

from datetime import timedelta
from itertools import product

from django.db import connection
from django.utils import timezone

from courses.domain.rollups import refresh_rollups
from courses.models import CourseRun, Edition, Enrolment, Progress
from lms.accounts.models import User
from lms.organisations.models import Membership, Organisation, Role
from lms.organisations.scoping import every_organisation

BATCH = 10_000
RUNS_A_PERSON = 4
RUN_SIZE = 1_000
GIVEN = "Achieng Akinyi Amina Atieno Chebet Fatuma Halima Jane Kamau Kiprono Mercy Mutua Njeri Otieno Wambui Zawadi"
MIDDLE = "Abdi Barasa Chepkoech Juma Karanja Kemboi Mwende Nafula Nyambura Odhiambo Wanjiku Wekesa"
FAMILY = "Ali Gitau Hassan Kariuki Kimani Koech Maina Mohamed Muli Mwangi Ndungu Njoroge Ochieng Okoth Rotich Wafula"
NAMES = [" ".join(parts) for parts in product(GIVEN.split(), MIDDLE.split(), FAMILY.split())]


def _in_batches(number):
    """Ranges that together count to `number`."""
    return (range(start, min(start + BATCH, number)) for start in range(0, number, BATCH))


def _people(number, organisations):
    """So many new learners, each in one of the organisations."""
    people = []
    for batch in _in_batches(number):
        made = User.objects.bulk_create(
            User(full_name=NAMES[each * 7919 % len(NAMES)], password="!")  # noqa: S106  unusable
            for each in batch
        )
        Membership.objects.bulk_create(
            Membership(
                user=person,
                organisation=organisations[person.pk % len(organisations)],
                role=Role.LEARNER,
            )
            for person in made
        )
        people += [person.pk for person in made]
    return people


def _runs(edition, number):
    """So many new runs that pin the edition."""
    course = edition.course
    taken = CourseRun.objects.filter(code__startswith="SEED ").count()
    return CourseRun.objects.bulk_create(
        CourseRun(
            course=course,
            edition=edition,
            code=f"SEED {taken + each + 1}",
            starts_on=timezone.localdate() - timedelta(days=730),
        )
        for each in range(number)
    )


def _progress(enrolment, number, keys, now):
    """None, one, or some activities, the last of them open; some people were here today, some long ago."""
    for place in range(number % min(5, len(keys) + 1)):
        visited = now - timedelta(days=number % 30)
        is_done = place < number % 5 - 1
        yield Progress(
            enrolment_id=enrolment,
            activity_key=keys[place],
            started_at=visited - timedelta(hours=1),
            visited_at=visited,
            completed_at=visited if is_done else None,
            elapsed_seconds=3600 if is_done else None,
        )


def seed_enrolments(
    number: int, organisation: Organisation, edition: Edition, tell=lambda _line: None
):
    """Make `number` enrolments of new people of `organisation` and below, in new runs of a thousand."""
    organisations = list(Organisation.objects.at_or_below(organisation))
    people = _people(-(-number // RUNS_A_PERSON), organisations)
    runs = _runs(edition, RUNS_A_PERSON * -(-len(people) // RUN_SIZE))
    a_round = len(runs) // RUNS_A_PERSON
    keys = [entry["key"] for entry in edition.activities]
    now = timezone.now()
    with every_organisation():  # learners of a whole tree
        for batch in _in_batches(number):
            made = Enrolment.objects.bulk_create(
                Enrolment(
                    user_id=people[each % len(people)],
                    run=runs[each // len(people) * a_round + each % len(people) // RUN_SIZE],
                    organisation=organisations[people[each % len(people)] % len(organisations)],
                    enrolled_at=now - timedelta(minutes=each),
                )
                for each in batch
            )
            rows = zip((enrolment.pk for enrolment in made), batch, strict=True)
            Progress.objects.bulk_create(
                (each for pk, place in rows for each in _progress(pk, place, keys, now)),
                batch_size=BATCH,
            )
            refresh_rollups(enrolment.pk for enrolment in made)
            tell(f"{batch[-1] + 1:,} of {number:,}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return runs
