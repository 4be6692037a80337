"""News from Wagtail: what a workflow approved is published there, without the hooks of the publish button.

And news from the courses themselves: a completed run may complete a programme.
"""

from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import workflow_approved

from courses.domain.editions import cut_edition
from courses.domain.programmes import cut_programme_edition, record_programme_completions
from courses.models import CoursePage, ProgrammePage
from courses.signals import run_completed


@receiver(workflow_approved)
def cut_edition_of_approved_course(instance, user, **_kwargs):
    page = CoursePage.objects.filter(pk=instance.object_id).first()
    if page and isinstance(instance.content_object, Page):
        cut_edition(page, by=user)


@receiver(workflow_approved)
def cut_edition_of_approved_programme(instance, user, **_kwargs):
    page = ProgrammePage.objects.filter(pk=instance.object_id).first()
    if page and isinstance(instance.content_object, Page):
        cut_programme_edition(page, by=user)


@receiver(run_completed)
def record_what_a_run_completed(enrolment, **_news):
    record_programme_completions(enrolment)
