"""A trainer writes a lesson in Wagtail, and learners read it when their run moves to it."""

import base64
from io import BytesIO

import pytest
from PIL import Image

from tests.browser.answers import exactly
from tests.browser.conftest import DESKTOP, PHONE

# a film of a second, made by the browser itself
FILM = """async () => {
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(10), {mimeType: "video/webm"});
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  for (let frame = 0; frame < 8; frame += 1) {
    brush.fillStyle = frame % 2 ? "teal" : "navy";
    brush.fillRect(0, 0, 300, 150);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""
TITLE = "Keep a checking note"
SLOW_ANSWERS = """() => {
  const send = window.fetch;
  window.fetch = async (...request) => {
    const answer = await send(...request);
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
    return answer;
  };
}"""


class Author:
    """What a trainer does in Wagtail's page editor."""

    def __init__(self, visitor):
        self.visitor, self.page, self.blocks = visitor, visitor.page, 0
        self.page.set_viewport_size(DESKTOP)

    def look(self, name):
        self.visitor.look(name, axe=False, narrow=False)
        self.page.set_viewport_size(DESKTOP)

    def insert(self, label):
        """Add a block at the end and return the prefix of its fields."""
        page = self.page
        page.locator("button.c-sf-add-button").last.click()
        page.get_by_role("option", name=label, exact=True).click()
        page.wait_for_selector(f"[name=body-{self.blocks}-type]", state="attached")
        self.blocks += 1
        return f"body-{self.blocks - 1}-value"

    def write(self, words):
        """Type into the last rich text there is."""
        self.page.locator(".public-DraftEditor-content").last.click()
        self.page.keyboard.type(words)

    def upload(self, button, name, kind, content):
        page = self.page
        page.locator("button:visible", has_text=button).first.click()
        page.locator(".modal-body [role=tab]", has_text="Upload").click()
        file = {"name": name, "mimeType": kind, "buffer": content}
        page.set_input_files(".modal-body input[type=file]", file)
        page.fill(".modal-body input[name$=-title]:visible", name)
        page.locator(".modal-body button[type=submit]:visible").last.click()
        page.wait_for_selector(".modal-body", state="detached")

    def press(self, action):
        """Choose `action` in the menu beside the save button."""
        self.page.get_by_role("button", name="More actions").last.click()
        self.visitor.follow(self.page.locator("button:visible", has_text=action).last)
        self.page.wait_for_selector(".messages li")
        return self.page.inner_text(".messages")

    def open(self, title):
        self.visitor.go("/cms/pages/search/?q=" + title.replace(" ", "+"))
        # a search finds others too, in an order that differs between databases
        self.page.locator("main td.title a", has_text=exactly(title)).first.click()
        self.page.wait_for_url("**/edit/")


def picture():
    file = BytesIO()
    Image.new("RGB", (640, 360), "teal").save(file, "PNG")
    return file.getvalue()


def write_lesson(author):
    page = author.page
    page.fill("#id_title", TITLE)
    page.fill("#id_summary", "Three lines in the file, the same day.")
    author.insert("Text")
    author.write("When the check is done, write it down.")
    prefix = author.insert("Callout")
    page.select_option(f"[name={prefix}-kind]", "warning")
    author.write("Not tomorrow.")
    prefix = author.insert("Picture")
    author.upload("Choose an image", "board.png", "image/png", picture())
    page.fill(f"[name={prefix}-alt]", "A plain teal board")
    prefix = author.insert("Film with transcript")
    page.fill(f"[name={prefix}-title]", "The note in a minute")
    film = base64.b64decode(page.evaluate(FILM))
    author.upload("Choose a document", "note.webm", "video/webm", film)
    author.write("She writes, signs and files the note.")
    prefix = author.insert("Code")
    page.fill(f"[name={prefix}-code]", "claims = 9")


def titles(page):
    return [title.strip() for title in page.locator("main td.title a").all_inner_texts()]


def outline(learner):
    """Titles in the learner's outline of the run."""
    learner.go("/learn/")
    learner.click("main article h2 a")
    return learner.page.inner_text("main")


def add_lesson(author):
    """Under the first module; return the ids of both pages."""
    page = author.page
    author.open("What the machine has seen")
    module = int(page.url.split("/")[-3])
    author.visitor.go(f"/cms/pages/{module}/add_subpage/")
    kinds = page.inner_text("main")
    assert "Lesson" in kinds
    assert "Quiz" in kinds
    assert "Course" not in kinds
    page.locator("main a", has_text="Lesson").first.click()
    write_lesson(author)
    author.look("editor")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_selector(".messages li")
    return module, int(page.url.split("/")[-3])


