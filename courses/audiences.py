"""The learners of a run, as a group to write to."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import CourseRun, Enrolment
from lms.accounts.models import User
from lms.messaging.audiences import register_audience

RUN = "courses.run"


def _people(organisation, params):
    enrolments = Enrolment.objects.filter(run=params["run"])
    return User.objects.filter(pk__in=enrolments.values("user"))


def _words(organisation, params):
    run = CourseRun.objects.get(pk=params["run"])
    return _("Everyone in the gradebook of %(run)s") % {"run": run.code}


register_audience(RUN, gettext_lazy("everyone in a gradebook"), _people, form=None, words=_words)
