"""What every spawner keeps, tried on each: sandboxes of this machine, and pods of a cluster.

The sandboxes are real; the cluster is an API of our own that keeps its objects to the schemas.
"""

import asyncio
import json
import os
import time
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import kubespawner.spawner
import pytest
import yaml
from aiohttp import web
from jupyterhub.objects import Hub
from jupyterhub.spawner import SpawnException
from kubernetes_asyncio.client import Configuration
from traitlets.config.loader import PyFileConfigLoader

from labs.hub.command import prepare_folders, run_folder
from labs.hub.grants import Grant, read_grant, remove_grant, write_grant
from labs.hub.kubernetes import KubernetesSpawner
from labs.hub.settings import CONFIG_VARIABLE, HubSettings
from labs.hub.spawner import SandboxSpawner
from labs.sandbox.cgroups import ControlGroup
from tests.labs.cluster import NAMESPACE, Cluster, serving

LAB_ID = f"l{os.getpid():012x}"  # its control group is the machine's: another worker has its own
PRODUCT = Path(__file__).parents[2]
VALUES = yaml.safe_load((PRODUCT / "deploy" / "labs" / "values.yaml").read_text())


def hub_settings(folder, **changes):
    hub = HubSettings(
        folder=str(folder / "labs"),
        run_folder=str(run_folder(folder)),
        port=1,
        public_url="http://labs.example.org",
        authorize_url="",
        token_url="",
        userinfo_url="",
        return_url="",
        **changes,
    )
    prepare_folders(hub)
    hub.save()
    return hub


def configuration(hub, monkeypatch):
    """JupyterHub's configuration as the Hub itself loads it."""
    monkeypatch.setenv(CONFIG_VARIABLE, str(hub.config_file))
    return PyFileConfigLoader(str(PRODUCT / "labs/hub/jupyterhub_config.py")).load_config()


class Sandboxes:
    spawner_class = SandboxSpawner

    def __init__(self, folder, monkeypatch):
        self.hub = hub_settings(folder, warm=False)
        self.config = configuration(self.hub, monkeypatch)
        home = self.hub.homes / LAB_ID
        home.mkdir(mode=0o700)
        if home.stat().st_uid == 0:
            os.chown(home, 230_001, 230_001)

    def memory_mb(self, spawner):
        group = ControlGroup(LAB_ID)
        if group.kind == "none":
            limits = Path(f"/proc/{spawner.running.first_pid}/limits").read_text()
            (line,) = (line for line in limits.splitlines() if "address space" in line)
            return (int(line.split()[3]) >> 20) // 4
        name = "memory.max" if group.kind == "v2" else "memory.limit_in_bytes"
        return int((group.folders[0] / name).read_text()) >> 20

    def is_there(self, spawner):
        return spawner.running is not None and spawner.running.is_alive()

    def end(self, spawner):
        spawner.running.kill()

    def close(self):
        pass


class Pods:
    spawner_class = KubernetesSpawner

    def __init__(self, folder, monkeypatch):
        self.cluster, self.is_down = Cluster(), False
        application = self.cluster.application()
        application.router.add_get("/grants/{lab_id}", self.tell_grant)
        self.serving = serving(application)
        address = f"http://127.0.0.1:{self.serving.__enter__()}"
        self.hub = hub_settings(folder, spawner="kubernetes", grants_url=f"{address}/grants")
        monkeypatch.setenv("HUB_SERVICE_HOST", "10.0.0.1")
        monkeypatch.setenv("HUB_SERVICE_PORT", "8081")
        self.config = configuration(self.hub, monkeypatch)
        # what the chart makes of its values
        self.config.KubeSpawner.namespace = NAMESPACE
        self.config.KubeSpawner.image = "registry.example.org/umahiri-learner:1"
        self.config.KubeSpawner.profile_list = VALUES["singleuser"]["profileList"]
        # what the cluster tells each of its pods
        monkeypatch.setattr(kubespawner.spawner, "load_config", lambda **_options: None)
        Configuration.set_default(Configuration(host=address))

    async def tell_grant(self, request):
        """As the platform does (tests/labs/test_grants.py)."""
        is_known = request.headers["Authorization"] == f"Bearer {self.hub.secret('grants_token')}"
        if self.is_down or not is_known:
            return web.Response(status=502 if self.is_down else 401)
        grant = read_grant(self.hub, request.match_info["lab_id"])
        return web.json_response(asdict(grant)) if grant else web.Response(status=404)

    def pod(self):
        (pod,) = self.cluster.pods.values()
        return pod

    def memory_mb(self, spawner):
        (container,) = self.pod()["spec"]["containers"]
        return int(container["resources"]["limits"]["memory"]) >> 20

    def is_there(self, spawner):
        return spawner.pod_name in self.cluster.pods

    def end(self, spawner):
        self.cluster.end_pod(spawner.pod_name, 1)

    def close(self):
        Configuration.set_default(None)
        self.serving.__exit__(None, None, None)


@pytest.fixture(params=[Sandboxes, Pods])
def place(request, tmp_path, monkeypatch):
    place = request.param(tmp_path, monkeypatch)
    yield place
    place.close()


@pytest.fixture
def pods(tmp_path, monkeypatch):
    place = Pods(tmp_path, monkeypatch)
    yield place
    place.close()


