"""The walk: from the catalogue on a phone to a certificate that anyone can check."""

import re
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp

from tests.browser.answers import answer, solved_notebook

CODE = re.compile(r"\b\d{3}-?\d{3}\b")
MARKING_SECONDS = 60


def newest_code(trainer, recipient):
    """Read the code where staff of the demo read it."""
    trainer.go("/staff/messages/")
    card = trainer.page.locator("article", has_text=recipient).first
    return CODE.search(card.inner_text())[0]


def sign_up(learner, trainer, name, contact, shown):
    learner.go("/accounts/signup/")
    learner.look("sign-up")
    learner.page.fill("[name=full_name]", name)
    learner.page.fill("[name=contact]", contact)
    learner.click("main button.button")
    learner.look("code")
    learner.page.fill("[name=code]", newest_code(trainer, shown))
    learner.click("main button.button >> nth=0")
    learner.page.wait_for_url("**/learn/")


def enrol(learner):
    learner.go("/")
    learner.look("catalogue")
    learner.click("text=AI basics for public officers")
    learner.look("course")
    learner.click("main a.button:has-text('Enrol')")
    learner.look("enrol")
    learner.page.select_option("[name=organisation]", label="Nyeri County")
    learner.click("main button.button")
    learner.look("run")


SHOWN = "section[data-position]:not([hidden])"


def take_quiz(learner, *, look, has_script=True):
    """Answer every question of a quiz and hand in, with the page's script or without."""
    page = learner.page
    if look:
        learner.look("quiz")
    learner.click("main form button.button")
    count = page.locator("section[data-position]").count()
    for number in range(1, count + 1):
        question = page.locator(f"#question-{number}")
        answer(question)
        if look and number == 1:
            learner.look("question")
        if has_script:
            question.locator("[data-next]").click()
    if has_script:
        if look:
            learner.look("overview")
        learner.click("button:has-text('Hand in')")
    else:
        learner.click(f"#question-{count} [name=save]")
        learner.click("button:has-text('Hand in')")
    page.wait_for_url("**/review/")
    assert "100 %" in page.inner_text(".big-figure")
    if look:
        learner.look("review")


SAVE = """async ([path, notebook]) => {
  const base = location.pathname.split("/doc/")[0];
  const token = document.cookie.split("; ").find((part) => part.startsWith("_xsrf="))?.split("=")[1] ?? "";
  const answer = await fetch(`${base}/api/contents/${path}?_xsrf=${encodeURIComponent(token)}`, {
    method: "PUT", headers: {"Content-Type": "application/json", "X-XSRFToken": token},
    body: JSON.stringify({type: "notebook", format: "json", content: notebook}),
  });
  return answer.status;
}"""


