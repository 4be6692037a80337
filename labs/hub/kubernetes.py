"""Starts a learner's notebook server as a pod of a cluster.

What the pod may use comes from the grant, never from the options that a learner's own start can
carry. What it may do is fixed here and in `kubernetes_config`; the cluster's network policy leaves
it the Hub alone.
"""

import time

from kubespawner import KubeSpawner
from traitlets import Any

from labs.hub.leave import reason_to_end, require_grant

# what a learner's server fills once the libraries are loaded, of the 700 MB that most labs grant
GUARANTEED_PART_OF_MEMORY = 0.4


class KubernetesSpawner(KubeSpawner):
    platform = Any(config=True, help="the HubSettings")
    started_at = Any(0)

    # -- what a restarted Hub needs in order to know how old the server is

    def load_state(self, state):
        super().load_state(state)
        self.started_at = state.get("started_at", 0)

    def get_state(self):
        return {**super().get_state(), "started_at": self.started_at}

    def clear_state(self):
        super().clear_state()
        self.started_at = 0

    # -- life

    async def load_user_options(self):
        """First step of a start: the grant decides, whatever the request for the start said.

        Its environment is the name of a profile: an image, and a kind of machine if it needs one.
        """
        grant = await require_grant(self.platform, self.user.name)
        self.user_options = {"profile": grant.environment}
        await super().load_user_options()
        self.cpu_limit = grant.cpus
        self.mem_limit = f"{grant.memory_mb}M"
        self.mem_guarantee = f"{int(grant.memory_mb * GUARANTEED_PART_OF_MEMORY)}M"
        self.started_at = time.time()

    async def get_pod_manifest(self):
        pod = await super().get_pod_manifest()
        # else the addresses of every service in the namespace would stand in its environment
        pod.spec.enable_service_links = False
        return pod

    async def poll(self):
        status = await super().poll()
        if status is not None:
            return status
        reason = await reason_to_end(self.platform, self.user.name, self.started_at)
        if reason:
            self.log.warning("%s is ended: %s", self.user.name, reason)
            await self.stop()
            return 0
        return None