def new_spawner(place, options=None):
    """A spawner as the Hub makes one for a learner."""
    user = SimpleNamespace(
        name=LAB_ID, escaped_name=LAB_ID, url=f"/user/{LAB_ID}/", id=7, groups=[]
    )
    spawner_class = place.config.JupyterHub.spawner_class
    spawner = spawner_class(
        hub=Hub(), user=user, config=place.config, api_token="token", oauth_client_id="client"
    )
    spawner.user_options = options or {}
    return spawner


def granted(place, **limits):
    write_grant(place.hub, LAB_ID, Grant(**{"memory_mb": 512, **limits}))


def run(scenario):
    """Run `scenario`, and end what the spawners of its loop share."""

    async def whole():
        try:
            await asyncio.wait_for(scenario, 60)
        finally:
            await KubernetesSpawner._stop_all_reflectors()
            KubernetesSpawner.reflectors.clear()

    asyncio.run(whole())


async def until(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def test_the_setting_chooses_the_class(place):
    assert place.config.JupyterHub.spawner_class is place.spawner_class


def test_without_a_grant_nothing_starts(place):
    async def scenario():
        spawner = new_spawner(place)

        with pytest.raises(SpawnException) as refusal:
            await spawner.start()

        assert refusal.value.reason == "no_grant"
        assert not place.is_there(spawner)

    run(scenario())


def test_a_server_starts_within_the_limits_of_its_grant_and_stops(place):
    async def scenario():
        granted(place, memory_mb=512)
        # what a learner's own start may carry
        spawner = new_spawner(
            place, {"profile": "python-gpu", "memory_mb": 64_000, "mem_limit": "64G"}
        )
        assert await spawner.start()
        try:
            assert await spawner.poll() is None
            assert place.is_there(spawner)
            assert place.memory_mb(spawner) == 512
        finally:
            await spawner.stop()

        assert await spawner.poll() is not None
        assert not place.is_there(spawner)

        # and again, with the grant as it is then
        granted(place, memory_mb=640)
        again = new_spawner(place)
        await again.start()
        try:
            assert place.memory_mb(again) == 640
        finally:
            await again.stop()

    run(scenario())


def taken_away(place):
    remove_grant(place.hub, LAB_ID)


def used_up(place):
    granted(place, until=time.time() - 1)


@pytest.mark.parametrize("end", [taken_away, used_up])
def test_a_server_is_ended_when_its_grant_goes(place, end):
    async def scenario():
        granted(place)
        spawner = new_spawner(place)
        await spawner.start()
        end(place)

        assert await spawner.poll() == 0
        assert not place.is_there(spawner)

    run(scenario())


def test_a_server_is_ended_when_its_life_is_over(place):
    async def scenario():
        granted(place)
        spawner = new_spawner(place)
        await spawner.start()
        spawner.platform = replace(place.hub, life_hours=0)

        assert await spawner.poll() == 0
        assert not place.is_there(spawner)

    run(scenario())


def test_a_server_that_ended_by_itself_is_seen(place):
    async def scenario():
        granted(place)
        spawner = new_spawner(place)
        await spawner.start()
        place.end(spawner)

        async def is_seen():
            return await spawner.poll() is not None

        await until(is_seen)
        await spawner.stop()

    run(scenario())


def test_a_restarted_hub_takes_up_the_server(place):
    async def scenario():
        granted(place)
        before = new_spawner(place)
        await before.start()
        kept = json.loads(json.dumps(before.get_state()))

        after = new_spawner(place)
        after.load_state(kept)

        assert await after.poll() is None
        assert after.started_at == before.started_at
        await after.stop()
        assert not place.is_there(before)
        after.clear_state()
        assert await new_spawner(place).poll() is not None

    run(scenario())


def test_while_the_platform_is_silent_servers_live_on_and_none_starts(pods):
    async def scenario():
        granted(pods)
        spawner = new_spawner(pods)
        await spawner.start()
        pods.is_down = True

        assert await spawner.poll() is None
        with pytest.raises(SpawnException) as refusal:
            await new_spawner(pods).start()
        assert refusal.value.reason == "grants_unreachable"

        pods.is_down = False
        await spawner.stop()

    run(scenario())


def test_a_pod_can_do_nothing_but_its_work(pods):
    async def scenario():
        granted(pods)
        spawner = new_spawner(pods)
        await spawner.start()
        spec = pods.pod()["spec"]
        await spawner.stop()

        (container,) = spec["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsGroup": 1000,
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        environment = {entry["name"]: entry.get("value") for entry in container["env"]}
        assert environment["JUPYTERHUB_API_URL"].startswith("http://10.0.0.1:8081/")
        assert pods.hub.secret("service_token") not in json.dumps(spec)
        homes = [mount for mount in container["volumeMounts"] if mount["name"] == "homes"]
        assert homes == [{"name": "homes", "mountPath": "/home/learner", "subPath": LAB_ID}]

    run(scenario())


def test_the_environment_of_the_grant_is_a_profile(pods):
    async def scenario():
        granted(pods, memory_mb=8000, cpus=4, environment="python-gpu")
        spawner = new_spawner(pods)
        await spawner.start()
        spec = pods.pod()["spec"]
        await spawner.stop()

        limits = spec["containers"][0]["resources"]["limits"]
        assert limits == {"cpu": 4, "memory": 8000 << 20, "nvidia.com/gpu": "1"}
        assert spec["nodeSelector"] == {"umahiri.labs/machine": "gpu"}

        granted(pods, environment="unheard-of")
        with pytest.raises(ValueError, match="unheard-of"):
            await new_spawner(pods).start()

    run(scenario())
