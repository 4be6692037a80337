"""Learners' servers beside those of a stock JupyterHub, by the clock and by processor time.

Both Hubs run in this Python environment, behind the same site, sign-in and proxy; the stock one
starts its servers with SimpleLocalProcessSpawner. The site, a PostgreSQL and a Valkey are started
for the occasion, in their production form.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urljoin
from uuid import uuid4

import aiohttp
import psutil
import yarl

from lms.operations.services import free_port, postgres_server, running, valkey_server

CLASS = 20
ONE_BY_ONE = 3
PATIENCE = 300
LAST_LINE = "FIGURES "
CONFIG_DATA = re.compile(r'id="jupyter-config-data"[^>]*>\s*(\{.*?\})\s*</script>', re.DOTALL)
NOTEBOOK = "/hub/user-redirect/lab"
LAB = """
import numpy as np, pandas as pd, matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
chance = np.random.default_rng(0)
X = chance.normal(size=(2000, 8))
y = (X @ chance.normal(size=8) > 0).astype(int)
A, B, a, b = train_test_split(X, y, random_state=0)
forest = RandomForestClassifier(40, random_state=0).fit(A, a)
line = LogisticRegression().fit(A, a)
means = pd.DataFrame(X).assign(y=y).groupby("y").mean()
plt.plot(means.T)
plt.show()
print("done", forest.score(B, b) > 0.8)
"""
STOCK = """
import os, sys
from oauthenticator.generic import GenericOAuthenticator
from labs.hub.settings import load_settings
c = get_config()
platform = load_settings()
c.JupyterHub.bind_url = f"http://127.0.0.1:{platform.port}"
c.JupyterHub.hub_port = int(os.environ["HUB_PORT"])
c.JupyterHub.db_url = "sqlite:///" + os.path.join(os.environ["STOCK"], "hub.sqlite")
c.JupyterHub.cookie_secret = os.urandom(32)
c.ConfigurableHTTPProxy.command = [sys.executable, "-m", "labs.hub.proxy"]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['PROXY_PORT']}"
c.ConfigurableHTTPProxy.pid_file = os.path.join(os.environ["STOCK"], "proxy.pid")
c.JupyterHub.authenticator_class = GenericOAuthenticator
a = c.GenericOAuthenticator
a.client_id, a.client_secret = "jupyterhub", platform.secret("client_secret")
a.oauth_callback_url = f"{platform.public_url}/hub/oauth_callback"
a.authorize_url, a.token_url = platform.authorize_url, platform.token_url
a.userdata_url = platform.userinfo_url
a.scope, a.username_claim = ["openid", "labs"], "lab_id"
a.auto_login = a.allow_all = a.enable_pkce = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = os.path.join(os.environ["STOCK"], "{username}")
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.Spawner.args = ["--allow-root"] if os.getuid() == 0 else []
"""


def measure(say, learners=CLASS):
    """The figures of both; `say` is told what is going on."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="umahiri-labs-"))
        hub = f"http://127.0.0.1:{free_port()}"
        environment = {
            **os.environ,
            "LMS_DATA_DIR": folder,
            "LMS_REDIS_URL": stack.enter_context(valkey_server()),
            "LMS_DATABASE_URL": stack.enter_context(postgres_server()),
            "LMS_SITE_URL": f"http://127.0.0.1:{free_port()}",
            "LMS_LABS_HUB_URL": hub,
            "LMS_LABS_HUB_API_URL": f"{hub}/hub/api",
            "LMS_DEMO": "0",
            "DJANGO_SETTINGS_MODULE": "lms.settings.base",
        }
        inside = stack.enter_context(
            subprocess.Popen(  # noqa: S603 - this module again, with those servers in its settings
                [sys.executable, "-m", __name__, str(learners)],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        for line in inside.stdout:
            if line.startswith(LAST_LINE):
                return json.loads(line.removeprefix(LAST_LINE))
            say(line.rstrip())
    raise RuntimeError("the measurement ended without figures")


def print_figures(figures, say):
    number = figures["ours"]["learners"]
    say(f"\n{'':<44}{'ours':>10}{'stock':>10}{'ratio':>8}")
    rows = (
        ("click to JupyterLab, signed in: seconds", "click_seconds"),
        ("  processor time: seconds", "click_processor_seconds"),
        (f"{number} click at once, the last has it: seconds", "class_seconds"),
        ("  processor time: seconds", "class_processor_seconds"),
        (f"{number} do a lab at once: seconds", "lab_seconds"),
        ("  processor time: seconds", "lab_processor_seconds"),
        ("unique memory a learner after the lab: MB", "unique_megabytes"),
        ("proportional memory a learner: MB", "proportional_megabytes"),
    )
    for name, key in rows:
        ours, stock = figures["ours"][key], figures["stock"][key]
        say(f"{name:<44}{ours:>10}{stock:>10}{stock / max(ours, 0.01):>8.1f}")


def run(learners):
    """Inside: prepare the site and the learners, and measure both Hubs one after the other."""
    import django  # the settings come with the environment of this process

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from labs.hub.command import hub_command, stop_labs
    from labs.setup import prepare_hub
    from lms.operations.processes import wait_for_port, web

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    hub = prepare_hub()
    sessions = _make_learners(hub, 2 * (1 + ONE_BY_ONE + learners))
    half = len(sessions) // 2
    site = web()
    figures = {}
    with ExitStack() as stack:
        process = stack.enter_context(running(site.argv, env={**os.environ, **site.env}))
        if not wait_for_port("127.0.0.1", int(settings.SITE_URL.rsplit(":", 1)[1]), 60):
            raise RuntimeError("The web server did not start.")
        argv, environment = hub_command(settings.DATA_DIR)
        modes = {
            "stock": (_stock(argv, environment), sessions[half:]),
            "ours": ((argv, environment), sessions[:half]),
        }
        for name, (command, people) in modes.items():
            _tell(f"Measuring {name}: one after another, then {learners} at once …")
            try:
                with _hub(command, hub.port, settings.DATA_DIR / f"{name}.log") as started:
                    figures[name] = asyncio.run(_measure_hub(settings, people, process, started))
            finally:
                stop_labs(settings.DATA_DIR)
    _tell(LAST_LINE + json.dumps(figures))


def _tell(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _make_learners(hub, number):
    from django.conf import settings

    from labs.backends import homes
    from labs.hub.grants import Grant, write_grant
    from labs.models import LabIdentity
    from lms.accounts.models import User
    from lms.operations.benchmarks.population import session_of

    hub.homes.mkdir(mode=0o700, parents=True, exist_ok=True)
    sessions = []
    for position in range(number):
        user = User.objects.create(
            email=f"lab-{position}@example.org", full_name=f"Learner {position}"
        )
        identity = LabIdentity.objects.create(user=user)
        write_grant(hub, identity.lab_id, Grant(memory_mb=1000))
        homes.write_missing(hub.homes / identity.lab_id, hub.first_user + position, "lab", ())
        Path(settings.DATA_DIR, "stock", identity.lab_id).mkdir(parents=True)
        sessions.append(session_of(user))
    return sessions


def _stock(argv, environment):
    """The command of the stock Hub: the same interpreter and settings of sign-in."""
    from django.conf import settings

    folder = Path(settings.DATA_DIR, "stock")
    configuration = folder / "jupyterhub_config.py"
    configuration.write_text(STOCK)
    more = {"STOCK": str(folder), "HUB_PORT": str(free_port()), "PROXY_PORT": str(free_port())}
    return [*argv[:-1], str(configuration)], environment | more


@contextmanager
def _hub(command, port, log_file):
    from lms.operations.processes import wait_for_port

    argv, environment = command
    with log_file.open("wb") as log:
        process = subprocess.Popen(argv, env=environment, stdout=log, stderr=log)  # noqa: S603
    try:
        if not wait_for_port("127.0.0.1", port, 60):
            raise RuntimeError(log_file.read_text()[-2000:])
        yield process
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(60)
        # the stock Hub's servers may need longer than it waits
        for child in family:
            if child.is_running():
                child.kill()


async def _measure_hub(settings, sessions, site, hub):
    """The figures of one Hub, whose first server is not counted: it warms disk and libraries."""
    learners = [Learner(settings, session) for session in sessions]
    try:
        await learners[0].click()
        clock = Clock(site, hub)
        for learner in learners[1 : 1 + ONE_BY_ONE]:
            await learner.click()
        one = clock.since()
        together = learners[1 + ONE_BY_ONE :]
        before = set(_servers(hub))
        clock = Clock(site, hub)
        await asyncio.gather(*(learner.click() for learner in together))
        at_once = clock.since()
        clock = Clock(site, hub)
        await asyncio.gather(*(learner.work() for learner in together))
        work = clock.since()
        unique, proportional = _memory([pid for pid in _servers(hub) if pid not in before])
        return {
            "click_seconds": round(one["seconds"] / ONE_BY_ONE, 2),
            "click_processor_seconds": round(one["processor"] / ONE_BY_ONE, 2),
            "learners": len(together),
            "class_seconds": round(at_once["seconds"], 1),
            "class_processor_seconds": round(at_once["processor"], 1),
            "lab_seconds": round(work["seconds"], 1),
            "lab_processor_seconds": round(work["processor"], 1),
            "unique_megabytes": round(unique / len(together)),
            "proportional_megabytes": round(proportional / len(together)),
        }
    finally:
        for learner in learners:
            await learner.http.close()


class Clock:
    """Seconds, and processor time of the site and of all that the Hub has started."""

    def __init__(self, *processes):
        self.processes = [psutil.Process(process.pid) for process in processes]
        self.began, self.spent = time.perf_counter(), self._spent()

    def _spent(self):
        total = 0
        for root in self.processes:
            for process in (root, *root.children(recursive=True)):
                try:
                    total += sum(process.cpu_times()[:4])
                except psutil.NoSuchProcess:
                    continue
        return total

    def since(self):
        return {
            "seconds": time.perf_counter() - self.began,
            "processor": self._spent() - self.spent,
        }


def _servers(hub):
    """The processes of servers and kernels: what the Hub started, but for its own helpers."""
    own = ("labs.hub.proxy", "labs.hub.gate")
    found = []
    for process in psutil.Process(hub.pid).children(recursive=True):
        try:
            command = " ".join(process.cmdline())
            is_zygote = "labs.sandbox.zygote" in command and process.ppid() == hub.pid
        except psutil.NoSuchProcess:
            continue
        if not is_zygote and not any(name in command for name in own):
            found.append(process.pid)
    return found


def _memory(pids):
    """Unique and proportional megabytes of the processes together."""
    unique = proportional = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        size = {
            line.split(":")[0]: int(line.split()[1]) for line in text.splitlines() if " kB" in line
        }
        unique += size["Private_Clean"] + size["Private_Dirty"]
        proportional += size["Pss"]
    return unique / 1024, proportional / 1024


class Learner:
    """A browser that is signed in at the site, and nowhere else."""

    def __init__(self, settings, session):
        self.address = settings.LABS_HUB_URL
        self.http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(PATIENCE)
        )
        self.http.cookie_jar.update_cookies(
            {settings.SESSION_COOKIE_NAME: session}, yarl.URL(settings.SITE_URL)
        )

    async def click(self):
        """From the link in the course to JupyterLab's page, each redirect followed."""
        url = f"{self.address}/hub/oauth_login?next={NOTEBOOK}"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            async with self.http.get(url, allow_redirects=False) as page:
                text = await page.text()
            if 300 <= page.status < 400:  # noqa: PLR2004
                url = urljoin(url, page.headers["Location"])
            elif found := CONFIG_DATA.search(text):
                self.config = json.loads(found[1])
                self.base = urljoin(url, self.config["baseUrl"])
                return
            else:
                # the page that waits for a server looks again
                await asyncio.sleep(0.1)
                if "spawn-pending" not in url:
                    url = f"{self.address}{NOTEBOOK}"
        raise TimeoutError(url)

    def headers(self, path):
        cookies = self.http.cookie_jar.filter_cookies(yarl.URL(urljoin(self.base, path)))
        return {"X-XSRFToken": cookies["_xsrf"].value}

    async def work(self):
        """Run the lab in a new kernel, to its end."""
        async with self.http.post(
            f"{self.base}api/kernels", json={"name": "python3"}, headers=self.headers("api/kernels")
        ) as answer:
            kernel = (await answer.json())["id"]
        header = {
            "msg_id": uuid4().hex,
            "msg_type": "execute_request",
            "version": "5.3",
            "username": "",
            "session": uuid4().hex,
            "date": "2026-01-01T00:00:00Z",
        }
        content = {"code": LAB, "silent": False, "store_history": False, "user_expressions": {}}
        message = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
            "buffers": [],
        }
        channels = f"{self.base}api/kernels/{kernel}/channels"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            # a server that waits too long for its kernel closes the line; a browser comes back
            if await self._ran(channels, message):
                return
            await asyncio.sleep(1)
        raise RuntimeError("the kernel was lost")

    async def _ran(self, channels, message):
        header = message["header"]
        async with self.http.ws_connect(channels, max_msg_size=0) as channel:
            await channel.send_json(message)
            async for received in channel:
                answer = json.loads(received.data)
                if answer["parent_header"].get("msg_id") != header["msg_id"]:
                    continue
                if answer["msg_type"] == "execute_reply":
                    if answer["content"]["status"] != "ok":
                        raise RuntimeError(answer["content"])
                    return True
        return False


if __name__ == "__main__":
    run(int(sys.argv[1]))
