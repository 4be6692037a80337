"""The leave to run a server: a small file that the platform writes and the Hub only reads.

Kept outside the Hub's own options, for a learner may start their own server with any options.
Where the Hub has no access to the platform's files, it asks the platform for what they say.
"""

import json
import re
import time
from dataclasses import asdict, dataclass
from http import HTTPStatus

from labs.hub.settings import write_private

LAB_ID = re.compile(r"l[0-9a-f]{12}")
ANSWER_SECONDS = 5


class GrantsUnreachable(Exception):  # noqa: N818 - what happened, not whose fault
    """The platform does not say who has a grant."""


@dataclass(frozen=True)
class Grant:
    """What a server may take, and which `environment` it runs in.

    After `until`, in seconds of the epoch, there is no leave any more.
    """

    memory_mb: int
    cpus: float = 1.0
    until: float | None = None
    environment: str = "python-data"

    @property
    def is_over(self):
        return self.until is not None and time.time() >= self.until


async def find_grant(settings, lab_id):
    """The Grant of `lab_id`; None if it has none, GrantsUnreachable if nobody can tell."""
    if not settings.grants_url or not LAB_ID.fullmatch(lab_id):
        return read_grant(settings, lab_id)
    return await _ask_for_grant(settings, lab_id)


async def _ask_for_grant(settings, lab_id):
    import aiohttp  # these two are the Hub's own; the platform only reads and writes the files
    from jupyterhub.utils import fetch

    try:
        answer = await fetch(
            f"{settings.grants_url}/{lab_id}",
            headers={"Authorization": f"Bearer {settings.secret('grants_token')}"},
            raise_for_status=False,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        )
        async with answer:
            if answer.status == HTTPStatus.NOT_FOUND:
                return None
            if answer.status != HTTPStatus.OK:
                raise GrantsUnreachable(f"the platform answered {answer.status}")
            grant = Grant(**await answer.json())
    except (aiohttp.ClientError, OSError, TimeoutError, TypeError, ValueError) as error:
        raise GrantsUnreachable(repr(error)) from error
    return grant


def read_grant(settings, lab_id):
    """The Grant of `lab_id`; None if it has none, or none any more."""
    if not LAB_ID.fullmatch(lab_id):
        return None
    try:
        text = (settings.grants / f"{lab_id}.json").read_text()
    except FileNotFoundError:
        return None
    grant = Grant(**json.loads(text))
    return None if grant.is_over else grant


def write_grant(settings, lab_id, grant):
    settings.grants.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(settings.grants / f"{lab_id}.json", json.dumps(asdict(grant)))


def remove_grant(settings, lab_id):
    (settings.grants / f"{lab_id}.json").unlink(missing_ok=True)
