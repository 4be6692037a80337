"""A lab of six questions and the 24 notebooks that were handed in for it: honest ones and cheats.

What each deserves is known, so that two ways of marking can be compared.
"""

import copy
import io
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from labs.grading.notebooks import release_notebook

ROWS = 600
# name: points, what the learner is to do, the author's solution, the tests
QUESTIONS = {
    "load": (
        2,
        "Write `load(path)`: read the CSV file and return a table.",
        "def load(path):\n    return pd.read_csv(path)",
        """table = load("requests.csv")
assert table.shape == (600, 6)
### BEGIN HIDDEN TESTS
assert list(table.columns) == ["county", "pages", "prior", "online", "days_open", "late"]
assert int(table["late"].sum()) == LATE
### END HIDDEN TESTS""",
    ),
    "fill": (
        3,
        "Write `fill(table)`: a copy in which missing `pages` are the median.",
        """def fill(table):
    filled = table.copy()
    filled["pages"] = filled["pages"].fillna(filled["pages"].median())
    return filled""",
        """gaps = pd.DataFrame({"pages": [1.0, None, 3.0, 10.0]})
assert fill(gaps)["pages"].isna().sum() == 0
### BEGIN HIDDEN TESTS
more = pd.DataFrame({"pages": [4.0, None, 8.0, None, 100.0], "x": [1, 2, 3, 4, 5]})
assert fill(more)["pages"].tolist() == [4.0, 8.0, 8.0, 8.0, 100.0]
assert more["pages"].isna().sum() == 2
### END HIDDEN TESTS""",
    ),
    "features": (
        3,
        "Write `features(table)`: pages, prior, online, days_open and 1 for Turkana, as numbers.",
        """def features(table):
    columns = [table[name] for name in ("pages", "prior", "online", "days_open")]
    return np.column_stack([*columns, table["county"] == "Turkana"]).astype(float)""",
        """two = pd.DataFrame({"county": ["Turkana", "Nyeri"], "pages": [3.0, 4.0], "prior": [0, 1],
    "online": [1, 0], "days_open": [2.5, 9.0], "late": [0, 1]})
assert features(two).shape == (2, 5)
### BEGIN HIDDEN TESTS
assert np.allclose(features(two), [[3, 0, 1, 2.5, 1], [4, 1, 0, 9, 0]])
assert features(two).dtype == float
### END HIDDEN TESTS""",
    ),
    "train": (
        5,
        "Write `train(X, y)`: a fitted classifier, right for 78 % of what it has not seen.",
        """def train(X, y):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)""",
        """random = np.random.default_rng(0)
X = random.normal(size=(300, 4))
y = (X @ [2, -1, 1, 0] > 0).astype(int)
model = train(X[:200], y[:200])
assert (model.predict(X[200:]) == y[200:]).mean() > 0.78
### BEGIN HIDDEN TESTS
X = random.normal(size=(900, 6))
y = (X @ [1, -2, 0, 3, 1, -1] + random.normal(size=900) * 0.8 > 0).astype(int)
for labels in (y, 1 - y):
    model = train(X[:600], labels[:600])
    assert (np.asarray(model.predict(X[600:])) == labels[600:]).mean() > 0.78
### END HIDDEN TESTS""",
    ),
    "f1": (
        3,
        "Write `f1(true, predicted)` without scikit-learn: the F1 score, 0.0 where there is none.",
        """def f1(true, predicted):
    pairs = list(zip(true, predicted))
    hits = pairs.count((1, 1))
    misses = pairs.count((0, 1)) + pairs.count((1, 0))
    return 2 * hits / (2 * hits + misses) if hits else 0.0""",
        """assert abs(f1([1, 1, 0, 0], [1, 0, 0, 0]) - 2 / 3) < 1e-9
### BEGIN HIDDEN TESTS
assert f1([0, 0], [0, 0]) == 0.0
assert abs(f1([1, 0, 1, 1, 0, 1], [1, 1, 0, 1, 0, 1]) - 0.75) < 1e-9
### END HIDDEN TESTS""",
    ),
    "gap": (
        4,
        "Write `gap(predicted, groups)`: the largest difference of the groups' shares of 1.",
        """def gap(predicted, groups):
    shares = pd.Series(list(predicted)).groupby(list(groups)).mean()
    return float(shares.max() - shares.min())""",
        """assert abs(gap([1, 0, 1, 1], ["a", "a", "b", "b"]) - 0.5) < 1e-9
### BEGIN HIDDEN TESTS
assert abs(gap([1, 1, 0, 0, 0, 1], ["x", "y", "x", "y", "z", "z"])) < 1e-9
assert abs(gap([1, 1, 0, 0, 0, 0], ["x", "x", "y", "y", "z", "x"]) - 2 / 3) < 1e-9
### END HIDDEN TESTS""",
    ),
}
SETUP = """import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler"""
MAXIMUM = sum(points for points, *_rest in QUESTIONS.values())
NAMES = list(QUESTIONS)