def do_lab(learner, *, look):
    """Open the lab in JupyterLab, save the solved notebook there, hand it in, see the marks."""
    page, address = learner.page, learner.page.url
    if look:
        learner.look("lab")
    page.click("button:has-text('Open the lab')")
    page.wait_for_url("**/user/*/doc/**", timeout=90_000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    path = page.url.split("/doc/tree/")[1].split("?")[0]
    name = path.split("/")[-1].removesuffix(".ipynb")
    if look:
        learner.look("jupyterlab", axe=False, narrow=False)
    assert page.evaluate(SAVE, [path, solved_notebook(name)]) in {200, 201}
    page.goto(address)
    learner.click("#lab-submit")
    page.wait_for_selector(".big-figure", timeout=MARKING_SECONDS * 1000)
    if look:
        learner.look("marked")
    page.goto(address)
    assert "20" in page.inner_text("main")


def learn(learner, *, until="the end", has_script=True):
    """Go through the course by its own 'next' button, whatever comes, to its end or the first `until`."""
    page, seen = learner.page, set()
    for _ in range(80):
        learner.go("/learn/")
        if page.locator("text=Course complete").count():
            return
        learner.click("main article a.button")
        kind = page.inner_text("article.lesson header .small").split("·")[0].strip()
        if kind == until:
            return
        look, _ = kind not in seen, seen.add(kind)
        if kind == "Lesson":
            if look:
                learner.look("lesson")
            learner.click("main form button.button")
        elif kind == "Quiz":
            take_quiz(learner, look=look, has_script=has_script)
        else:
            do_lab(learner, look=look)
    pytest.fail("the course does not end")


def release(registrar, releaser, name):
    """One prepares, another releases."""
    registrar.go("/o/centre/releases/")
    registrar.look("proposed")
    assert name in registrar.page.inner_text("main")
    registrar.click("button:has-text('Prepare the chosen')")
    registrar.look("prepared")
    assert registrar.page.locator("button:has-text('Release these')").count() == 0
    releaser.go("/o/centre/releases/")
    releaser.look("to-release")
    releaser.click("main .card a")
    releaser.look("release")
    releaser.click("button:has-text('Release these')")
    releaser.look("released")


def read_qr(pdf):
    """The address in the QR code of the certificate's page, as a phone's camera reads it."""
    image = pypdfium2.PdfDocument(BytesIO(pdf))[0].render(scale=150 / 72).to_pil()
    return zxingcpp.read_barcodes(image.convert("RGB"))[0].text


def verify(clerk, address, *, word, name):
    clerk.page.goto(address)
    assert re.search(word, clerk.page.inner_text("main"), re.IGNORECASE), clerk.page.inner_text(
        "main"
    )
    clerk.look(name)


def test_the_whole_walk(visitor, platform):
    learner, trainer = visitor("walk"), visitor("staff")
    registrar, releaser, clerk = visitor("registrar"), visitor("releaser"), visitor("clerk")
    trainer.sign_in("trainer@demo.example")
    registrar.sign_in("registrar@demo.example")
    releaser.sign_in("releaser@demo.example")

    sign_up(learner, trainer, "Nyokabi wa Thiong'o", "0722 000 111", "+254722000111")
    enrol(learner)
    learn(learner)
    learner.look("complete")

    learner.go("/me/certificates/")
    learner.look("certificate-prepared")
    release(registrar, releaser, "Nyokabi")
    learner.go("/me/certificates/")
    learner.look("certificate")
    with learner.page.expect_download() as download:
        learner.page.click("main a:has-text('PDF')")
    pdf = download.value.path().read_bytes()
    assert pdf.startswith(b"%PDF-")

    address = read_qr(pdf)
    assert address.lower().startswith(platform.url.lower())
    verify(clerk, address, word="Nyokabi wa Thiong", name="valid")
    serial = re.search(r"KSG-\d{4}-\d{6}-\d", clerk.page.inner_text("main"))[0]

    broken = address[:-12] + ("A" if address[-12] != "A" else "B") + address[-11:]
    verify(clerk, broken, word="altered|changed|not genuine", name="altered")

    def ask(serial, name):
        clerk.go("/verify/")
        clerk.page.fill("[name=serial]", serial)
        clerk.page.fill("[name=name]", name)
        clerk.click("main button.button")
        return clerk.page.inner_text("main")

    assert "Nyokabi" in ask(serial, "Nyo")
    assert "Nyokabi" not in ask(serial, "Kamau")
    wrong = serial[:-1] + str((int(serial[-1]) + 1) % 10)
    assert "Nyokabi" not in ask(wrong, "Nyo")
    clerk.look("mistyped")

    void(releaser, serial)
    verify(clerk, address, word="attendance was not confirmed", name="void")


def void(releaser, serial):
    releaser.go("/o/centre/awards/")
    releaser.look("issued")
    releaser.page.locator("tr", has_text=serial).locator("a:has-text('Void')").click()
    releaser.page.fill("[name=reason]", "Issued in error: attendance was not confirmed.")
    releaser.look("void")
    releaser.click("main button.danger")


def test_the_walk_without_javascript(visitor):
    learner, trainer = visitor("no-script", java_script_enabled=False), visitor("no-script-staff")
    trainer.sign_in("trainer@demo.example")
    learner.look = lambda *_, **__: None  # axe is itself a script

    sign_up(learner, trainer, "Kwame Otieno", "kwame@example.org", "kwame@example.org")
    enrol(learner)
    learn(learner, until="Lab", has_script=False)

    assert learner.page.locator("button:has-text('Open the lab')").count() == 1


def tab_to(page, selector):
    """Press Tab until what `selector` names has the focus, as one without a mouse would."""
    target = page.locator(selector).first
    for _ in range(120):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {selector}")


def test_the_walk_by_keyboard_alone(visitor):
    learner, trainer = visitor("keyboard"), visitor("keyboard-staff")
    trainer.sign_in("trainer@demo.example")
    page = learner.page

    def press(selector, key="Enter"):
        tab_to(page, selector)
        if key == "Space":
            page.keyboard.press(key)
            return
        with page.expect_navigation():
            page.keyboard.press(key)

    learner.go("/accounts/signup/")
    tab_to(page, "[name=full_name]")
    page.keyboard.type("Moraa Nyaboke")
    tab_to(page, "[name=contact]")
    page.keyboard.type("moraa@example.org")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=code]")
    tab_to(page, "[name=code]")
    page.keyboard.type(newest_code(trainer, "moraa@example.org"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/learn/")
    learner.go("/courses/ai-basics/enrol/")
    tab_to(page, "select[name=organisation]")
    page.keyboard.type("Kisumu")
    press("main button.button")
    page.wait_for_selector("ul.steps")
    press("main a.button")
    page.wait_for_selector(".lesson-body")
    with page.expect_navigation():  # the next lesson's address is of the same shape
        press("main form button.button")
    learner.go("/learn/")
    press("main article h2 a")
    page.wait_for_selector("ul.steps")
    press("a:has-text('Check: ')")
    page.wait_for_selector("text=Questions")
    press("main form button.button")
    page.wait_for_selector(".quiz-prompt")
    press(f"{SHOWN} :is(input:not([type=hidden]), select)", "Space")
    tab_to(page, f"{SHOWN} [data-next]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#question-2:not([hidden])")


def test_reading_resumes_exactly_where_it_stopped(visitor, platform):
    officer = visitor("resume")
    officer.sign_in("officer@demo.example")
    page = officer.page
    officer.click("main article a.button")
    page.wait_for_selector("lms-resume:defined")
    block = page.locator("[data-block]").nth(4)
    with page.expect_response("**/position/"):
        block.evaluate("element => element.scrollIntoView({block: 'start'})")
    seen = page.url.split("#")[0]

    officer.go("/learn/")
    officer.click("main article a.button")

    assert page.url.split("#")[0] == seen
    assert page.evaluate("scrollY") > 0


def test_kiswahili_and_the_component_page(visitor):
    guest = visitor("pages")
    guest.go("/styleguide/")
    guest.look("components")
    guest.click("footer button:has-text('Kiswahili')")
    guest.go("/")
    guest.look("catalogue-sw")
    assert guest.page.locator("html").get_attribute("lang") == "sw"
    guest.page.emulate_media(color_scheme="dark")
    guest.look("catalogue-dark")
    guest.go("/styleguide/")
    guest.look("components-dark")
    guest.go("/no/such/page/")
    guest.look("missing")


@pytest.mark.parametrize("who", ["coordinator.ke", "coordinator.rw"])
def test_a_coordinator_sees_the_own_country(who, visitor):
    person = visitor(who)
    person.sign_in(f"{who}@demo.example")
    person.go("/staff/")
    person.look("staff")
    person.click("main .card a:has-text('Learners and their progress')")
    person.look("learners")
    words = person.page.inner_text("main")
    assert ("Mwangi Kamau" in words) == (who == "coordinator.ke")
    assert ("Mugisha Eric" in words) == (who == "coordinator.rw")
    person.click("main p > a >> nth=0")
    person.look("done-fast")
    person.page.go_back()
    person.click("main tbody td a >> nth=0")
    person.look("progress")
    person.click("main .links a >> nth=0")
    person.look("progress-summary")


def test_every_other_page_is_fit_to_be_seen(visitor):
    guest, trainer = visitor("other-guest"), visitor("other-staff")
    for path in ("/accounts/login/", "/accounts/login/code/", "/verify/"):
        guest.go(path)
        guest.look(path.strip("/").replace("/", "-"))
    guest.go("/verify/")
    guest.click("main button.button")
    guest.look("verify-empty")
    trainer.sign_in("trainer@demo.example")
    for path in (
        "/me/",
        "/me/certificates/",
        "/learn/",
        "/staff/",
        "/staff/messages/",
        "/accounts/logout/",
        "/o/centre/learners/?state=completed",
        "/o/rwanda/learners/",
    ):
        trainer.go(path)
        trainer.look(path.strip("/").replace("/", "-").partition("?")[0])


def test_pages_of_dates_and_criteria_are_fit_to_be_seen(visitor):
    trainer, registrar = visitor("dates-trainer"), visitor("dates-registrar")
    trainer.sign_in("trainer@demo.example")
    trainer.go("/o/centre/runs/")
    trainer.click("main a:has-text('Due dates') >> nth=0")
    trainer.page.fill("main tbody tr:nth-child(1) input >> nth=0", "5")
    trainer.page.fill("main tbody tr:nth-child(2) input >> nth=0", "no number")
    trainer.click("button:has-text('Show the dates')")
    trainer.look("due-dates-fault")
    trainer.page.fill("main tbody tr:nth-child(2) input >> nth=0", "")
    trainer.click("button:has-text('Show the dates')")
    trainer.look("due-dates")
    registrar.sign_in("registrar@demo.example")
    registrar.go("/o/centre/holidays/")
    registrar.look("days-off-countries")
    registrar.click("main a:has-text('Kenya')")
    registrar.look("days-off")
    registrar.go("/o/centre/admissions/")
    registrar.click("main a:has-text('Criteria of the ranking') >> nth=0")
    registrar.click("button:has-text('Show the ranking')")
    registrar.look("criteria")
