"""From the course page to a marked notebook: a real site, Hub, sign-in, sandbox and marking."""

import json
import os
import signal
from importlib import import_module

import httpx
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse

from courses.domain.enrolment import suspend, withdraw
from courses.models import Progress, Result
from labs.backends import get_backend
from labs.domain.sessions import reconcile, sweep_access
from labs.models import Fleet, LabSession, Why
from labs.setup import prepare_hub
from lms.operations.services import free_port
from lms.organisations.scoping import every_organisation
from tests.labs.hub import Browser, JupyterServer, running_hub, until
from tests.labs.notebooks import handed_in
from tests.labs.test_submissions import RIGHT

PROBE = """
import os, socket
def reach(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2)
        return True
    except OSError:
        return False
shown = [name for name in os.listdir(".") if name[0] != "."]
print(6 * 7, reach(%d), shown, [name for name in os.environ if "SECRET" in name])
"""


@pytest.fixture
def site(transactional_db, django_db_serialized_rollback, live_server, settings):
    """The platform at its own address, and a Hub beside it."""
    settings.SITE_URL = live_server.url.replace("localhost", "127.0.0.1")
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.LABS_HUB_URL = f"http://127.0.0.1:{free_port()}"
    settings.LABS_HUB_API_URL = f"{settings.LABS_HUB_URL}/hub/api"
    prepare_hub()
    with running_hub(settings.LABS_DATA_DIR.parent, settings.LABS_HUB_URL) as hub:
        yield settings.SITE_URL, hub


@pytest.fixture
def browser_of(site, settings):
    """Opens browsers in which a user is signed in at the site, and nowhere else."""
    browsers = []

    def open_browser(user):
        browsers.append(Browser(site[0], session_of(user, settings)))
        return browsers[-1]

    yield open_browser
    for browser in browsers:
        browser.http.close()


def session_of(user, settings):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


@pytest.mark.postgresql
def test_from_the_course_page_to_a_result(site, browser_of, enrolment, other_enrolment, lab):
    address, hub = site
    key = lab.key
    page = reverse("courses:activity", args=[enrolment.pk, key])
    browser = browser_of(enrolment.user)

    # one click, no second sign-in
    assert "Open the lab" in browser.get(page).text
    opened = browser.post(reverse("labs:open", args=[enrolment.pk, key]))
    assert "jupyter-config-data" in opened.text, hub.log()
    assert opened.url.path.endswith("/doc/tree/f9-requests/f9-requests.ipynb")
    server = JupyterServer(browser, opened)
    assert server.user == enrolment.user.lab_identity.lab_id
    assert "is started cold" not in hub.log()

    # the sandbox: a kernel works, the platform's port is not there
    port = httpx.URL(address).port
    assert server.run(PROBE % port) == "42 False ['f9-requests'] []\n"

    # each kernel is its own, and can be interrupted, restarted and ended
    draw = "import numpy as np, random; print(np.random.random(), random.random())"
    assert server.run(draw) != server.run(draw)
    kernel = server.request("POST", "api/kernels", json={"name": "python3"}).json()["id"]
    for method, path, status in (
        ("POST", f"{kernel}/interrupt", 204),
        ("POST", f"{kernel}/restart", 200),
        ("DELETE", kernel, 204),
    ):
        assert server.request(method, f"api/kernels/{path}").status_code == status

    # another learner's session opens nothing here
    other = browser_of(other_enrolment.user)
    other.get(page.replace(str(enrolment.pk), str(other_enrolment.pk), 1))
    theirs = other.post(reverse("labs:open", args=[other_enrolment.pk, key]))
    others = JupyterServer(other, theirs)
    assert others.user != server.user
    assert other.http.get(f"{server.base}api/contents/").status_code == 403

    # nor does the platform's own token: it starts and stops servers, and cannot become a learner
    client = get_backend().client
    assert client.request("POST", f"/users/{server.user}/tokens").status_code in {403, 404}
    platform = {"Authorization": client.http.headers["Authorization"]}
    assert httpx.get(f"{server.base}api/contents/", headers=platform).status_code == 403

    # the Hub dies and comes back: server and proxy go on
    assert server.request("GET", "api/status").status_code == 200  # asks the Hub if it is long ago
    hub.kill()
    assert server.request("GET", "api/status").status_code == 200
    hub.start()
    assert server.request("GET", "api/contents/").status_code == 200

    # the proxy dies: the Hub brings it back, with its routes
    os.kill(hub.proxy_pid(), signal.SIGKILL)
    assert until(lambda: answers(server), 20)

    # the learner solves it, hands it in, and is told
    path = "api/contents/f9-requests/f9-requests.ipynb"
    notebook = server.request("GET", path).json()["content"]
    assert "mean()" not in json.dumps(notebook)
    solved = {"type": "notebook", "format": "json", "content": handed_in(notebook, RIGHT)}
    assert server.request("PUT", path, json=solved).status_code == 200
    result = browser.post(reverse("labs:submit", args=[enrolment.pk, key]))
    assert "4 / 4" in result.text
    with every_organisation():
        assert Result.objects.get(enrolment=enrolment, is_current=True).percent == 100
        assert Progress.objects.get(enrolment=enrolment, activity_key=key).completed_at

    # whoever withdraws is out
    assert answers(others)
    with every_organisation():
        withdraw(other_enrolment, by=other_enrolment.user)
    assert until(lambda: not answers(others), 10)
    again = other.post(reverse("labs:open", args=[other_enrolment.pk, key]))
    assert again.status_code == 404


@pytest.mark.postgresql
def test_the_end_of_access_does_not_wait_for_the_hub(site, browser_of, enrolment, lab):
    _address, hub = site
    browser = browser_of(enrolment.user)
    browser.get(reverse("courses:activity", args=[enrolment.pk, lab.key]))
    opened = browser.post(reverse("labs:open", args=[enrolment.pk, lab.key]))
    server = JupyterServer(browser, opened)

    # the Hub's list: who runs, and with how much memory
    reconcile()
    with every_organisation():
        session = LabSession.objects.open().get()
    assert session.seen_at
    assert get_backend().servers()[server.user].is_ready
    assert Fleet.objects.get().others == 0

    # the Hub is dead, and the server ends all the same
    hub.kill()
    with every_organisation():
        suspend(enrolment, by=enrolment.user, reason="left")
        assert not answers(server)
        session.refresh_from_db()
    assert (session.ended_at, session.stop_why) == (None, Why.NO_GRANT)

    # and when it is back, so is the place
    hub.start()
    sweep_access()
    with every_organisation():
        session.refresh_from_db()
    assert session.why_ended == Why.NO_GRANT
    assert get_backend().servers() == {}
    assert browser.http.get(f"{settings.LABS_HUB_URL}/hub/home").is_redirect


def answers(server):
    try:
        return server.request("GET", "api/status").status_code == 200
    except httpx.HTTPError:
        return False
