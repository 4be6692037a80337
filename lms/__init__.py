"""The platform: the base below the learning apps, and the outward faces above them."""

from lms.celery import app as celery_app

__all__ = ["celery_app"]
