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
          .map((field) => `${field.name}=${field.value}`).sort()"""
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
    assert page().locator("[data-hand-in]").count() == 0
    assert page().locator("text=no answer").count() == 0
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


def lossy(route):
    """Every second request is lost: its reply on the way back, or the server is out of breath."""
    lossy.count += 1
    match lossy.count % 4:
        case 1:
            route.fetch()
            route.abort()
        case 3:
            route.fulfill(status=500, body="")
        case _:
            route.continue_()


def sign_out_in_another_tab(officer):
    tab = officer.context.new_page()
    tab.goto(officer.platform.url + "/accounts/logout/")
    tab.click("main button.button")
    tab.wait_for_url(lambda url: "logout" not in url)
    tab.close()


def test_lost_replies_a_second_phone_a_lost_session_and_a_file_by_hand(visitor, quiz_course):
    officer, trainer = visitor("replies"), visitor("replies-trainer")
    officer.sign_in("learner2@demo.example")
    trainer.sign_in("trainer@demo.example")
    address = enrol_and_start(officer, quiz_course("replies", "A weak server", questions.MACHINE))
    phone, page = Phone(officer), officer.page
    count = page.locator("section[data-position]").count()

    lossy.count = 0
    officer.context.route("**/api/v1/attempts/*/events", lossy)
    for number in (1, 2, 3):
        phone.solve(number)
        phone.go_on(number)
    phone.all_received()
    officer.context.unroute("**/api/v1/attempts/*/events")
    assert lossy.count > 2
    officer.faults.clear()  # the 500 was ours

    second = visitor("replies-second", storage_state=officer.context.storage_state())
    second.page.goto(address)
    other = Phone(second)
    second.page.wait_for_selector("text=This attempt is open on another device too.")
    assert answered(other.question(1)) == answered(phone.question(1))
    phone.cut()
    phone.go(5)
    page.keyboard.press("Tab")
    phone.solve(5)
    phone.waits()
    for number in (4, 5):
        other.go(number)
        other.solve(number)
    other.all_received()
    second.look("second-phone")
    phone.mend()
    phone.all_received()
    page.wait_for_selector("text=This attempt is open on another device too.")
    page.reload()
    assert answered(phone.question(4)) == answered(other.question(4))

    sign_out_in_another_tab(officer)
    phone.go(6)
    phone.solve(6)
    page.wait_for_selector("text=You were signed out.")
    officer.look("signed-out")
    page.click("[data-part=problems] a")
    page.fill("[name=login]", "learner2@demo.example")
    page.fill("[name=password]", officer.platform.password)
    page.click("main button.button")
    page.wait_for_url("**/attempts/**")
    wait_until_kept(page)
    phone.all_received()
    phone.go(6)
    assert "received" in phone.question(6).inner_text()

    phone.cut()
    for number in range(7, count + 1):
        phone.go(number)
        phone.solve(number)
    phone.go_on(count)
    with page.expect_download() as download:
        page.click("[data-download]")
    trainer.go("/o/centre/answer-files/")
    trainer.look("answer-file")
    trainer.page.set_input_files("input[type=file]", download.value.path())
    trainer.click("main button.button")
    assert re.search(r"[1-9]\d* entries were new", trainer.page.inner_text("main"))
    trainer.look("answer-file-taken")
    trainer.click("a:has-text('See the attempt')")
    trainer.look("attempt-detail")

    phone.mend()
    phone.all_received()
    page.click("[data-hand-in]")
    page.wait_for_url("**/review/")
    assert "100 %" in page.inner_text(".big-figure")
