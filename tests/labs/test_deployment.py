"""What an operator gives to a cluster: Helm values, objects, and the job that marks.

The chart of Zero to JupyterHub is in no package registry. With it unpacked, and helm-python-sdk
installed, `LABS_CHART=folder` has the last test render it with our values.
"""

import os
import re
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from jupyterhub.app import JupyterHub
from kubespawner import KubeSpawner
from traitlets.config.loader import PyFileConfigLoader

from labs.hub.grants import Grant
from labs.hub.kubernetes import KubernetesSpawner
from labs.hub.settings import CONFIG_VARIABLE
from tests.labs.cluster import VERSION
from tests.labs.test_spawner_contract import PRODUCT, hub_settings

DEPLOY = PRODUCT / "deploy" / "labs"
SECRET = re.compile(
    r"password|api_?token|secret_?token|cookie_?secret|client_?secret", re.IGNORECASE
)
# what the chart's own configuration leaves behind before it runs `hub.extraConfig`
CHART = """
c = get_config()
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.hub_connect_url = "http://hub:8081"
c.JupyterHub.services = [{"name": "jupyterhub-idle-culler", "command": ["cull"]}]
c.JupyterHub.load_roles = [{"name": "jupyterhub-idle-culler", "scopes": ["list:users"]}]
c.KubeSpawner.fs_gid = 100
c.KubeSpawner.namespace = "labs"
c.KubeSpawner.volumes = {}
c.Spawner.cmd = "jupyterhub-singleuser"
"""


def documents(name):
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def merged(one, other):
    """As Helm merges one file of values over another."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: merged(one.get(key), value) for key, value in other.items()}}


@pytest.fixture
def values():
    (general,), (site,) = documents("values.yaml"), documents("site.example.yaml")
    return merged(general, site)


def paths(tree, path=()):
    if not isinstance(tree, dict):
        yield path
        return
    for key, value in tree.items():
        yield from paths(value, (*path, key))


def test_no_secret_is_in_the_values(values):
    assert [path for path in paths(values) if SECRET.search(str(path[-1]))] == []


@pytest.mark.parametrize("name", ["cluster.yaml", "marking-job.yaml"])
def test_objects_fit_kubernetes(name):
    found = documents(name)

    for thing in found:
        kubernetes_validate.validate(thing, VERSION, strict=True)


def test_the_values_name_settings_that_exist(values):
    (section,) = values["hub"]["config"].items()
    assert section[0] == "JupyterHub"
    assert set(section[1]) <= set(JupyterHub.class_trait_names(config=True))
    for profile in values["singleuser"]["profileList"]:
        overrides = set(profile.get("kubespawner_override", {}))
        assert overrides <= set(KubeSpawner.class_trait_names(config=True))


def test_the_environment_that_labs_begin_with_is_a_profile(values):
    profiles = values["singleuser"]["profileList"]

    assert [p["slug"] for p in profiles if p.get("default")] == [Grant(memory_mb=1).environment]


def test_learners_pods_reach_the_hub_alone(values):
    policy = values["singleuser"]["networkPolicy"]

    assert policy["enabled"]
    assert set(policy["egressAllowRules"].values()) == {False}
    # all that the chart knows
    assert set(policy["egressAllowRules"]) == {
        "cloudMetadataServer",
        "dnsPortsCloudMetadataServer",
        "dnsPortsKubeSystemNamespace",
        "dnsPortsPrivateIPs",
        "nonPrivateIPs",
        "privateIPs",
    }


def test_the_platforms_configuration_holds_over_the_charts(values, tmp_path, monkeypatch):
    hub = hub_settings(tmp_path, spawner="kubernetes", grants_url="http://platform/grants")
    monkeypatch.setenv(CONFIG_VARIABLE, str(hub.config_file))
    monkeypatch.setenv("HUB_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("HUB_SERVICE_PORT", "8081")
    (extra,) = values["hub"]["extraConfig"].values()
    extra = extra.replace("/opt/umahiri", str(PRODUCT))
    (tmp_path / "jupyterhub_config.py").write_text(f"{CHART}\nexec({extra!r})\n")
    config = PyFileConfigLoader(str(tmp_path / "jupyterhub_config.py")).load_config()

    names = {"jupyterhub-idle-culler", "platform"}
    assert {service["name"] for service in config.JupyterHub.services} == names
    assert {role["name"] for role in config.JupyterHub.load_roles} == names
    assert config.JupyterHub.hub_connect_url == "http://hub:8081"
    assert config.JupyterHub.spawner_class is KubernetesSpawner
    # a class's own settings hold over those of the class that it extends
    pods = {**config.Spawner, **config.KubeSpawner, **config.KubernetesSpawner}
    assert (pods["namespace"], pods["fs_gid"], pods["uid"]) == ("labs", None, 1000)
    assert pods["hub_connect_url"] == "http://10.0.0.1:8081"
    assert set(pods["volumes"]) == {"homes", "tmp", "shm"}
    assert pods["cmd"][0] == "jupyterhub-singleuser"


if "LABS_CHART" in os.environ:

    def test_the_chart_makes_valid_objects_of_the_values(values):
        import helm_python

        chart = helm_python.Chart.load(os.environ["LABS_CHART"])
        things = [
            thing
            for path, text in chart.render(values=values).items()
            if Path(path).suffix == ".yaml"
            for thing in yaml.safe_load_all(text)
            if thing
        ]
        for thing in things:
            kubernetes_validate.validate(thing, VERSION, strict=True)

        named = {
            (thing["kind"], thing["metadata"]["name"]): thing["spec"]
            for thing in things
            if "spec" in thing
        }
        egress = named["NetworkPolicy", "singleuser"]["egress"]
        ports = {port["port"] for rule in egress for port in rule["ports"]}
        assert ports <= {8081, 8000, 8080, 8443}
        assert named["StatefulSet", "user-placeholder"]["replicas"] == 40
        (container,) = named["Deployment", "hub"]["template"]["spec"]["containers"]
        assert "/data/labs/hub" in {mount["mountPath"] for mount in container["volumeMounts"]}
