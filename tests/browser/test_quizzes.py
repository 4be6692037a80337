"""Quizzes on a bad line, and a quiz from its author's bank to its corrected result."""

import os
import re
import subprocess
import sys
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as TooLate

from tests.browser import questions
from tests.browser.conftest import DESKTOP, PHONE, ROOT, wait_until
from tests.browser.test_authoring import Author

RECEIVED = "All answers are kept by the server."
NO_ANSWER = "no answer"
PREVIEW_PATIENCE_MS = (4_000, 4_000, 8_000, 8_000, 16_000, 30_000)
WAITING = re.compile(r"Kept on this phone, waiting for the line: (\d+)\.")


@pytest.fixture(scope="session")
def quiz_course(platform, tmp_path_factory):
    """Load a course with a quiz of many kinds into the running platform; return its short name."""

    def load(key, title, asked, **rules):
        folder = tmp_path_factory.mktemp("courses") / key
        questions.write_course(folder, key, f"{title} {key}", asked, **rules)
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
    wait_until(
        page,
        "async () => Boolean(await caches.match(location.pathname, {cacheName: 'quiz-pages'}))"
        " && Boolean(navigator.serviceWorker.controller)",
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
        self.page.wait_for_selector("[data-part=status]")  # by then, what was kept is shown again

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


def cut_before_the_first_answer(phone):
    phone.cut()
    phone.solve(1)
    assert phone.waits() >= 1
    assert "kept on this phone" in phone.question(1).inner_text()
    shown = answered(phone.question(1))
    phone.kill_tab()
    assert answered(phone.question(1)) == shown
    assert phone.waits() >= 1
    phone.officer.look("offline-again")
    phone.mend()
    phone.all_received()
    assert "received" in phone.question(1).inner_text()


def cut_while_typing(phone, number):
    def box():
        phone.go(number)
        return phone.question(number).locator("[data-part=answer] input[type=text]").first

    typed = box()
    typed.press_sequentially("coun", delay=10)
    phone.cut()
    typed.press_sequentially("try", delay=10)
    phone.waits()
    phone.kill_tab()
    assert box().input_value() == "country"
    phone.mend()


def cut_between_questions(phone, count):
    for number in range(2, count + 1):
        is_cut = number % 3 == 0
        phone.go(number)
        if is_cut:
            phone.cut()
        phone.solve(number)
        phone.go_on(number)
        if is_cut:
            # the page moves on once the answer is kept
            phone.question(number).wait_for(state="hidden")
            shown = answered(phone.question(number))
            phone.kill_tab()
            assert answered(phone.question(number)) == shown
            phone.mend()
    phone.all_received()
    assert phone.page.locator("text=no answer").count() == 0


def cut_at_the_end(phone):
    """At the overview, to which the last question led, and at handing in."""
    phone.cut()
    phone.page.wait_for_selector("text=You can hand in all the same")
    phone.officer.look("overview-offline")
    phone.kill_tab()
    phone.page.click("[data-overview-link]")
    phone.page.click("[data-hand-in]")
    phone.page.wait_for_selector("text=Handed in on this phone.")
    phone.kill_tab()
    phone.page.wait_for_selector("text=Handed in on this phone.")
    assert phone.page.locator("[data-hand-in]").count() == 0
    assert phone.page.locator("text=no answer").count() == 0
    phone.officer.look("handed-in-offline")
    phone.mend()


def test_a_line_that_is_cut_at_every_step_loses_nothing(visitor, quiz_course):
    officer = visitor("lossy")
    officer.sign_in("learner1@demo.example")
    enrol_and_start(officer, quiz_course("lossy", "On a bad line", questions.MACHINE))
    phone, count = Phone(officer), len(questions.MACHINE)
    typed = next(n for n in range(2, count + 1) if kind_at(phone.page, n) in {"text", "gaps"})

    cut_before_the_first_answer(phone)
    cut_while_typing(phone, typed)
    cut_between_questions(phone, count)
    cut_at_the_end(phone)

    phone.page.wait_for_url("**/review/", timeout=40_000)
    assert "100 %" in phone.page.inner_text(".big-figure")
    assert phone.page.locator("text=Receipt").count() == 1
    phone.page.goto(phone.address)  # what was kept does not come back
    assert phone.page.url.endswith("/review/")


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


def lose_replies(phone):
    lossy.count = 0
    phone.officer.context.route("**/api/v1/attempts/*/events", lossy)
    for number in (1, 2, 3):
        with phone.page.expect_request("**/events"):
            phone.solve(number)
            phone.go_on(number)
        phone.all_received()
    phone.officer.context.unroute("**/api/v1/attempts/*/events")
    assert lossy.count >= 5  # two replies and one request were lost
    phone.officer.faults.clear()  # the 500 was ours


def go_on_with(second, phone):
    """On another phone, while the first has no line; what is answered there last counts."""
    told = "text=This attempt is open on another device too."
    second.page.goto(phone.address)
    other = Phone(second)
    second.page.wait_for_selector(told)
    assert answered(other.question(1)) == answered(phone.question(1))
    phone.cut()
    phone.go(5)
    phone.solve(5)
    phone.waits()
    for number in (4, 5):
        other.go(number)
        other.solve(number)
    other.all_received()
    second.look("second-phone")
    phone.mend()
    phone.all_received()
    phone.page.wait_for_selector(told)
    phone.page.reload()
    assert answered(phone.question(4)) == answered(other.question(4))


def lose_the_session(phone, email):
    page, officer = phone.page, phone.officer
    sign_out_in_another_tab(officer)
    phone.go(6)
    phone.solve(6)
    page.wait_for_selector("text=You were signed out.")
    officer.look("signed-out")
    page.click("[data-part=problems] a")
    page.fill("[name=login]", email)
    page.fill("[name=password]", officer.platform.password)
    page.click("main button.button")
    page.wait_for_url("**/attempts/**")
    wait_until_kept(page)
    phone.all_received()
    phone.go(6)
    assert "received" in phone.question(6).inner_text()


def bring_by_hand(phone, trainer, count):
    """The rest is answered without a line, and a trainer takes in the file that the phone saved."""
    phone.cut()
    for number in range(7, count + 1):
        phone.go(number)
        phone.solve(number)
    phone.go_on(count)
    with phone.page.expect_download() as download:
        phone.page.click("[data-download]")
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


def test_lost_replies_a_second_phone_a_lost_session_and_a_file_by_hand(visitor, quiz_course):
    officer, trainer = visitor("replies"), visitor("replies-trainer")
    officer.sign_in("learner2@demo.example")
    trainer.sign_in("trainer@demo.example")
    enrol_and_start(officer, quiz_course("replies", "A weak server", questions.MACHINE))
    phone = Phone(officer)

    lose_replies(phone)
    second = visitor("replies-second", storage_state=officer.context.storage_state())
    go_on_with(second, phone)
    lose_the_session(phone, "learner2@demo.example")
    bring_by_hand(phone, trainer, len(questions.MACHINE))

    phone.page.click("[data-hand-in]")
    phone.page.wait_for_url("**/review/")
    assert "100 %" in phone.page.inner_text(".big-figure")


# From the author's bank to the corrected result


def build_bank(author, name):
    """Make a question bank and return its name."""
    page = author.page
    author.visitor.go("/cms/snippets/assessments/itembank/add/")
    page.fill("[name=name]", name)
    page.fill("[name=slug]", name.lower().replace(" ", "-"))
    page.select_option(
        "[name=organisation]",
        label="Regional Centre of Competence for Digital and AI Skilling",
    )
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_selector(".messages li")
    return name


def choose_from_modal(page, words):
    """Look for `words` in a chooser's window and take what is found."""
    page.fill(".modal-body [name=q]", words)
    found = page.locator(".modal-body a[data-chooser-modal-choice]")
    page.wait_for_function(
        "() => document.querySelectorAll('.modal-body a[data-chooser-modal-choice]').length === 1"
    )
    found.click()
    page.wait_for_selector(".modal-body", state="detached")


class QuestionForm:
    """Wagtail's form of one question."""

    def __init__(self, author, label):
        self.author, self.page = author, author.page
        author.visitor.go("/cms/snippets/assessments/item/add/")
        author.blocks = 0
        author.insert(label)

    def name(self, end):
        return f"body-0-value-{end}"

    def write(self, end, words):
        """Type into the rich text whose value has the name that ends so."""
        box = self.page.locator(f"*:has(> [name='{self.name(end)}']) .public-DraftEditor-content")
        box.click()
        self.page.keyboard.type(words)

    def fill(self, end, words):
        self.page.fill(f"[name='{self.name(end)}']", words)

    def add(self, part):
        """Add a row to the list `part`."""
        count = self.page.locator(f"[name='{self.name(part)}-count']")
        before = int(count.input_value())
        self.page.locator(f"*:has(> [name='{self.name(part)}-count'])").locator(
            "button.c-sf-add-button"
        ).last.click()
        self.page.wait_for_selector(f"[name='{self.name(part)}-{before}-order']", state="attached")

    def place(self, bank, identifier, tags):
        page = self.page
        page.locator("button:visible", has_text="Choose question bank").click()
        choose_from_modal(page, bank)
        page.fill("[name=identifier]", identifier)
        page.select_option("[name=language]", "en")
        page.locator("[name=tags]").evaluate("(field, tags) => { field.value = tags; }", tags)

    def try_it(self, fill):
        """Answer in the live preview and return what it says of the score."""
        page = self.page
        toggle = page.get_by_role("button", name="Toggle preview")
        if toggle.get_attribute("aria-expanded") != "true":
            toggle.click()
        frame = page.frame_locator("iframe#w-preview-iframe")
        scored = frame.locator(".card[role=status]").filter(has_not_text=NO_ANSWER)
        # the preview draws itself anew as one writes, and what was chosen there is gone; what it
        # says then, "no answer", stands until it has the next one
        for patience in PREVIEW_PATIENCE_MS:
            frame.locator("button[name=try]").wait_for()
            fill(frame)
            frame.locator("button[name=try]").click()
            with suppress(TooLate):
                scored.wait_for(timeout=patience)
                return scored.inner_text(timeout=2_000)
        pytest.fail(f"the preview shows no score: {frame.locator('body').inner_text()}")

    def publish(self):
        self.author.press("Publish")
        self.page.wait_for_selector("text=published")


def write_by_hand(author, bank):
    """Four questions through Wagtail's own forms, each tried in its preview."""
    wrong = QuestionForm(author, "One answer")
    data = questions.ALL["choice"]
    wrong.write("prompt", data["prompt"])
    for number, option in enumerate(data["options"]):
        if number:
            wrong.add("options")
        wrong.write(f"options-{number}-value-text", option["text"])
        wrong.fill(f"options-{number}-value-mark", "1" if number == 1 else "0")  # the wrong key
    wrong.place(bank, "signs", "fixed")
    author.look("question-editor")
    told = wrong.try_it(lambda frame: frame.locator("label", has_text="The machine").click())
    assert "This brings 1 of the points." in told
    author.look("question-preview")
    wrong.publish()

    number = QuestionForm(author, "A number")
    number.write("prompt", questions.ALL["number"]["prompt"])
    number.fill("answers-0-value-value", "3000")
    number.fill("unit", "g")
    number.place(bank, "grams", "claims")
    told = number.try_it(lambda frame: frame.locator("[name$=-number]").fill("3"))
    assert "This brings 0 of the points." in told
    number.publish()

    word = QuestionForm(author, "A word or a few")
    word.write("prompt", questions.ALL["text"]["prompt"])
    word.fill("answers-0-value-text", "register")
    word.place(bank, "book", "claims")
    told = word.try_it(lambda frame: frame.locator("[name$=-value]").fill("Register"))
    assert "This brings 1 of the points." in told
    word.publish()

    essay = QuestionForm(author, "Essay")
    essay.write("prompt", questions.ALL["essay"]["prompt"])
    essay.fill("min_words", "5")
    essay.write("model_answer", "Against the register, in writing, signed.")
    essay.place(bank, "essay", "fixed")
    told = essay.try_it(lambda frame: frame.locator("textarea").fill("By heart."))
    assert "A person marks this" in told
    essay.publish()


FIXED = ("signs", "essay")
BY_HAND = ("choice", "number", "text", "essay")


def import_the_rest(author, bank):
    """All other kinds, from a file of another system, with its report."""
    page = author.page
    written = questions.package([kind for kind in questions.ALL if kind not in BY_HAND], "claims")
    assert written.lost == []
    author.visitor.go(f"/cms/snippets/assessments/itembank/?q={bank.replace(' ', '+')}")
    row = page.locator("main tr", has_text=bank)
    row.hover()
    row.get_by_role("button", name="More options").click()
    page.locator("a:visible", has_text="Import questions").click()
    page.set_input_files(
        "input[type=file]",
        {"name": "bank.zip", "mimeType": "application/zip", "buffer": written.data},
    )
    page.click("main button:has-text('Read the file')")
    count = len(questions.ALL) - len(BY_HAND)
    page.click(f"main button:has-text('Take in {count} questions')", timeout=30_000)
    page.wait_for_selector("main a:has-text('See the questions')", timeout=30_000)
    author.look("import-report")


def build_quiz(author, module, bank):
    """A page with fixed questions and a draw, previewed and published; return its title."""
    page, title = author.page, f"Check: {bank}"
    author.open(module)
    number = page.url.split("/")[-3]
    author.visitor.go(f"/cms/pages/{number}/add_subpage/")
    page.locator("main a", has_text="Quiz").first.click()
    page.fill("#id_title", title)
    section = "sections-{}-value-{}".format
    for place, name in enumerate(("Read first", "From the bank")):
        page.locator("*:has(> [name='sections-count']) button.c-sf-add-button").last.click()
        page.fill(f"[name='{section(place, 'title')}']", name)

    def add(place, label, nth):
        items = section(place, "items")
        page.locator(f"*:has(> [name='{items}-count']) button.c-sf-add-button").last.click()
        page.get_by_role("option", name=label, exact=True).click()
        page.wait_for_selector(f"[name='{items}-{nth}-type']", state="attached")
        return f"{items}-{nth}-value"

    for nth, identifier in enumerate(FIXED):
        prefix = add(0, "A question", nth)
        page.locator(
            f"[data-contentpath]:has([name='{prefix}-item']) button:visible",
            has_text="Choose question",
        ).last.click()
        choose_from_modal(page, f"{bank} {identifier}")
    prefix = add(1, "Questions drawn from a bank", 0)
    page.locator("button:visible", has_text="Choose question bank").last.click()
    choose_from_modal(page, bank)
    page.fill(f"[name='{prefix}-tags']", "claims")
    page.fill(f"[name='{prefix}-count']", str(len(questions.ALL) - len(FIXED)))
    author.look("quiz-editor")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_selector(".messages li")
    number = page.url.split("/")[-3]
    author.visitor.go(f"/cms/pages/{number}/view_draft/")
    page.set_viewport_size(PHONE)
    author.visitor.look("quiz-preview")
    page.set_viewport_size(DESKTOP)
    author.visitor.go(f"/cms/pages/{number}/edit/")
    author.press("Publish")
    return title


def move_run_of(author, course, title):
    """Publish the course, and move its run to what was published."""
    page = author.page
    author.open(course)
    author.press("Publish")
    author.visitor.go("/cms/run/")
    row = page.locator("main tr", has_text=course)
    author.visitor.follow(row.locator("a", has_text="Move to edition 2"))
    assert title in page.inner_text("main")
    page.locator("main button", has_text="to edition 2").click()
    page.wait_for_selector(".messages li")


def take_by_keyboard(officer, course, title):
    """Enrol, then answer all of a quiz by keyboard alone with no line in the middle; return the address."""
    page = officer.page
    officer.go(f"/courses/{course}/enrol/")
    page.select_option("[name=organisation]", index=1)
    officer.click("main button.button")
    officer.click(f"main a:has-text('{title}')")
    officer.look("start")
    start = page.url
    button = page.locator("main .card form button.button")
    questions.press(page, "Enter", button, lambda: page.url != start)
    wait_until_kept(page)
    count = page.locator("section[data-position]").count()
    seen = set()
    for number in range(1, count + 1):
        section = page.locator(f"#question-{number}")
        kind = questions.question_of(section)[0]
        officer.context.set_offline(count // 3 < number < count and kind != "upload")
        seen.add(questions.solve_by_keyboard(section))
        officer.look(kind)
        # once this answer is kept, the next question is shown and takes the focus
        questions.press(page, "Enter", section.locator("[data-next]"), section.is_hidden)
        if number < count:
            page.wait_for_function(
                "number => document.activeElement.id === `question-${number}`", arg=number + 1
            )
    officer.context.set_offline(False)
    assert seen == set(questions.ALL)
    page.wait_for_selector(f"text={RECEIVED}", timeout=40_000)
    officer.look("overview")
    button = page.locator("[data-hand-in]:enabled")
    questions.press(page, "Enter", button, lambda: button.count() == 0)
    page.wait_for_url("**/review/")
    assert "A trainer marks a part of it." in page.inner_text("main")
    officer.look("waits-for-marks")
    return page.url


def mark_all(trainer, bank):
    """Go through the queue until nothing of `bank` waits."""
    page = trainer.page
    trainer.go("/o/centre/marking/")
    trainer.look("marking")
    for _ in range(2):
        trainer.go("/o/centre/marking/")
        trainer.follow(page.locator("main .card", has_text=bank).locator("a").first)
        trainer.look("mark")
        page.locator("[name^=points-]").first.fill("1")
        page.fill("[name=comment]", "Well checked.")
        trainer.click("button:has-text('Mark and go on')")
    trainer.go("/o/centre/marking/")
    assert page.locator("main .card", has_text=bank).count() == 0


def put_right(author, bank, right):
    """Accept the answer that the wrong key missed, after a look at what that changes."""
    visitor, page = author.visitor, author.page
    visitor.go("/cms/snippets/assessments/item/?q=signs")
    page.locator("main tr", has_text=bank).locator("td.title a").first.click()
    page.wait_for_url("**/edit/**")
    pk = re.search(r"/edit/(\d+)/", page.url)[1]
    option = page.locator("[name=body-0-value-options-0-id]").input_value()
    page.set_viewport_size(PHONE)
    visitor.go(f"/o/centre/questions/{pk}/regrade/?action=accept&option={option}")
    words = page.inner_text("main")
    assert right in words
    assert "Results that go up: 1; that go down: 0." in words
    visitor.look("dry-run")
    page.fill("[name=reason]", "The key named the machine; the officer who signs answers.")
    visitor.click("main button.button")
    page.wait_for_selector("text=Results that changed: 1", timeout=30_000)
    visitor.look("regraded")


def test_from_the_author_s_bank_to_the_corrected_result(visitor, quiz_course):
    trainer, officer = visitor("quiz-author"), visitor("quiz-officer")
    trainer.sign_in("trainer@demo.example")
    officer.sign_in("learner4@demo.example")
    course = quiz_course("claims", "Land claims", {"choice": questions.MACHINE["choice"]})
    title = f"Land claims {course}"
    author, bank = Author(trainer), f"Bank of {course}"

    build_bank(author, bank)
    write_by_hand(author, bank)
    import_the_rest(author, bank)
    quiz = build_quiz(author, f"{title}: check", bank)
    move_run_of(author, title, quiz)
    trainer.page.set_viewport_size(PHONE)

    review = take_by_keyboard(officer, course, quiz)
    receipt = officer.page.inner_text(".serial")
    mark_all(trainer, bank)
    officer.page.goto(review)
    before = percent(officer.page)
    assert before < 100
    officer.look("marked")

    put_right(author, bank, questions.ALL["choice"]["options"][0]["text"])

    officer.page.reload()
    assert percent(officer.page) == 100
    assert officer.page.inner_text(".serial") == receipt
    assert "marked again after the question was put right" in officer.page.inner_text("main")
    assert "Well checked." in officer.page.inner_text("main")
    officer.look("corrected")
    look_at_the_run(trainer, course, quiz)


def percent(page):
    return int(re.search(r"\d+", page.inner_text(".big-figure"))[0])


def look_at_the_run(trainer, course, quiz):
    """The pages on which a trainer follows a run."""
    page = trainer.page
    trainer.go("/o/centre/runs/")
    trainer.look("runs")
    card = page.locator("main .card, main tr", has_text=course.upper())
    trainer.follow(card.locator("a", has_text=quiz).first)
    trainer.look("quiz-run")
    trainer.click("main a:has-text('Gradebook')")
    trainer.look("gradebook")
    page.go_back()
    trainer.follow(page.locator("main th a").first)
    trainer.look("attempt")
