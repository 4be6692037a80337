"""From the course page to a result where the Hub starts pods: a real site, Hub, sign-in and servers.

Stand-ins: the cluster's API (`cluster.py`), which runs what it is told, and our proxy for the chart's.
"""

import os
import subprocess
import sys

import httpx
import pytest
import yaml
from django.urls import reverse

from labs.backends import get_backend
from labs.hub.settings import CONFIG_VARIABLE
from labs.setup import prepare_hub
from lms.operations.services import free_port
from tests.labs.cluster import NAMESPACE, Cluster, serving
from tests.labs.hub import JupyterServer, until
from tests.labs.notebooks import handed_in
from tests.labs.test_deployment import documents
from tests.labs.test_end_to_end import answers, browser_of  # noqa: F401 - a fixture
from tests.labs.test_spawner_contract import PRODUCT
from tests.labs.test_submissions import RIGHT

START_SECONDS = 120
# what the chart's own configuration makes of its services and values
CHART = """
c = get_config()
c.JupyterHub.bind_url = {public!r}
c.JupyterHub.hub_bind_url = c.JupyterHub.hub_connect_url = {hub!r}
c.JupyterHub.db_url = "sqlite:///{folder}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.services = []
c.JupyterHub.load_roles = []
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = {proxy!r}
c.ConfigurableHTTPProxy.auth_token = "token-of-the-proxy"
c.KubeSpawner.namespace = {namespace!r}
c.KubeSpawner.image = "registry.example.org/umahiri-learner:1"
c.KubeSpawner.profile_list = {profiles!r}
exec({extra!r})
"""


class ClusterHub:
    """The Hub's pod and the proxy's, as processes."""

    def __init__(self, folder, url, api):
        self.folder, self.url = folder, url
        hub_port, proxy_port = free_port(), free_port()
        (values,) = documents("values.yaml")
        (extra,) = values["hub"]["extraConfig"].values()
        self.config = folder / "jupyterhub_config.py"
        self.config.write_text(
            CHART.format(
                public=url,
                hub=f"http://127.0.0.1:{hub_port}",
                proxy=f"http://127.0.0.1:{proxy_port}",
                folder=folder,
                namespace=NAMESPACE,
                profiles=values["singleuser"]["profileList"],
                extra=extra.replace("/opt/umahiri", str(PRODUCT)),
            )
        )
        account = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "labs",
            "contexts": [{"name": "labs", "context": {"cluster": "labs", "user": "hub"}}],
            "clusters": [{"name": "labs", "cluster": {"server": api}}],
            "users": [{"name": "hub", "user": {}}],
        }
        (folder / "kubeconfig").write_text(yaml.safe_dump(account))
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(PRODUCT),
            "KUBECONFIG": str(folder / "kubeconfig"),
            "HUB_SERVICE_HOST": "127.0.0.1",
            "HUB_SERVICE_PORT": str(hub_port),
            CONFIG_VARIABLE: str(folder / "labs" / "hub" / "hub.json"),
        }
        port = httpx.URL(url).port
        proxy = ["labs.hub.proxy", "--port", str(port), "--api-port", str(proxy_port)]
        self.proxy = self.run(proxy, CONFIGPROXY_AUTH_TOKEN="token-of-the-proxy")
        self.start()

    def run(self, module, **more):
        with (self.folder / "hub.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *module],
                env=self.environment | more,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def start(self):
        self.process = self.run(["jupyterhub", "-f", str(self.config)])
        until(lambda: self.answers() or self.process.poll() is not None, START_SECONDS)
        assert self.answers(), self.log()

    def answers(self):
        try:
            return httpx.get(f"{self.url}/hub/api/", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self, process):
        process.kill()
        process.wait()

    def log(self):
        return (self.folder / "hub.log").read_text()[-6000:]


@pytest.fixture
def site(transactional_db, django_db_serialized_rollback, live_server, settings):
    """The platform at its own address, and a Hub of a cluster beside it."""
    settings.SITE_URL = live_server.url.replace("localhost", "127.0.0.1")
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.LABS_SPAWNER = "kubernetes"
    settings.LABS_HUB_URL = f"http://127.0.0.1:{free_port()}"
    settings.LABS_HUB_API_URL = f"{settings.LABS_HUB_URL}/hub/api"
    settings_of_hub = prepare_hub()
    folder = settings.LABS_DATA_DIR.parent
    cluster = Cluster(homes=settings_of_hub.homes, log=folder / "pods.log")
    with serving(cluster.application()) as port:
        hub = ClusterHub(folder, settings.LABS_HUB_URL, f"http://127.0.0.1:{port}")
        hub.cluster = cluster
        yield settings.SITE_URL, hub
        hub.kill(hub.process)
        hub.kill(hub.proxy)
    cluster.end_processes()


@pytest.mark.postgresql
def test_from_the_course_page_to_a_result_in_a_pod(
    site,
    browser_of,  # noqa: F811 - the fixture
    enrolment,
    other_enrolment,
    lab,
):
    _address, hub = site
    key = lab.key
    browser = browser_of(enrolment.user)

    # one click, no second sign-in: the grant was asked for by HTTP, the pod was made
    browser.get(reverse("courses:activity", args=[enrolment.pk, key]))
    opened = browser.post(reverse("labs:open", args=[enrolment.pk, key]))
    assert "jupyter-config-data" in opened.text, hub.log()
    server = JupyterServer(browser, opened)
    assert server.user == enrolment.user.lab_identity.lab_id
    (pod,) = hub.cluster.pods

    # nobody else's session opens it, nor the platform's own token
    stranger = browser_of(other_enrolment.user)
    assert stranger.http.get(f"{server.base}api/contents/").status_code in {302, 403}
    platform = {"Authorization": get_backend().client.http.headers["Authorization"]}
    assert httpx.get(f"{server.base}api/contents/", headers=platform).status_code == 403

    # the Hub dies and comes back: the pod goes on, and is taken up
    hub.kill(hub.process)
    assert answers(server)
    hub.start()
    assert server.request("GET", "api/contents/").status_code == 200
    assert list(hub.cluster.pods) == [pod]

    # what is saved in the pod is what is handed in
    path = "api/contents/f9-requests/f9-requests.ipynb"
    notebook = server.request("GET", path).json()["content"]
    solved = {"type": "notebook", "format": "json", "content": handed_in(notebook, RIGHT)}
    assert server.request("PUT", path, json=solved).status_code == 200
    result = browser.post(reverse("labs:submit", args=[enrolment.pk, key]))
    assert "4 / 4" in result.text

    # whose leave is taken away is out, and the pod is gone
    get_backend().stop(server.user)
    assert until(lambda: not hub.cluster.pods, 20)
    assert hub.cluster.deleted == [pod]
    assert not answers(server)
