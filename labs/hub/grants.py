"""The leave to run a server: a small file that the platform writes and the Hub only reads.

Kept outside the Hub's own options, for a learner may start their own server with any options.
Where the Hub has no access to the platform's files, it asks the platform for what they say.
"""

import json
import re
from dataclasses import asdict, dataclass
from http import HTTPStatus

from labs.hub.settings import write_private

LAB_ID = re.compile(r"l[0-9a-f]{12}")
ANSWER_SECONDS = 5


class GrantsUnreachable(Exception):  # noqa: N818 - what happened, not whose fault
    """The platform does not say who has a grant."""


@dataclass(frozen=True)
class Grant:
    """What a learner's server may use; `profile` is the kind of machine, where there are several."""

    memory_mb: int
    profile: str = "standard"


async def find_grant(settings, lab_id):
    """The Grant of `lab_id`, None if it has none, or GrantsUnreachable."""
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
            return Grant(**await answer.json())
    except (aiohttp.ClientError, OSError, TimeoutError, TypeError, ValueError) as error:
        raise GrantsUnreachable(repr(error)) from error


def read_grant(settings, lab_id):
    """The Grant of `lab_id` in its file; None if it has none."""
    if not LAB_ID.fullmatch(lab_id):
        return None
    path = settings.grants / f"{lab_id}.json"
    return Grant(**json.loads(path.read_text())) if path.exists() else None


def write_grant(settings, lab_id, grant):
    settings.grants.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(settings.grants / f"{lab_id}.json", json.dumps(asdict(grant)))


def remove_grant(settings, lab_id):
    (settings.grants / f"{lab_id}.json").unlink(missing_ok=True)
