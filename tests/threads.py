"""Work done by several people at the same moment: real threads, each with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation


def at_once(work, things):
    """Do `work` with each of `things`, each in a thread; returns what came of them, in order."""

    def alone(thing):
        try:
            with every_organisation():  # what the law is about
                return work(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(alone, things))


def code_or(work):
    """`work`, which returns the refusal's code where it is refused."""

    def tried(thing):
        try:
            return work(thing)
        except Refused as refused:
            return refused.code

    return tried