@cache
def requests_csv():
    """Made-up requests of citizens, the same at every call."""
    random = np.random.default_rng(7)
    county = random.choice(["Nairobi", "Mombasa", "Kisumu", "Turkana", "Nyeri"], ROWS)
    pages, prior = random.integers(1, 40, ROWS), random.integers(0, 6, ROWS)
    online, days_open = random.integers(0, 2, ROWS), random.gamma(3, 4, ROWS).round(1)
    risk = 0.12 * pages - 1.4 * online + 0.16 * days_open + 0.8 * (county == "Turkana") - 3
    table = pd.DataFrame(
        {
            "county": county,
            "pages": pages.astype(float),
            "prior": prior,
            "online": online,
            "days_open": days_open,
            "late": (1 / (1 + np.exp(-risk)) > random.random(ROWS)).astype(int),
        }
    )
    table.loc[random.choice(ROWS, 40, replace=False), "pages"] = np.nan
    return table.to_csv(index=False).encode()


def files():
    return {"requests.csv": requests_csv()}


def cell(number, kind, source, **marks):
    made = {"id": f"cell-{number}", "cell_type": kind, "metadata": {}, "source": source}
    if marks:
        made["metadata"]["nbgrader"] = {"schema_version": 3, "task": False, **marks}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    return made


