"""Honest and dishonest notebooks, each with the mark that is fair. Real sandboxes, no mocks."""

import pytest

from labs.grading.marking import Bounds, mark
from labs.grading.notebooks import release_notebook
from tests.labs.notebooks import ANSWERS, FILES, STUBS, code, handed_in, master

BOUNDS = Bounds(cell_seconds=4, call_seconds=4, total_seconds=60, memory_mb=600)


def marked(answers, change=None):
    notebook = handed_in(release_notebook(master()), answers)
    if change:
        change(notebook)
    return mark(master(), notebook, FILES, BOUNDS)


def after(name, line):
    """All answers right, with `line` run after that of `name`."""
    return {**ANSWERS, name: f"{ANSWERS[name]}\n{line}"}


def instead(name, source):
    return {**ANSWERS, name: source}


HONEST = {
    "right": (ANSWERS, 10),
    "blank": ({}, 0),
    "only the stub": (STUBS, 0),
    "one wrong": (instead("gap", "def gap(predicted, groups):\n    return 0.5"), 5),
    "changes its input": (
        instead(
            "fill",
            "def fill(table):\n"
            "    table['pages'] = table['pages'].fillna(table['pages'].median())\n"
            "    return table",
        ),
        7,
    ),
    "syntax error": (instead("fill", "def fill(table)\n    return 1"), 7),
    "uses a magic": (after("load", "%time len('a')"), 10),
    "never ends": (instead("fill", "while True:\n    pass"), 7),
    "never ends when called": (
        instead("fill", "def fill(table):\n    while True:\n        pass"),
        7,
    ),
    "ends the process": (instead("fill", "import os\nos._exit(0)"), 7),
    "sys.exit": (instead("fill", "import sys\nsys.exit()"), 7),
    "prints 100 MB": (after("fill", "for _ in range(100):\n    print('x' * (1 << 20))"), 10),
    "takes 3 GB": (
        instead("fill", "much = [bytearray(b'x') * (1 << 20) for _ in range(3000)]"),
        7,
    ),
}

ALL_EQUAL = """
class Yes(float):
    def __getattr__(self, name): return YES
    def __call__(self, *arguments): return YES
    def __getitem__(self, key): return YES
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *other: YES
    __bool__ = lambda self: True
    __hash__ = float.__hash__
YES = Yes()
import builtins
builtins.abs = lambda value: -1
builtins.list = lambda *values: YES
def load(path): return YES
def fill(table): return YES
def gap(predicted, groups): return YES
"""
DROPS_ASSERTS = """
import ast
class Dropper(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Dropper())
"""
SWALLOWS_ERRORS = """
shell = get_ipython()
shell.showtraceback = lambda *a, **k: None
original = type(shell).run_cell_async
async def quiet(self, *arguments, **keywords):
    result = await original(self, *arguments, **keywords)
    result.error_in_exec = result.error_before_exec = None
    return result
type(shell).run_cell_async = quiet
"""
FORGES_FRAMES = """
import json, os, stat, struct
forged = json.dumps({"result": {"name": "test_load", "outcome": "met", "detail": ""}}).encode()
done = json.dumps({"done": True}).encode()
for fd in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            for frame in (forged, forged, done):
                os.write(fd, struct.pack("<I", len(frame)) + frame)
    except OSError:
        pass
"""
FORGES_VALUES = """
from labs.grading import values
values.encode = lambda value, keep=None, depth=0: {"_": "array", "dtype": "|O", "shape": [1]}
"""
CLAIMS_SUCCESS = """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Worker":
        type(thing).answer = lambda *a: {"ok": False, "outcome": "met", "detail": ""}
"""
READS_TESTS = """
import glob
for path in glob.glob("/opt/labs/**", recursive=True) + glob.glob("/home/**", recursive=True):
    try:
        if "HIDDEN TESTS" in open(path, errors="replace").read(): print("SEEN", path)
    except OSError:
        pass
import gc
for thing in gc.get_objects():
    if isinstance(thing, dict) and "tests" in thing and "names" in thing: print("SEEN", thing)
"""
REPLACES_PANDAS = """
class Fake:
    def __getattr__(self, name): return lambda *a, **k: Fake()
pd = Fake()
import sys
sys.modules["pandas"] = pd
"""
TELLS_LATER = """
heard = []
def fill(table):
    heard.append(table['pages'].tolist())
    return table.fillna({'pages': table.pages.median()})
def gap(predicted, groups):
    raise ValueError(f"HEARD {heard}")
"""
KILLS = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.kill(0, 0)"
FORKS = (
    "import os, time\n"
    "for _ in range(400):\n"
    "    try:\n"
    "        if os.fork() == 0:\n            time.sleep(60); os._exit(0)\n"
    "    except OSError:\n        break"
)
DIALS = (
    "import socket\n"
    "for port in (22, 5432, 6379, 8000):\n"
    "    try:\n"
    "        socket.create_connection(('127.0.0.1', port), timeout=1); print('REACHED', port)\n"
    "    except OSError:\n        pass"
)

