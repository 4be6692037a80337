"""Handing work to the queue once what it rests on is committed."""

import logging
from functools import partial

from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def delay_on_commit(task, *args):
    """Queue `task` after the commit. If the queue is down, whoever asked is not told: a sweep finds the work."""
    transaction.on_commit(partial(_delay, task, args))


def _delay(task, args):
    try:
        task.delay(*args)
    except OperationalError:  # /health/ready tells of the queue
        logger.info("The queue is down: %s waits for its sweep", task.name)
