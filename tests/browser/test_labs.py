"""A lab from its author's notebook to a mark, on a line that fails, and the trainer's board."""

import json
import os
import re
import subprocess
import sys

import pytest

from labs.domain.loading import read_master
from tests.browser.answers import solved_notebook
from tests.browser.conftest import DESKTOP, PHONE, ROOT
from tests.browser.test_authoring import Author
from tests.browser.test_resilience import open_activity
from tests.browser.test_walk import SAVE
from tests.labs.notebooks import handed_in

COURSE = ROOT / "tests" / "labs" / "course"
SOURCE = COURSE / "m1" / "lab-requests"
TITLE = "How many came late?"
RIGHT = {"late": "def late_share(path):\n    return float(pd.read_csv(path).late.mean())"}
WRONG = {"late": "def late_share(path):\n    return 0.25"}
LOAD = """async (path) => {
  const base = location.pathname.split("/doc/")[0];
  const token = document.cookie.split("; ").find((part) => part.startsWith("_xsrf="))?.split("=")[1] ?? "";
  const answer = await fetch(`${base}/api/contents/${path}?_xsrf=${encodeURIComponent(token)}`);
  return (await answer.json()).content;
}"""


@pytest.fixture(scope="module")
def course(platform):
    """A small course in the running platform, to which a lab is added."""
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "load_course", str(COURSE)],
        env={**os.environ, **platform.environment, "LMS_DEMO": "1"},
        check=True,
        capture_output=True,
    )
    return "labs-course"


def add_lab(author):
    """Under the module of the course: the page, its notebook and data; return the page's number."""
    page = author.page
    author.open("Requests")
    module = int(page.url.split("/")[-3])
    author.visitor.go(f"/cms/pages/{module}/add_subpage/")
    page.locator("main a", has_text=re.compile(r"^\s*Lab\s*$")).first.click()
    page.fill("#id_title", TITLE)
    page.fill("#id_minutes", "20")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_selector(".messages li")
    number = int(page.url.split("/")[-3])
    author.look("lab-editor")
    page.click("main a:has-text('Notebook, data and checks')")
    upload(page)
    author.look("notebook")
    return number


def upload(page):
    notebook = json.dumps(read_master(SOURCE / "master.py")).encode()
    data = b"county,late\nNyeri,0\nTurkana,1\n"
    page.set_input_files(
        "[name=notebook]",
        {"name": "requests.ipynb", "mimeType": "application/json", "buffer": b"{}"},
    )
    page.click("button:has-text('Keep as a new version')")
    page.wait_for_selector("text=Nothing was changed.")
    page.set_input_files(
        "[name=notebook]",
        {"name": "requests.ipynb", "mimeType": "application/json", "buffer": notebook},
    )
    page.set_input_files(
        "[name=files]", [{"name": "requests.csv", "mimeType": "text/csv", "buffer": data}]
    )
    page.click("button:has-text('Keep as a new version')")
    page.wait_for_selector("text=Not ready to be published:")


def check(author):
    """By running it, solved and bare; then with the limits that were proposed."""
    page = author.page
    page.click("button:has-text('Check this version')")
    page.wait_for_selector("text=Sound: the solutions get all points", timeout=90_000)
    author.look("checked")
    page.click("button:has-text('Use the proposed limits')")
    page.wait_for_selector("text=Ready: publish the page")


def publish(author, course_title):
    author.open(TITLE)
    author.press("Submit to Moderators approval")
    author.open(TITLE)
    author.press("Approve and Publish")
    author.open(course_title)
    assert "Edition" in author.press("Publish")


def move_run(author, code):
    page = author.page
    author.visitor.go("/cms/run/")
    page.locator("main tr", has_text=code).locator("a", has_text="Move to edition").first.click()
    page.locator("main button", has_text="to edition").click()
    page.wait_for_selector(".messages li")


def open_lab(learner):
    page = learner.page
    page.click("#lab-open")
    page.wait_for_url("**/user/*/doc/**", timeout=90_000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    return page.url.split("/doc/tree/")[1].split("?")[0]


def save(learner, path, answers):
    notebook = handed_in(learner.page.evaluate(LOAD, path), answers)
    assert learner.page.evaluate(SAVE, [path, notebook]) in {200, 201}


def hand_in(learner, points):
    """The result comes into the page by itself."""
    learner.page.click("#lab-submit")
    learner.page.wait_for_selector(f".big-figure:has-text('{points}')", timeout=90_000)


def test_from_a_trainer_s_notebook_to_a_mark_on_a_bad_line(visitor, course):
    trainer, learner = visitor("labs"), visitor("labs-learner")
    trainer.sign_in("trainer@demo.example")
    author = Author(trainer)
    add_lab(author)
    check(author)
    publish(author, "A course with a lab")
    move_run(author, "F9")

    learner.sign_in("learner2@demo.example")
    learner.go(f"/courses/{course}/enrol/")
    learner.page.select_option("[name=organisation]", index=1)
    learner.click("main button.button")
    learner.follow(learner.page.locator("main a", has_text=TITLE).first)
    learner.look("lab")
    address = learner.page.url
    path = open_lab(learner)
    save(learner, path, WRONG)
    learner.context.set_offline(True)
    learner.page.wait_for_timeout(1000)
    learner.context.set_offline(False)

    # back on the course's page: the work is there, and is kept
    learner.page.goto(address)
    learner.page.wait_for_selector("text=/Saved .*ago/")
    learner.look("saved")
    hand_in(learner, "0 / 4")
    learner.look("not-met")
    learner.page.goto(address)
    save_again(learner, address)
    hand_in(learner, "4 / 4")
    learner.look("met")

    see_board(trainer)


def save_again(learner, address):
    path = open_lab(learner)
    assert "0.25" in json.dumps(learner.page.evaluate(LOAD, path))
    save(learner, path, RIGHT)
    learner.page.goto(address)


def see_board(trainer):
    page = trainer.page
    page.set_viewport_size(PHONE)
    trainer.go("/o/centre/labs/")
    trainer.look("labs-in-class")
    trainer.follow(page.locator("main a", has_text=TITLE).first)
    trainer.look("board")
    row = page.locator("tbody tr", has_text="4 / 4").first
    assert "all met" in row.inner_text()
    row.locator("th a").click()
    page.wait_for_selector("text=The notebook as handed in")
    trainer.look("submission")
    page.set_viewport_size(DESKTOP)


def test_a_light_lab_runs_in_the_learner_s_own_browser(visitor, platform):
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "build_lite"],
        env={**os.environ, **platform.environment, "LMS_DEMO": "1"},
        check=True,
        capture_output=True,
    )
    learner = visitor("labs-lite")
    learner.sign_in("learner6@demo.example")
    page = learner.page
    open_activity(learner, "Check the draft")
    address = page.url
    page.click("summary:has-text('On a weak line')")
    learner.look("elsewhere")
    page.click("a:has-text('Open the lab in this browser')")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.locator(".jp-CodeCell").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("text=MLIMANI COUNTY FACT SHEET", timeout=120_000)
    learner.look("in-the-browser", axe=False, narrow=False)

    page.goto(address)
    page.click("summary:has-text('On a weak line')")
    notebook = json.dumps(solved_notebook("f2-b")).encode()
    page.set_input_files(
        "#notebook-file",
        {"name": "f2-b.ipynb", "mimeType": "application/json", "buffer": notebook},
    )
    page.click("button:has-text('Hand in this file')")
    page.wait_for_selector(".big-figure:has-text('20 / 20')", timeout=90_000)
