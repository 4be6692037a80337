"""What assessments do when something happened elsewhere."""

from wagtail.signals import published

from assessments.domain.items import freeze_item
from assessments.models import Item


def on_item_published(sender, instance, revision=None, **kwargs):
    freeze_item(instance, by=revision.user if revision else None)


published.connect(on_item_published, sender=Item)
