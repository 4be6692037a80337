"""Learners' notebooks are read without trusting them, and shown without their scripts."""

import json
from base64 import b64encode

import pytest

from labs import cells
from labs.grading.notebooks import release_notebook
from tests.labs.notebooks import ANSWERS, handed_in, master

RELEASE = release_notebook(master())
DOT = cells.PNG + b"a dot"


def file_of(answers):
    return json.dumps(handed_in(RELEASE, answers)).encode()


def shown(cell):
    (found,) = cells.shown_cells([{"metadata": {}, **cell}], RELEASE)
    return found


def output(**data):
    cell = {"cell_type": "code", "source": "", "outputs": [data]}
    return shown(cell).outputs[0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"cells": ""}',
        b'{"cells": [1]}',
        b'{"cells": [{"metadata": {}}]}',
        b"[" * 99999,
    ],
)
def test_what_is_no_notebook_is_named_so(content):
    with pytest.raises(cells.NotANotebook):
        cells.read_cells(content)


def test_answers_count_when_they_are_not_as_released():
    content = file_of({"load": ANSWERS["load"], "fill": "  \n"})

    assert cells.answer_names(RELEASE) == ["load", "fill", "gap"]
    assert cells.answered_names(cells.read_cells(content), RELEASE) == {"load"}


def test_answers_are_put_in_their_cells_and_nowhere_else():
    content = file_of({"load": "old"})
    written = cells.with_answers(content, RELEASE, {"load": "new", "test_load": "pass"})
    found = cells.answers_in(cells.read_cells(written), RELEASE)

    assert found["load"] == "new"
    assert found["fill"] == cells.answers_in(RELEASE["cells"], RELEASE)["fill"]


def test_an_answer_whose_cell_was_deleted_comes_back():
    notebook = handed_in(RELEASE, {})
    notebook["cells"] = [cell for cell in notebook["cells"] if cells.name_of(cell) != "fill"]
    written = cells.with_answers(json.dumps(notebook).encode(), RELEASE, {"fill": "new"})

    assert cells.answers_in(cells.read_cells(written), RELEASE)["fill"] == "new"


def test_no_script_comes_through():
    evil = "# Hi\n<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    html = shown({"cell_type": "markdown", "source": evil}).html
    table = "<table onclick='x()'><tr><td>1<script>alert(1)</script></td></tr></table>"

    assert html.startswith("<h2>Hi</h2>")
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert output(output_type="display_data", data={"text/html": table}).html == (
        "<table><tbody><tr><td>1</td></tr></tbody></table>"
    )


def test_what_was_printed_is_shown_plainly_and_not_without_end():
    assert output(output_type="stream", text=["a", "b"]).text == "ab"
    assert output(output_type="stream", text="\x1b[31mred\x1b[0m\x07").text == "red"
    assert len(output(output_type="stream", text="x" * 10**6).text) < 10**4
    assert output(output_type="error", ename="KeyError", evalue="'a'").text == "KeyError: 'a'"
    many = {"cell_type": "code", "source": "", "outputs": [{"output_type": "stream"}] * 50}
    assert shown(many).outputs[-1].kind == "more"


def test_a_picture_is_a_png_and_nothing_else():
    def of(content):
        data = {"image/png": b64encode(content).decode()}
        return [{"outputs": [{"data": data}]}]

    assert cells.picture(of(DOT), 0, 0) == DOT
    assert cells.picture(of(b"<svg onload=alert(1)>"), 0, 0) is None
    assert cells.picture(of(DOT), 0, 1) is None
    assert cells.picture([{"outputs": [{"data": {"image/png": {"a": 1}}}]}], 0, 0) is None
    assert cells.picture([{}], 0, 0) is None


def test_what_no_page_can_be_sent_with_is_replaced():
    half = json.loads('"\\ud800"')
    cell = shown({"cell_type": "code", "source": half, "outputs": []})
    table = output(output_type="display_data", data={"text/html": f"<table>{half}</table>"})
    content = cells.read_cells(file_of({"load": half}))

    for text in (cell.source, table.html, cells.answers_in(content, RELEASE)["load"]):
        assert "?" in text