def preview(author, lesson):
    """In the panel, and as a page that axe reads."""
    author.page.get_by_role("button", name="Toggle preview").click()
    author.page.frame_locator("iframe#w-preview-iframe").locator("h1", has_text=TITLE).wait_for()
    author.look("preview-panel")
    author.visitor.go(f"/cms/pages/{lesson}/view_draft/")
    for words in ("write it down", "Not tomorrow.", "The note in a minute", "claims = 9"):
        assert words in author.page.inner_text("main")
    author.page.set_viewport_size(PHONE)
    author.visitor.look("preview")
    author.page.set_viewport_size(DESKTOP)


def move_lesson(author, module, lesson):
    """To another module; the list of pages is in the learner's order, newest last."""
    page = author.page
    author.visitor.go(f"/cms/pages/{module}/")
    assert titles(page)[-1] == TITLE
    author.visitor.go(f"/cms/pages/{lesson}/move/")
    page.locator(
        "main form .chooser button:visible, main form [data-chooser] button:visible"
    ).first.click()
    page.get_by_text("Choose another page").last.click()
    page.wait_for_selector(".modal-body td.title")
    author.look("move")
    page.fill(".modal-body input[name=q]", "Four kinds of system")
    page.locator(".modal-body a.choose-page", has_text="Four kinds of system").first.click()
    page.wait_for_selector(".modal-body", state="detached")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Yes").click()
    page.wait_for_selector(".messages li")


def move_run(author):
    """As somebody decides who has seen what it means."""
    page = author.page
    author.visitor.go("/cms/run/")
    author.look("runs")
    link = page.locator("main a", has_text="Move to edition 2").last  # of the run that goes on
    author.visitor.follow(link)
    words = page.inner_text("main")
    assert TITLE in words
    assert "part of the way through" in words
    author.look("move-run")
    page.locator("main button", has_text="to edition 2").click()
    page.wait_for_selector(".messages li")


def test_a_trainer_writes_a_lesson_and_learners_read_it_when_the_run_moves(visitor):
    trainer, learner = visitor("authoring"), visitor("authoring-learner")
    trainer.sign_in("trainer@demo.example")
    learner.sign_in("learner4@demo.example")
    author = Author(trainer)

    module, lesson = add_lesson(author)
    preview(author, lesson)
    move_lesson(author, module, lesson)
    author.open(TITLE)
    assert "submitted for moderation" in author.press("Submit to Moderators approval")
    author.open(TITLE)
    author.press("Approve and Publish")
    assert TITLE not in outline(learner)
    author.open("AI basics for public officers: use it, check it, answer for it")
    assert "Edition 2 of" in author.press("Publish")
    author.look("published")
    before = outline(learner)
    assert TITLE not in before

    move_run(author)

    after = outline(learner)
    assert TITLE in after
    assert after.count("Done") == before.count("Done")
    read(learner)


def read(learner):
    """The new lesson as a learner has it: the picture is there, the film plays."""
    page = learner.page
    page.locator("main a", has_text=TITLE).first.click()
    page.wait_for_selector(".lesson-body")
    shown = page.locator(".lesson-body img")
    shown.scroll_into_view_if_needed()
    page.wait_for_function(
        "document.querySelector('.lesson-body img').complete && "
        "document.querySelector('.lesson-body img').naturalWidth > 0"
    )
    assert shown.get_attribute("alt") == "A plain teal board"
    assert page.evaluate(
        "async () => { const film = document.querySelector('video'); film.muted = true;"
        " await film.play(); return film.videoWidth > 0; }"
    )
    page.evaluate("scrollTo(0, 0)")
    learner.look("new-lesson")


def test_publishing_while_the_draft_is_on_its_way_makes_one_page(visitor):
    trainer = visitor("authoring-slowly")
    trainer.sign_in("trainer@demo.example")
    author, page, title = Author(trainer), trainer.page, "On a slow line"
    author.open("What the machine has seen")
    module = page.url.split("/")[-3]
    trainer.go(f"/cms/pages/add/courses/lessonpage/{module}/")

    page.evaluate(SLOW_ANSWERS)
    page.wait_for_timeout(
        3000
    )  # two seconds after it opened, the editor notes what has yet to change
    page.fill("#id_title", title)
    page.fill("#id_summary", "It is kept once.")
    page.wait_for_selector("#w-autosave-indicator >> text=Saving…")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_selector(".messages li")

    trainer.go(f"/cms/pages/{module}/")
    assert titles(page).count(title) == 1
    assert not trainer.faults


@pytest.mark.parametrize("path", ["/cms/", "/cms/images/", "/cms/documents/", "/cms/account/"])
def test_the_trainer_s_other_pages_open(path, visitor):
    trainer = visitor("authoring-pages")
    trainer.sign_in("trainer@demo.example")
    trainer.go(path)

    assert trainer.page.url == trainer.platform.url + path
    assert not trainer.faults
