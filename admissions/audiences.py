"""Those nominated for a run, as a group to write to."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admissions.models import Nomination
from courses.models import CourseRun
from lms.accounts.models import User
from lms.messaging.audiences import register_audience

NOMINATED = "admissions.nominated"


def _people(organisation, params):
    nominations = Nomination.objects.filter(enrolment__run=params["run"])
    return User.objects.filter(pk__in=nominations.values("enrolment__user"))


def _words(organisation, params):
    run = CourseRun.objects.get(pk=params["run"])
    return _("Everyone on the list of nominations for %(run)s") % {"run": run.code}


register_audience(
    NOMINATED, gettext_lazy("people nominated for a run"), _people, form=None, words=_words
)
