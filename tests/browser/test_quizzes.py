"""Quizzes on a bad line, and a quiz from its author's bank to its corrected result."""

import os
import re
import subprocess
import sys

import pytest

from tests.browser import questions
from tests.browser.conftest import ROOT

RECEIVED = "All answers are kept by the server."
WAITING = re.compile(r"Kept on this phone, waiting for the line: (\d+)\.")


@pytest.fixture(scope="session")
def quiz_course(platform, tmp_path_factory):
    """Load a course with a quiz of many kinds into the running platform; return its short name."""

    def load(key, title, asked, **rules):
        folder = tmp_path_factory.mktemp("courses") / key
        questions.write_course(folder, key, title, asked, **rules)
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "load_course", str(folder)],
            env={**os.environ, **platform.environment, "LMS_DEMO": "1"},
            check=True,
            capture_output=True,
        )
        return key

    return load


def enrol_and_start(officer, course):
    """Enrol, start the quiz, and wait until the page is kept for when there is no line."""
    page = officer.page
    officer.go(f"/courses/{course}/enrol/")
    page.select_option("[name=organisation]", index=1)
    officer.click("main button.button")
    officer.click("main a:has-text('Check: ')")
    officer.click("main form button.button")
    wait_until_kept(page)
    return page.url


def wait_until_kept(page):
    page.wait_for_selector("lms-quiz:defined")
    page.wait_for_function(
        "async () => Boolean(await caches.match(location.pathname, {cacheName: 'quiz-pages'}))"
        " && Boolean(navigator.serviceWorker.controller)"
    )


class Phone:
    """An officer's phone in a quiz, whose line may go and whose tab may be killed."""

    def __init__(self, officer):
        self.officer, self.address = officer, officer.page.url

    @property
    def page(self):
        return self.officer.page

    def cut(self):
        self.officer.context.set_offline(True)

    def mend(self):
        self.officer.context.set_offline(False)

    def kill_tab(self):
        """As a phone short of memory does; the officer comes back to the same address."""
        self.page.close(run_before_unload=False)
        self.officer.page = self.officer.context.new_page()
        self.officer.watch()
        self.page.goto(self.address)
        self.page.wait_for_selector("lms-quiz:defined")

    def question(self, number):
        return self.page.locator(f"#question-{number}")

    def solve(self, number):
        return questions.solve(self.question(number))

    def go_on(self, number):
        self.question(number).locator("[data-next]").click()

    def go(self, number):
        self.page.click(f".question-list [data-go='{number}']")

    def waits(self):
        """How many answers the page says it keeps."""
        self.page.wait_for_selector("text=Kept on this phone, waiting for the line")
        return int(WAITING.search(self.page.inner_text("[data-part=summary]"))[1])

    def all_received(self):
        self.page.wait_for_selector(f"text={RECEIVED}", timeout=40_000)


def answered(section):
    """The values that a question shows."""
    return section.locator("[data-part=answer]").evaluate(
        """part => [...part.querySelectorAll("input, select, textarea")]
          .filter((field) => !field.name.endsWith("-was") && (!/radio|checkbox/.test(field.type) || field.checked))
          .map((field) => [field.name, field.value])"""
    )


def test_a_line_that_is_cut_at_every_step_loses_nothing(visitor, quiz_course):
    officer = visitor("lossy")
    officer.sign_in("learner1@demo.example")
    enrol_and_start(officer, quiz_course("lossy", "On a bad line", questions.MACHINE))
    phone, page = Phone(officer), lambda: officer.page
    count = page().locator("section[data-position]").count()
    assert count == len(questions.MACHINE)

    phone.cut()  # before the first answer
    phone.solve(1)
    assert phone.waits() >= 1
    assert "kept on this phone" in phone.question(1).inner_text()
    shown = answered(phone.question(1))
    phone.kill_tab()
    assert answered(phone.question(1)) == shown
    assert phone.waits() >= 1
    officer.look("offline-again")
    phone.mend()
    phone.all_received()
    assert "received" in phone.question(1).inner_text()

    typed = next(n for n in range(2, count + 1) if kind_at(page(), n) in {"text", "gaps"})
    phone.go(typed)
    box = phone.question(typed).locator("[data-part=answer] input[type=text]").first
    box.press_sequentially("coun", delay=10)  # while typing
    phone.cut()
    box.press_sequentially("try", delay=10)
    phone.waits()
    phone.kill_tab()
    phone.go(typed)
    box = phone.question(typed).locator("[data-part=answer] input[type=text]").first
    assert box.input_value() == "country"
    phone.mend()

    for number in range(2, count + 1):  # between questions, back and forth
        phone.go(number)
        if number % 3 == 0:
            phone.cut()
        phone.solve(number)
        phone.go_on(number)
        if number % 3 == 0:
            shown = answered(phone.question(number))
            phone.kill_tab()
            assert answered(phone.question(number)) == shown
            phone.mend()
    phone.all_received()
    assert page().locator("text=no answer").count() == 0

    phone.cut()  # at the overview, to which the last question led
    page().wait_for_selector("text=You can hand in all the same")
    officer.look("overview-offline")
    phone.kill_tab()
    phone.page.click("[data-overview-link]")
    page().click("[data-hand-in]")  # at handing in
    page().wait_for_selector("text=Handed in on this phone.")
    phone.kill_tab()
    page().wait_for_selector("text=Handed in on this phone.")
    assert page().locator("[data-hand-in]:enabled").count() == 0
    officer.look("handed-in-offline")
    phone.mend()

    page().wait_for_url("**/review/", timeout=40_000)
    assert "100 %" in page().inner_text(".big-figure")
    assert page().locator("text=Receipt").count() == 1
    officer.go("/learn/")
    page().goto(phone.address)  # what was kept does not come back
    assert page().url.endswith("/review/")


def kind_at(page, number):
    return questions.question_of(page.locator(f"#question-{number}"))[0]
