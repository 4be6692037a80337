"""A real Hub for tests, and a browser's way through it."""

import asyncio
import json
import re
import subprocess
import time
from contextlib import contextmanager, suppress
from urllib.parse import urljoin
from uuid import uuid4

import aiohttp
import httpx

from labs.hub.command import hub_command, stop_labs

START_SECONDS = 60


@contextmanager
def running_hub(data_dir, url):
    """A `Hub` that answers at `url`; it, its proxy and its servers are ended afterwards."""
    hub = Hub(data_dir, url)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()
        stop_labs(data_dir)


class Hub:
    def __init__(self, data_dir, url):
        self.data_dir, self.url = data_dir, url

    def start(self):
        argv, environment = hub_command(self.data_dir)
        with (self.data_dir / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                argv, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        until(lambda: self.answers() or self.process.poll() is not None, START_SECONDS)
        assert self.answers(), self.log()

    def answers(self):
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/hub/api/", timeout=2).status_code == 200
        return False

    def proxy_pid(self):
        return int((self.data_dir / "labs" / "hub" / "proxy.pid").read_text())

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def log(self):
        return (self.data_dir / "hub.log").read_text()[-4000:]


def until(condition, seconds):
    """Wait until `condition()` holds; return whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


class Browser:
    """Follows redirects and pages that look again, one at a time, as a browser does."""

    def __init__(self, site, session, pause=0.3):
        self.site, self.pause = site, pause
        self.http = httpx.Client(timeout=30)
        self.http.cookies.set("sessionid", session, domain="127.0.0.1")

    def get(self, url, seconds=60):
        deadline = time.monotonic() + seconds
        url = urljoin(self.site, url)
        while time.monotonic() < deadline:
            page = self.http.get(url)
            again = re.search(r'http-equiv="refresh" content="(\d+)"', page.text)
            if page.is_redirect:
                url = urljoin(url, page.headers["location"])
            elif again or "spawn-pending" in url:
                time.sleep(self.pause)
            else:
                return page
        raise TimeoutError(url)

    def post(self, url, **data):
        """Post a form of the site and go where it leads."""
        answer = self.send(url, **data)
        if not answer.is_redirect:
            return answer
        return self.get(urljoin(str(answer.url), answer.headers["location"]))

    def send(self, url, **data):
        """Post a form of the site and stay."""
        token = self.http.cookies.get("csrftoken", domain="127.0.0.1", path="/")
        return self.http.post(
            urljoin(self.site, url),
            data={"csrfmiddlewaretoken": token, **data},
            headers={"Referer": self.site},
        )


class JupyterServer:
    """The server behind a JupyterLab page that a Browser reached."""

    def __init__(self, browser, page):
        found = re.search(
            r'id="jupyter-config-data"[^>]*>\s*(\{.*?\})\s*</script>', page.text, re.DOTALL
        )
        config = json.loads(found[1])
        self.user = config["hubUser"]
        self.base = urljoin(str(page.url), config["baseUrl"])
        self.http = browser.http
        token = next(
            c.value for c in self.http.cookies.jar if c.name == "_xsrf" and "user" in c.path
        )
        self.headers = {"X-XSRFToken": token}

    def request(self, method, path, **options):
        return self.http.request(method, self.base + path, headers=self.headers, **options)

    def run(self, code, seconds=60):
        """What `code` prints in a new kernel, by web socket."""
        kernel = self.request("POST", "api/kernels", json={"name": "python3"}).json()["id"]
        cookies = {
            c.name: c.value for c in self.http.cookies.jar if c.path in {"/", *self._paths()}
        }
        url = f"{self.base}api/kernels/{kernel}/channels".replace("http", "ws", 1)
        return asyncio.run(asyncio.wait_for(_execute(url, cookies, code), seconds))

    def _paths(self):
        path = httpx.URL(self.base).path
        return {path, path.rstrip("/")}


async def _execute(url, cookies, code):
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    header |= {"username": "", "session": uuid4().hex, "date": "2026-01-01T00:00:00Z"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    text = "; ".join(f"{name}={value}" for name, value in cookies.items())
    printed, replied, idle = "", False, False
    async with (
        aiohttp.ClientSession(headers={"Cookie": text}) as session,
        session.ws_connect(url) as channel,
    ):
        await channel.send_json({**message, "channel": "shell", "buffers": []})
        async for received in channel:
            answer = json.loads(received.data)
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if answer["msg_type"] == "stream":
                printed += answer["content"]["text"]
            if answer["msg_type"] == "execute_reply":
                replied, printed = True, printed + answer["content"].get("evalue", "")
            if answer["msg_type"] == "status":
                idle = answer["content"]["execution_state"] == "idle"
            if replied and idle:  # the reply may overtake what was printed; being idle does not
                return printed
    return printed
