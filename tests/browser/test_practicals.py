"""A day of a practical, where the line comes and goes: the screen, two phones, and the facilitator's list."""

import json
import subprocess
import sys
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import ROOT, wait_until

# the demo has no practical: a session of the Centre's that began an hour ago, and two who take part
PREPARE = """
import json
from datetime import timedelta
from django.utils import timezone
from courses.domain.enrolment import enrol
from lms.accounts.models import User
from lms.organisations.models import Kind, Organisation
from lms.organisations.scoping import every_organisation
from tests import factories
with every_organisation():
    run = factories.practical_run(opens_after="nothing", travel_note="Your office pays.")
    centre = Organisation.objects.get(kind=Kind.CENTRE)
    began = timezone.now() - timedelta(hours=1)
    session = factories.session(centre, run, starts_at=began, cancel_until=began + timedelta(hours=9))
    people = [User.objects.get(email=f"learner{number}@demo.example") for number in (6, 7)]
    where = [person.memberships.first().organisation for person in people]
    enrolments = [enrol(pair[0], run, pair[1]) for pair in zip(people, where)]
print(json.dumps({
    "pages": [f"/learn/{row.pk}/{session.activity_key}/" for row in enrolments],
    "session": f"/o/{centre.slug}/practicals/{session.pk}/",
    "place": f"/o/{centre.slug}/practicals/",
}))
"""


@pytest.fixture(scope="module")
def prepared(platform):
    argv = [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", PREPARE]
    done = subprocess.run(
        argv, env=platform.environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def book(visitor, number, page):
    learner = visitor(f"practical-{number}")
    learner.sign_in(f"learner{number}@demo.example")
    learner.go(page)
    learner.look("sessions")
    learner.page.check("[name=session]")
    learner.page.check("[name=has_read_travel_note]")
    learner.click("main form button.button:has-text('Book')")
    learner.look("seat")
    return learner


def read_code(trainer):
    """What a phone reads on the screen, and its path."""
    picture = Image.open(BytesIO(trainer.page.locator("lms-screen figure").screenshot()))
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text.removeprefix(trainer.platform.url)


def test_attendance_where_the_line_comes_and_goes(visitor, prepared):
    first, second = (
        book(visitor, number, page) for number, page in zip((6, 7), prepared["pages"], strict=True)
    )
    trainer = visitor("practical-trainer")
    trainer.sign_in("trainer@demo.example")
    for name, path in (("list", prepared["place"]), ("new", prepared["place"] + "new/")):
        trainer.go(path)
        trainer.look(name)
    trainer.go(prepared["session"])
    trainer.look("session")
    trainer.click("main a:has-text('Screen with a code')")
    trainer.page.wait_for_selector("lms-screen svg path[d^='M4 4']")
    trainer.look("screen")

    code = read_code(trainer)
    first.go(code)
    first.look("checked-in")
    assert "You are checked in" in first.page.inner_text("h1")

    second.page.evaluate("navigator.serviceWorker.ready")
    wait_until(second.page, "async () => Boolean(await caches.match('/in/'))")
    code = read_code(trainer)
    second.context.set_offline(True)
    second.go(code)
    second.page.wait_for_selector("text=The code is kept on this phone.")
    trainer.page.wait_for_timeout(45_000)  # longer than a code lives
    assert read_code(trainer) != code
    second.context.set_offline(False)
    second.page.wait_for_selector("text=Received. The facilitator confirms it.", timeout=60_000)

    trainer.go(prepared["session"])
    trainer.click("main a:text-is('List')")
    trainer.look("attendance")
    trainer.page.wait_for_selector("text=The server has: 1 present, 0 absent, 1 to be confirmed")
    trainer.context.set_offline(True)
    trainer.page.locator("tr", has_text="to be confirmed").locator("[value=present]").check()
    trainer.page.wait_for_selector("text=Kept here, to be sent when there is a line: 1.")
    trainer.context.set_offline(False)
    trainer.page.wait_for_selector("text=The server has: 2 present", timeout=60_000)

    trainer.go(prepared["session"])
    trainer.click("main button:has-text('Make a paper sheet')")
    trainer.look("sheet")
    trainer.click("main a:has-text('Type it in')")
    trainer.look("typing")
    trainer.page.fill("[name=rows]", "1-2")
    trainer.page.keyboard.press("Enter")
    trainer.page.wait_for_selector("text=Compare this with the sheet")
    trainer.look("compared")
    trainer.go(prepared["session"] + "edit/")
    trainer.look("edit")
    first.go("/calendar/")
    first.look("calendar")
