"""News from Wagtail: a course approved in a workflow is published there, without the hooks of the publish button."""

from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import workflow_approved

from courses.domain.editions import cut_edition
from courses.models import CoursePage


@receiver(workflow_approved)
def cut_edition_of_approved_course(instance, user, **_kwargs):
    page = CoursePage.objects.filter(pk=instance.object_id).first()
    if page and isinstance(instance.content_object, Page):
        cut_edition(page, by=user)
