"""What was acknowledged survives the sudden death of any process, and each comes back by itself."""

import os
import signal
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.browser.answers import answer, solved_notebook
from tests.browser.conftest import ROOT, Platform
from tests.browser.test_walk import MARKING_SECONDS, SAVE

WEB, WORKER, HUB = r"bin/granian ", r"bin/celery .* worker ", r"-m jupyterhub -f"
BACK_SECONDS = 30
STATUS = """async () => {
  const base = location.pathname.split("/doc/")[0];
  const answer = await fetch(`${base}/api/status`);
  return (await answer.json()).started;
}"""


def wait_until(question, seconds=BACK_SECONDS):
    deadline = time.monotonic() + seconds
    while not (answered := question()):
        assert time.monotonic() < deadline, f"not so within {seconds} seconds"
        time.sleep(0.2)
    return answered


def kill(platform, pattern):
    """Kill all processes of one kind as the kernel would, short of memory."""
    dead = platform.pids(pattern)
    assert dead
    for pid in dead:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # it went with its parent
            continue
    return set(dead)


def answers(address):
    try:
        with urlopen(address, timeout=5) as response:  # noqa: S310  our own address
            return response.status == 200
    except (URLError, OSError):
        return False


def web_is_back(platform):
    wait_until(lambda: answers(platform.url + "/health/ready"))


def hub_is_back(platform):
    wait_until(lambda: answers(f"http://127.0.0.1:{platform.port + 10}/hub/health"))


def open_activity(learner, title):
    learner.go("/learn/")
    learner.page.click("main article h2 a")
    learner.page.locator("main a", has_text=title).first.click()


def test_answers_survive_the_death_of_the_web_server(visitor, platform):
    learner = visitor("resilience")
    learner.sign_in("learner5@demo.example")
    page = learner.page
    open_activity(learner, "Check: What the machine has seen")
    page.click("main form button.button")
    page.wait_for_selector("lms-quiz:defined")
    count = page.locator("section[data-position]").count()
    for number in range(1, count + 1):
        question = page.locator(f"#question-{number}")
        answer(question)
        question.locator("[data-next]").click()
        if number == 1:
            kill(platform, WEB)
    web_is_back(platform)
    page.wait_for_selector("text=All answers are kept by the server.")
    kill(platform, WEB)
    page.click("button:has-text('Hand in')")
    web_is_back(platform)
    page.wait_for_url("**/review/", timeout=60_000)
    assert "100 %" in page.inner_text(".big-figure")
    kill(platform, WEB)
    web_is_back(platform)
    page.reload()
    assert "100 %" in page.inner_text(".big-figure")


def test_a_lab_and_its_submission_survive_the_death_of_hub_and_worker(visitor, platform):
    learner = visitor("resilience-lab")
    learner.sign_in("learner3@demo.example")
    page = learner.page
    open_activity(learner, "Check the draft")
    address = page.url
    page.click("button:has-text('Open the lab')")
    page.wait_for_url("**/user/*/doc/**", timeout=90_000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    path = page.url.split("/doc/tree/")[1].split("?")[0]
    notebook = solved_notebook(path.split("/")[-1].removesuffix(".ipynb"))
    started = page.evaluate(STATUS)

    kill(platform, HUB)

    assert page.evaluate(STATUS) == started  # the lab goes on without the Hub
    hub_is_back(platform)
    assert page.evaluate(STATUS) == started
    assert page.evaluate(SAVE, [path, notebook]) in {200, 201}

    page.goto(address)
    dead = kill(platform, WORKER)
    page.click("button:has-text('Hand in')")
    wait_until(lambda: set(platform.pids(WORKER)) - dead)

    def marked():
        page.reload()
        return not page.locator("text=being marked").count()

    wait_until(marked, MARKING_SECONDS)
    page.goto(address)
    assert "20" in page.inner_text("main")


@pytest.fixture
def own_platform(tmp_path_factory):
    """A platform that the test may stop; nothing of it is left behind."""
    platform = Platform(tmp_path_factory.mktemp("stopped"))
    yield platform
    if hasattr(platform, "process") and platform.process.poll() is None:
        platform.stop()


def is_gone(platform):
    wait_until(lambda: platform.process.poll() is not None, 60)
    assert platform.pids(".") == []


def test_it_stops_whole_and_resumes_with_what_was_there(own_platform, chromium):
    platform = own_platform.start()
    password = platform.password
    argv = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(platform.port)]
    second = subprocess.run(
        argv, env=platform.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 1
    assert f"Port {platform.port} is taken" in second.stderr
    assert "Traceback" not in second.stderr

    platform.process.send_signal(signal.SIGINT)
    is_gone(platform)

    platform.start()
    assert platform.password == password
    web_is_back(platform)
    platform.process.send_signal(signal.SIGHUP)  # the terminal closes
    is_gone(platform)
    assert not answers(platform.url + "/health/live")