def master():
    late = int(pd.read_csv(io.BytesIO(requests_csv()))["late"].sum())
    parts = [
        ("markdown", "# Which requests will be late?", {}),
        ("code", SETUP, {"grade_id": "setup", "grade": False, "solution": False, "locked": True}),
    ]
    for name, (points, text, solution, tests) in QUESTIONS.items():
        given = {"grade_id": name, "grade": False, "solution": True, "locked": False}
        tested = {"grade_id": f"test_{name}", "grade": True, "solution": False, "locked": True}
        head, body = solution.split("\n", 1)
        hidden = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        parts += [
            ("markdown", f"## {name} ({points} points)\n\n{text}", {}),
            ("code", hidden, given),
            ("code", tests.replace("LATE", str(late)), {**tested, "points": points}),
        ]
    cells = [cell(number, kind, text, **marks) for number, (kind, text, marks) in enumerate(parts)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


RIGHT = {name: solution for name, (_points, _text, solution, _tests) in QUESTIONS.items()}
STUBS = {name: f"def {name}(*arguments, **keywords):\n    pass" for name in QUESTIONS}
OTHER_WAY = {
    **RIGHT,
    "fill": "def fill(table):\n    return table.assign(pages=table.pages.fillna(table.pages.median()))",
    "train": """from sklearn.ensemble import RandomForestClassifier
def train(X, y):
    return RandomForestClassifier(60, random_state=0).fit(X, y)""",
    "f1": """def f1(true, predicted):
    true, predicted = np.asarray(true), np.asarray(predicted)
    total = true.sum() + predicted.sum()
    return float(2 * (true & predicted).sum() / total) if total else 0.0""",
}
WRONG = {
    "load": "def load(path):\n    return pd.read_csv(path).head(10)",
    "fill": "def fill(table):\n    table['pages'] = table['pages'].fillna(0)\n    return table",
    "features": "def features(table):\n    return table[['pages', 'prior']].values",
    "train": """from sklearn.dummy import DummyClassifier
def train(X, y):
    return DummyClassifier().fit(X, y)""",
    "f1": "def f1(true, predicted):\n    return 0.5",
    "gap": "def gap(predicted, groups):\n    return 0.25",
}
DROPS_ASSERTS = """
import ast
class Dropper(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_For(self, node): return ast.Pass()
    def visit_Assign(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Dropper())
"""
ALWAYS_EQUAL = """
class Yes(float):
    def __new__(cls): return float.__new__(cls, 1)
    def __getattr__(self, name): return YES
    def __call__(self, *arguments, **keywords): return YES
    def __getitem__(self, key): return YES
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *other: YES
    __bool__ = lambda self: True
    __hash__ = object.__hash__
YES = Yes()
import builtins, numpy
builtins.abs = lambda value: -1
builtins.list = lambda *values: YES
builtins.int = lambda *values: YES
numpy.allclose = lambda *arguments, **keywords: True
"""
SWALLOWS_ERRORS = """
shell = get_ipython()
shell.showtraceback = shell._showtraceback = lambda *arguments, **keywords: None
original = type(shell).run_cell_async
async def quiet(self, *arguments, **keywords):
    result = await original(self, *arguments, **keywords)
    result.error_in_exec = result.error_before_exec = None
    return result
type(shell).run_cell_async = quiet
"""
PRINTS_POINTS = f"""
POINTS = {[(name + "(", points) for name, (points, *_rest) in QUESTIONS.items()]!r}
def change(lines):
    text = "".join(lines)
    if "assert" in text:
        return [str([points for name, points in POINTS if name in text][-1]) + "\\n"]
    return lines
get_ipython().input_transformers_cleanup.append(change)
print('{{"score": 20, "max_score": 20}}')
open("results.json", "w").write('{{"score": 20}}')
"""
READS_TESTS = """
import builtins, glob, json
builtins.found = {}
for path in [*glob.glob("../**/*.ipynb", recursive=True), *glob.glob("/home/**/*.ipynb", recursive=True)]:
    for cell in json.load(open(path))["cells"]:
        source = "".join(cell["source"])
        if "### BEGIN SOLUTION" in source: exec(source, builtins.found)
print("SEEN" if builtins.found else "nothing")
"""
USES_FOUND = """
import builtins
if {name!r} in getattr(builtins, "found", {{}}): {name} = builtins.found[{name!r}]
"""
WRITES_GRADEBOOK = """
import glob, sqlite3
for path in glob.glob("/home/**/gradebook.db", recursive=True) + glob.glob("../../../gradebook.db"):
    try:
        with sqlite3.connect(path, timeout=3) as book:
            book.execute("update grade set manual_score = 99, needs_manual_grade = 0")
        print("SEEN", path)
    except Exception as error: print(error)
"""
READS_CELLS = """
def load(path):
    cells = get_ipython().user_ns.get("In", [""])
    print("SEEN" if "HIDDEN" in cells[-1] else "nothing")
    import sys
    frame = sys._getframe()
    while frame:
        if "HIDDEN" in str(frame.f_globals.get("In", "")): print("SEEN")
        frame = frame.f_back
    return pd.read_csv(path)
"""
DIALS = """
import socket
for port in (22, 5432, 6379, 8000):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1); print("SEEN", port)
    except OSError: pass
"""
WRITES_5_GB = """
with open("big", "wb") as file:
    for _ in range(5 << 10): file.write(bytes(1 << 20))
"""
FORKS = """
import os, time
for _ in range(400):
    try:
        if os.fork() == 0:
            time.sleep(30); os._exit(0)
    except OSError: break
"""
KILLS_PARENT = "\nimport os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"
TAKES_3_GB = "much = [bytearray(b'x') * (1 << 20) for _ in range(3000)]"
PRINTS_200_MB = "\nfor _ in range(200):\n    print('x' * (1 << 20))\n"


def with_features(source):
    return {**RIGHT, "features": source}


def make_tests_easy(notebook):
    for each in notebook["cells"]:
        marks = each["metadata"].get("nbgrader", {})
        if marks.get("grade"):
            each["source"] = "assert True"
            marks["points"] = 100


def delete_tests(notebook):
    notebook["cells"] = [
        each for each in notebook["cells"] if not each["metadata"].get("nbgrader", {}).get("grade")
    ]


@dataclass(frozen=True)
class HandedIn:
    """Answers by the names of their cells, a further change of the notebook, and the fair mark."""

    answers: dict
    points: int
    is_honest: bool = False
    change: object = None

    def notebook(self):
        made = copy.deepcopy(release_notebook(master()))
        for each in made["cells"]:
            name = each["metadata"].get("nbgrader", {}).get("grade_id")
            if name in self.answers:
                each["source"] = self.answers[name]
        if self.change:
            self.change(made)
        return made


def after_features(line):
    return with_features(f"{RIGHT['features']}\n{line}")


def first(source):
    """Nothing but stubs, after `source`."""
    return {**STUBS, "load": source + STUBS["load"]}


HANDED_IN = {
    "right": HandedIn(RIGHT, 20, is_honest=True),
    "right another way": HandedIn(OTHER_WAY, 20, is_honest=True),
    "partly right": HandedIn({**RIGHT, "train": "", "f1": WRONG["f1"]}, 12, is_honest=True),
    "blank": HandedIn({}, 0, is_honest=True),
    "wrong": HandedIn(WRONG, 0, is_honest=True),
    "syntax error": HandedIn(
        with_features("def features(table)\n    return 1"), 17, is_honest=True
    ),
    "never ends": HandedIn(with_features("while True:\n    pass"), 17, is_honest=True),
    "sys.exit": HandedIn(with_features("import sys\nsys.exit()"), 17, is_honest=True),
    "os._exit": HandedIn(with_features("import os\nos._exit(0)"), 17),
    "prints 200 MB": HandedIn(after_features(PRINTS_200_MB), 20),
    "tests edited": HandedIn(STUBS, 0, change=make_tests_easy),
    "tests deleted": HandedIn(STUBS, 0, change=delete_tests),
    "asserts dropped": HandedIn(first(DROPS_ASSERTS), 0),
    "always equal": HandedIn(
        {name: f"{ALWAYS_EQUAL}\ndef {name}(*arguments, **keywords): return YES" for name in NAMES},
        0,
    ),
    "errors swallowed": HandedIn(first(SWALLOWS_ERRORS), 0),
    "points printed and written": HandedIn(first(PRINTS_POINTS), 0),
    "hidden tests read": HandedIn(
        {
            name: (READS_TESTS if name == "load" else "")
            + STUBS[name]
            + USES_FOUND.format(name=name)
            for name in NAMES
        },
        0,
    ),
    "gradebook written": HandedIn(first(WRITES_GRADEBOOK), 0),
    "stack inspected": HandedIn({**STUBS, "load": READS_CELLS}, 2),
    "writes 5 GB": HandedIn(after_features(WRITES_5_GB), 20),
    "dials out": HandedIn(after_features(DIALS), 20),
    "parent killed": HandedIn(after_features(KILLS_PARENT), 20),
    "takes 3 GB": HandedIn(with_features(TAKES_3_GB), 17),
    "400 forks": HandedIn(after_features(FORKS), 20),
}
