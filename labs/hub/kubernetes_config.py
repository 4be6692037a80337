"""The part of the Hub's configuration for servers in pods of a cluster.

Zero to JupyterHub's own configuration comes before it and brings the proxy, the database and the
addresses. Where the two speak of the same thing, this one holds.
"""

import os

from labs.hub.kubernetes import KubernetesSpawner
from labs.hub.settings import load_settings

HOME = "/home/learner"
USER = 1000

c = get_config()  # noqa: F821 - JupyterHub gives it

c.JupyterHub.spawner_class = KubernetesSpawner
pod = c.KubernetesSpawner
pod.platform = load_settings()
# by number: a pod that needs no names needs no way to a name server
pod.hub_connect_url = f"http://{os.environ['HUB_SERVICE_HOST']}:{os.environ['HUB_SERVICE_PORT']}"
# The platform ends a server at once; this is for when it could not, and asks it of each server.
pod.poll_interval = 60
pod.start_timeout = 300
pod.http_timeout = 90
pod.delete_grace_period = 1

pod.cmd = [
    "jupyterhub-singleuser",
    # other pods cannot reach kernels either way; on TCP the learner's own processes could
    "--KernelManager.transport=ipc",
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]
pod.port = 8888
pod.working_dir = HOME
pod.environment = {
    "HOME": HOME,
    "USER": "learner",
    "LOGNAME": "learner",
    "TMPDIR": "/tmp",  # noqa: S108 - the pod's own
    "JUPYTER_PREFER_ENV_PATH": "1",
    "JUPYTER_CONFIG_PATH": "/opt/labs/jupyter",
    "JUPYTER_PATH": "/opt/labs/jupyter",
    "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",  # noqa: S108
    "IPYTHONDIR": "/tmp/ipython",  # noqa: S108
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108
    "XDG_CACHE_HOME": "/tmp/cache",  # noqa: S108
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}

pod.privileged = False
pod.allow_privilege_escalation = False
pod.automount_service_account_token = False
pod.uid = pod.gid = USER
# the homes belong to that user already; a group would have the cluster change each file
pod.fs_gid = None
pod.pod_security_context = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
pod.container_security_context = {
    "runAsNonRoot": True,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}

# One volume of homes, which the platform mounts whole and each pod only its learner's part of.
pod.storage_pvc_ensure = False
pod.volumes = {
    "homes": {"name": "homes", "persistentVolumeClaim": {"claimName": "umahiri-homes"}},
    "tmp": {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
    "shm": {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
}
pod.volume_mounts = {
    "homes": {"name": "homes", "mountPath": HOME, "subPath": "{username}"},
    "tmp": {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
    "shm": {"name": "shm", "mountPath": "/dev/shm"},  # noqa: S108
}