CHEATS = {
    "equal to everything": ({"load": ALL_EQUAL}, 0),
    "asserts dropped": ({**STUBS, "load": DROPS_ASSERTS + STUBS["load"]}, 0),
    "errors swallowed": ({**STUBS, "load": SWALLOWS_ERRORS + STUBS["load"]}, 0),
    "frames forged": ({**STUBS, "load": FORGES_FRAMES}, 0),
    "frames forged when called": (
        {**STUBS, "load": f"def load(path):\n    exec({FORGES_FRAMES!r})"},
        0,
    ),
    "values forged": ({**ANSWERS, "load": ANSWERS["load"] + FORGES_VALUES}, 0),
    "success claimed": ({**STUBS, "load": CLAIMS_SUCCESS}, 0),
    "tests searched for": ({**STUBS, "load": READS_TESTS}, 0),
    "pandas replaced": ({**STUBS, "load": REPLACES_PANDAS}, 0),
    "hidden input told later": ({"load": ANSWERS["load"], "fill": TELLS_LATER}, 5),
    "parent killed": (after("load", KILLS), 10),
    "processes without end": (after("load", FORKS), 10),
    "ports dialled": (after("load", DIALS), 10),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_notebook_gets_its_points(name):
    answers, points = HONEST[name]

    assert marked(answers).score == points


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_gains_nothing(name):
    answers, points = CHEATS[name]
    report = marked(answers)

    assert report.score == points
    told = f"{report.output} {report.cells} {report.checks}"
    assert [
        word for word in ("SEEN", "REACHED", "HEARD [[1.0, nan, 3.0], [4") if word in told
    ] == []


def make_tests_easy(notebook):
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade"):
            cell["source"] = "assert True"
            marks["points"] = 100


def delete_tests(notebook):
    notebook["cells"] = [
        c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")
    ]


@pytest.mark.parametrize("change", [make_tests_easy, delete_tests])
def test_changed_tests_change_nothing(change):
    report = marked(ANSWERS | {"gap": STUBS["gap"]}, change)

    assert (report.score, report.maximum) == (5, 10)


def test_a_check_says_what_may_be_said():
    report = marked(
        {
            "load": "def load(path):\n    return pd.read_csv(path).head(2)",
            "fill": "def fill(table):\n    return table.fillna(2.0)",
            "gap": "def gap(predicted, groups):\n    raise KeyError('groups')",
        }
    )

    assert [(c.name, c.outcome, c.detail) for c in report.checks] == [
        ("test_load", "not_met", "Four requests, three columns"),
        ("test_fill", "hidden_not_met", ""),
        ("test_gap", "raised", "KeyError: 'groups'"),
    ]


DRAWS = """def draw(table):
    ### BEGIN SOLUTION
    figure, axes = plt.subplots()
    axes.bar(table["county"], table["pages"])
    axes.set_title("Pages by county")
    return figure
    ### END SOLUTION"""
LOOKS = """figure = draw(pd.DataFrame({"county": ["Nyeri", "Kisumu"], "pages": [3.0, 4.0]}))
axes = figure.axes[0]
assert "pages" in axes.get_title().lower(), "Give it a title"
assert len(axes.get_xticklabels()) == 2
### BEGIN HIDDEN TESTS
assert [bar.get_height() for bar in axes.patches] == [3.0, 4.0]
assert [label.get_text() for label in axes.get_xticklabels()] == ["Nyeri", "Kisumu"]
### END HIDDEN TESTS"""


@pytest.mark.parametrize(
    ("line", "outcome", "detail"),
    [
        ("    axes.bar(table['county'], table['pages'])", "met", ""),
        ("    axes.bar(table['county'], [1, 2])", "hidden_not_met", ""),
        ("    axes.set_title = lambda text: None", "not_met", "Give it a title"),
    ],
)
def test_a_figure_is_looked_at_where_it_is(line, outcome, detail):
    lab = master()
    marks = {"grade_id": "draw", "grade": False, "solution": True}
    tested = {"grade_id": "test_draw", "grade": True, "solution": False, "points": 2}
    setup = code("import pandas as pd\nimport matplotlib.pyplot as plt", grade_id="setup")
    lab["cells"] = [setup, code(DRAWS, **marks), code(LOOKS, **tested)]
    answer = (
        f"def draw(table):\n    figure, axes = plt.subplots()\n{line}\n"
        "    axes.set_title('Pages by county')\n    return figure"
    )
    report = mark(lab, handed_in(release_notebook(lab), {"draw": answer}), FILES, BOUNDS)

    assert [(c.outcome, c.detail) for c in report.checks] == [(outcome, detail)]


def test_what_people_mark_waits_for_them():
    notebook = handed_in(release_notebook(master(by_hand=True)), {**ANSWERS, "why": "Far."})
    report = mark(master(by_hand=True), notebook, FILES, BOUNDS)

    assert (report.score, report.maximum) == (10, 15.5)
    assert [(c.name, c.points, c.max, c.outcome) for c in report.checks[3:]] == [
        ("why", 0, 4, "by_hand"),
        ("plot", 0, 1.5, "by_hand"),
    ]


@pytest.mark.parametrize(
    "submission", [{}, {"cells": 3}, {"cells": [None, {"metadata": []}]}, [], "notebook"]
)
def test_what_is_no_notebook_gets_nothing(submission):
    assert mark(master(), submission, FILES, BOUNDS).score == 0
