"""Loading courses from files: whole or not at all, and again without harm."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from courses.loading.course import load_course
from courses.loading.markdown import to_blocks
from courses.models import CoursePage, LessonPage, ProgrammePage
from courses.svg import clean_svg
from lms.operations.demo import COURSES

COURSE = """---
code: X1
key: x1
slug: x-one
title: Course X
level: foundations
hours: 1
summary: A course.
outcomes: [One]
---
About it.
"""
LESSON = """---
key: x1-l1
title: First
minutes: 3
---
Text before.

## A heading

::: tip Mind this
Body *here*.
:::

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1
```

::: reveal Why?
Because.
:::
"""
QUIZ = """
key: x1-check
title: Check
draw: 1
questions:
  - {id: q1, kind: choice, prompt: "P?", feedback: F., options: [{text: a, correct: true, feedback: y}, {text: b, feedback: n}]}
  - {id: q2, kind: number, prompt: "P?", answer: 500, unit: cases, feedback: F.}
  - {id: q3, kind: match, prompt: "P?", pairs: [{left: a, right: b}, {left: c, right: d}], feedback: F.}
  - {id: q4, kind: order, prompt: "P?", items: [a, b, c], feedback: F.}
"""


@pytest.fixture
def folder(tmp_path):
    module = tmp_path / "1-module"
    module.mkdir()
    (tmp_path / "course.md").write_text(COURSE)
    (module / "module.md").write_text("---\nkey: x1-m1\ntitle: Module\n---\n")
    (module / "1-first.md").write_text(LESSON)
    (module / "quiz.yaml").write_text(QUIZ)
    return tmp_path


def test_a_lesson_s_markdown_becomes_blocks(tmp_path):
    kinds = [
        block["type"] for block in to_blocks(LESSON.split("---\n")[2], key="k", folder=tmp_path)
    ]

    assert kinds == ["text", "text", "callout", "table", "code", "reveal"]


def test_loading_twice_changes_nothing(folder, db):
    first = load_course(folder)
    second = load_course(folder)

    assert first.created == ["x1", "x1-m1", "x1-l1", "x1-check"]
    assert second.unchanged == first.created
    assert second.edition == first.edition
    assert CoursePage.objects.get().runs.count() == 1


def test_loading_again_updates_what_its_file_changed_and_leaves_an_author_s_edit(folder, db):
    load_course(folder)
    page = LessonPage.objects.get()
    page.title = "As the author has it"
    page.save_revision().publish()

    load_course(folder)
    assert LessonPage.objects.get().title == "As the author has it"

    (folder / "1-module/1-first.md").write_text(LESSON.replace("title: First", "title: Second"))
    report = load_course(folder)
    assert report.updated == ["x1-l1"]
    assert LessonPage.objects.get().title == "Second"
    assert report.edition.number == 3  # the second holds the edit of the author


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("course.md", "no facts", "facts"),
        ("course.md", "---\ncode: X\n---\n", "lack"),
        ("1-module/1-first.md", "---\nkey: [\n---\n", "YAML"),
        ("1-module/1-first.md", LESSON + "\n![a](figures/none.svg)\n", "drawing"),
        (
            "1-module/quiz.yaml",
            "key: k\ntitle: t\nquestions: [{id: q, kind: riddle, prompt: p}]",
            "riddle",
        ),
        ("1-module/quiz.yaml", "key: k\ntitle: t\nquestions: [{id: q, kind: choice}]", "options"),
    ],
)
def test_a_fault_names_the_file_and_nothing_is_loaded(file, text, word, folder, db):
    (folder / file).write_text(text)

    with pytest.raises(CommandError) as error:
        call_command("load_course", folder, stdout=StringIO())

    assert word in str(error.value)
    assert not CoursePage.objects.exists()


@pytest.mark.parametrize(
    "svg",
    [
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><script>alert(1)</script></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1' onload='alert(1)'/>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><use href='https://example.org/x.svg'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><foreignObject/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><rect fill='url(https://example.org)'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><style>*{}</style></svg>",
        "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg viewBox='0 0 1 1'><text>&x;</text></svg>",
        "<!DOCTYPE svg [<!ENTITY Tab '#'><!ENTITY colon ':'>]><svg viewBox='0 0 1 1'>"
        "<use href='&Tab;javascript&colon;alert(1)'/></svg>",
        "<svg viewBox='0 0 1 1'><rect fill='URL(https://example.org)'/></svg>",
        "<svg viewBox='0 0 1 1'><rect fill='\\75rl(https://example.org)'/></svg>",
        "<svg>",
        "<p>words</p>",
        "<svg viewBox='0 0 1 1'>" + " " * 40_000 + "</svg>",
    ],
)
def test_a_drawing_that_could_run_or_call_out_is_refused(svg):
    with pytest.raises(ValidationError):
        clean_svg(svg)


@pytest.mark.sqlite  # the demo of the journeys loads them with PostgreSQL
@pytest.mark.parametrize(
    "path", sorted(COURSES.glob("*/course.md")), ids=lambda path: path.parent.name
)
def test_the_courses_that_ship_load(path, db):
    report = load_course(path.parent)

    assert report.edition.activities
    # the gate, the practical, and the courses around one lab
    is_short = path.parent.name in {"f0", "fp", "a1", "a2", "m1"}
    for module in report.edition.modules:
        lessons = sum(entry["kind"] == "lesson" for entry in module["activities"])
        assert is_short or 4 <= lessons <= 7
        assert is_short or any(entry["kind"] == "quiz" for entry in module["activities"])
        assert all(
            3 <= entry["minutes"] <= 8
            for entry in module["activities"]
            if entry["kind"] == "lesson"
        )


PROGRAMME = """
key: p1
code: P1
slug: programme-one
title: Programme one
summary: A programme.
runs_of: [x1]
levels:
  - {key: first, title: First, level: foundations, gate: x1, courses: [x2], electives: 1, elective_courses: [x3]}
"""


@pytest.fixture
def programme_file(folder, tmp_path_factory, db):
    """A programme's file, beside its three courses, which are loaded."""
    for key in ("x1", "x2", "x3"):
        other = tmp_path_factory.mktemp(key)
        text = COURSE.replace("key: x1", f"key: {key}").replace("code: X1", f"code: {key.upper()}")
        (other / "course.md").write_text(text.replace("slug: x-one", f"slug: course-{key}"))
        load_course(other)
    path = folder / "programme.yaml"
    path.write_text(PROGRAMME)
    return path


def load(path):
    told = StringIO()
    call_command("load_programme", path, stdout=told)
    return told.getvalue()


def test_a_programme_is_loaded_with_its_rules_and_its_runs(programme_file):
    assert "created; edition 1" in load(programme_file)

    programme = ProgrammePage.objects.get()
    (level,) = programme.editions.get().rules["levels"]
    assert (level["gate"]["code"], level["electives"]) == ("X1", 1)
    assert [(each["code"], each["is_elective"]) for each in level["courses"]] == [
        ("X2", False),
        ("X3", True),
    ]
    assert list(programme.runs.values_list("course__code", flat=True)) == ["X1"]


def test_a_programme_loaded_again_changes_what_its_file_changed(programme_file):
    load(programme_file)
    level = ProgrammePage.objects.get().editions.get().rules["levels"][0]["key"]
    assert "unchanged; edition 1" in load(programme_file)

    programme_file.write_text(PROGRAMME.replace("electives: 1", "electives: 0"))
    assert "updated; edition 2" in load(programme_file)
    assert ProgrammePage.objects.get().editions.first().rules["levels"][0]["key"] == level


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("slug: programme-one", "", "slug"),
        ("title: First, ", "", "title"),
        ("courses: [x2]", "courses: [x9]", "x9"),
        ("electives: 1", "electives: 2", "elective"),
        ("levels:", "levels: [", "YAML"),
    ],
)
def test_a_fault_of_a_programme_is_told_and_nothing_is_loaded(before, after, word, programme_file):
    programme_file.write_text(PROGRAMME.replace(before, after))

    with pytest.raises(CommandError, match=word):
        load(programme_file)

    assert not ProgrammePage.objects.exists()


def test_a_programme_that_is_not_there_is_told(tmp_path, db):
    with pytest.raises(CommandError, match=r"none\.yaml"):
        load(tmp_path / "none.yaml")
