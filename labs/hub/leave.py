"""What every spawner asks before it starts a server, and again while the server runs."""

import logging
import time

from jupyterhub.spawner import SpawnException

from labs.hub.grants import GrantsUnreachable, find_grant

log = logging.getLogger("labs.hub")


async def require_grant(settings, lab_id):
    """The Grant of `lab_id`, or a refusal that the learner can read."""
    try:
        grant = await find_grant(settings, lab_id)
    except GrantsUnreachable as error:
        raise SpawnException(
            "Labs cannot be started at the moment. Try again in some minutes.",
            reason="grants_unreachable",
            log_message=str(error),
            status_code=503,
        ) from error
    if grant is None:
        raise SpawnException(
            "Open the lab from your course: there you get leave to start it.",
            reason="no_grant",
            status_code=403,
        )
    return grant


async def reason_to_end(settings, lab_id, started_at):
    """Why the server of `lab_id` must end: "old", "no grant", or None if it may run on.

    While the platform does not answer, running servers live on until they are old.
    """
    if time.time() - started_at > settings.life_hours * 3600:
        return "old"
    try:
        grant = await find_grant(settings, lab_id)
    except GrantsUnreachable as error:
        log.warning("whether %s has a grant is not known: %s", lab_id, error)
        return None
    return None if grant else "no grant"
