"""What staff see of learning in their organisations; read-only."""

from django.db.models import Q

from courses.models import Enrolment, EnrolmentState
from lms.accounts.models import User

FEW = 1_000  # people of one name whose enrolments are looked up one by one


def named(enrolments, search):
    """Those of `enrolments` whose learner's name holds every word of `search`.

    A rare name is looked up first and its few enrolments by person; along an index of all enrolments the
    database would walk to the end for it. A common name is met soon on that walk.
    """
    words = search.split()
    if not words:
        return enrolments
    condition = Q()
    for word in words:
        condition &= Q(full_name__icontains=word)
    people = list(User.objects.filter(condition).order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(people) <= FEW:
        return enrolments.filter(user__in=people)
    return enrolments.filter(user__in=User.objects.filter(condition).order_by().values("pk"))


def learners_of(*, state="", search=""):
    """Enrolments in the open scope, with what a list shows of them."""
    enrolments = Enrolment.objects.named()
    if state in EnrolmentState.values:
        enrolments = enrolments.filter(state=state)
    return (
        named(enrolments, search)
        .select_related("user", "organisation", "rollup")
        .prefetch_related("run__edition")
    )
