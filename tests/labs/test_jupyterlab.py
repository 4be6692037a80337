"""The button in JupyterLab, in a real browser: what was typed is saved and leads to handing in."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from lms.operations.chromium import find_chromium
from tests.browser.conftest import ARTEFACTS, BROWSER_FLAGS, DESKTOP
from tests.labs.test_end_to_end import session_of, site  # noqa: F401 - a fixture
from tests.labs.test_submissions import RIGHT

PATIENCE_MS = 90_000


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright runs a loop here
    executable, environment = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, env=environment, args=BROWSER_FLAGS
        )
        page = browser.new_context(viewport=DESKTOP).new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield page
        browser.close()


def test_the_button_saves_and_leads_to_handing_in(
    site,  # noqa: F811
    page,
    settings,
    enrolment,
    lab,
):
    address, _hub = site
    page.context.add_cookies(
        [{"name": "sessionid", "value": session_of(enrolment.user, settings), "url": address}]
    )
    page.goto(address + reverse("courses:activity", args=[enrolment.pk, lab.key]))
    page.get_by_role("button", name="Open the lab").click()
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / "lab-waiting.png")
    hand_in = page.get_by_role("button", name="Hand in")
    hand_in.wait_for()

    cell = page.locator(".jp-CodeCell .cm-content").filter(has_text="NotImplementedError")
    cell.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(RIGHT["late"])
    page.screenshot(path=ARTEFACTS / "lab-in-jupyterlab.png")
    with page.expect_popup() as opened:
        hand_in.click()
    confirm = opened.value
    expect(confirm.get_by_text("Answered: 1 of 1.")).to_be_visible(timeout=PATIENCE_MS)
    confirm.get_by_role("button", name="Hand in").click()
    expect(confirm.get_by_text("4 / 4")).to_be_visible(timeout=PATIENCE_MS)

    # the notebook takes note of its kernel, which is a change too
    page.keyboard.press("ControlOrMeta+s")
    page.get_by_text("Saving completed").wait_for()

    # what is typed on the plain page is in the lab when the learner comes back to it
    confirm.goto(address + reverse("labs:notebook", args=[enrolment.pk, lab.key]))
    confirm.get_by_role("textbox").fill("late_share = typed_on_a_phone")
    confirm.get_by_role("button", name="Save", exact=True).click()
    expect(confirm.get_by_text("Saved.", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    typed = page.locator(".jp-CodeCell").filter(has_text="typed_on_a_phone")
    expect(typed).to_be_visible(timeout=30_000)
