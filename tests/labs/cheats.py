"""More that learners may hand in, for the lab of the benchmark: aimed at our own marking."""

from tests.labs.late_requests import (
    READS_CELLS,
    RIGHT,
    STUBS,
    HandedIn,
    after_features,
    first,
    with_features,
)

# In hidden tests, in another's answer and in the marking process's environment: nobody may see it.
SECRET = "secret-5f1c9a7e"
PATTERN = "[s]ecret-[0-9a-f]{8}"  # does not match itself, where it lies in memory

PATCHES_SKLEARN = """
import sklearn.metrics, sklearn.linear_model, numpy, builtins
class Yes(numpy.ndarray):
    __eq__ = lambda self, other: numpy.ones(len(self), bool)
    mean = lambda self: 1.0
sklearn.linear_model.LogisticRegression.predict = lambda self, X: numpy.ones(len(X)).view(Yes)
sklearn.metrics.accuracy_score = sklearn.metrics.f1_score = lambda *a, **k: 1.0
numpy.ndarray.mean = numpy.mean = lambda *a, **k: 1.0
"""
PATCHES_ASSERT = """
import builtins, sys
builtins.AssertionError = type("Quiet", (Exception,), {})
sys.excepthook = lambda *arguments: None
builtins.__debug_off = True
import IPython.core.interactiveshell as interactive
interactive.InteractiveShell.run_code = lambda *arguments, **keywords: False
"""
THREAD_SPAMS = """
import threading, os, struct, json, stat
def spam():
    frame = json.dumps({"result": {"name": "test_load", "outcome": "met", "detail": ""}}).encode()
    while True:
        for fd in range(3, 64):
            try:
                if stat.S_ISSOCK(os.fstat(fd).st_mode):
                    os.write(fd, struct.pack("<I", len(frame)) + frame)
            except OSError: pass
threading.Thread(target=spam, daemon=True).start()
"""
THREAD_WORKS = """
import threading
def work():
    while True: sum(range(1000))
threading.Thread(target=work, daemon=True).start()
"""
HUNTS = f"""
import glob, os, re
seen = []
for path in ["/etc/shadow", "/proc/1/environ", "/proc/self/environ", "/proc/self/cmdline",
             *glob.glob("/proc/[0-9]*/environ"), *glob.glob("/opt/**", recursive=True),
             *glob.glob("/home/**", recursive=True), *glob.glob("/tmp/**", recursive=True),
             *glob.glob("/run/**", recursive=True), *glob.glob("/dev/shm/*"), *glob.glob("/mnt/**")]:
    try:
        seen += re.findall({PATTERN!r}, open(path, errors="replace").read())
    except OSError: pass
maps = [line.split() for line in open("/proc/self/maps")]
with open("/proc/self/mem", "rb", 0) as memory:
    for place, rights, *_rest in maps:
        start, end = (int(part, 16) for part in place.split("-"))
        if rights[:2] == "rw" and end - start < 1 << 28:
            try:
                memory.seek(start)
                seen += re.findall({PATTERN!r}.encode(), memory.read(end - start))
            except (OSError, ValueError, OverflowError): pass
print("SEEN" if seen else "nothing", seen)
"""
LEAVES_NOTES = f"""
import os
for folder in (".", "/tmp", "/dev/shm", "/run", "/var/tmp", "/home"):
    try: open(os.path.join(folder, "note.txt"), "w").write({SECRET!r})
    except OSError: pass
import sys, builtins, sklearn
sys.modules["note"] = builtins.note = sklearn.note = {SECRET!r}
"""
FINDS_NOTES = """
import builtins, glob, sys, sklearn
left = [path for folder in (".", "/tmp", "/dev/shm", "/run", "/var", "/home", "/opt")
        for path in glob.glob(folder + "/**/note.txt", recursive=True)]
if left or "note" in sys.modules or hasattr(builtins, "note") or hasattr(sklearn, "note"):
    print("SEEN", left)
"""
REMEMBERS_INPUTS = """
heard = []
def fill(table):
    heard.append(table["pages"].tolist())
    open("heard.txt", "a").write(str(heard))
    print("SEEN" if len(heard) > 1 else "", heard)
    return table.fillna({"pages": table.pages.median()})
"""
TELLS_INPUTS = """
def gap(predicted, groups):
    raise ValueError("SEEN" if len(heard) > 1 else "nothing")
"""
LIES_ABOUT_CLASS = """
class Lie:
    @property
    def __class__(self): return np.ndarray
    dtype = property(lambda self: np.dtype("O"))
    shape = (2, 5)
def features(table): return Lie()
"""
RETURNS_DEEP = """
def features(table):
    deep = []
    for _ in range(100_000): deep = [deep]
    return deep
"""
FORGES_WIRE = """
from labs.grading import wire
wire.send = lambda channel, message: channel.sendall(b"\\xff\\xff\\xff\\xff")
"""
SIGNALS_ALL = """
import os, signal
for target in (0, -1):
    try: os.kill(target, signal.SIGTERM)
    except OSError: pass
for pid in range(2, 400):
    try: os.kill(pid, signal.SIGKILL)
    except OSError: pass
"""
IGNORES_TERM = "\nimport signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)" + SIGNALS_ALL
LEAVES_NAMESPACE = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
done = [libc.unshare(0x10000000), libc.mount(b"t", b"/tmp", b"tmpfs", 0, None), libc.umount2(b"/tmp", 2),
        libc.ptrace(16, 1, 0, 0), libc.prctl(1, 0, 0, 0, 0) and -1 or -1]
print("SEEN" if any(result == 0 for result in done) else "nothing", done)
"""


def reverse_cells(notebook):
    notebook["cells"].reverse()


def delete_features(notebook):
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") != "features"
    ]


def copy_cells(notebook):
    """Each solution a second time, wrong: the first of a name is the learner's."""
    notebook["cells"] += [
        cell | {"source": "raise SystemExit"}
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    ]


def swap_names(notebook):
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks:
            marks["grade_id"] = marks["grade_id"].removeprefix("test_")


def spoil(notebook):
    """What a broken editor might leave."""
    notebook["cells"][:0] = [
        None,
        7,
        {"cell_type": "code"},
        {"cell_type": "code", "metadata": [], "source": "x"},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": 7}}, "source": "x"},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "load"}}, "source": {"a": 1}},
    ]


CHEATS = {
    "sklearn patched": HandedIn({**STUBS, "train": PATCHES_SKLEARN + RIGHT["train"]}, 0),
    "assert patched": HandedIn(first(PATCHES_ASSERT), 0),
    "frames forged by a thread": HandedIn(first(THREAD_SPAMS), 0),
    "a busy thread": HandedIn(after_features(THREAD_WORKS), 20),
    "cells reordered": HandedIn(RIGHT, 20, change=reverse_cells),
    "a cell deleted": HandedIn(RIGHT, 17, change=delete_features),
    "cells copied": HandedIn(RIGHT, 20, change=copy_cells),
    "tests named as answers": HandedIn(STUBS, 0, change=swap_names),
    "broken cells": HandedIn(RIGHT, 20, change=spoil),
    "a hunt for secrets": HandedIn(after_features(HUNTS), 20),
    "hidden inputs remembered": HandedIn(
        {**STUBS, "fill": REMEMBERS_INPUTS, "gap": TELLS_INPUTS}, 3
    ),
    "class denied": HandedIn(with_features(LIES_ABOUT_CLASS), 17),
    "a deep value": HandedIn(with_features(RETURNS_DEEP), 17),
    "a huge value": HandedIn(with_features("def features(table):\n    return np.ones(10**8)"), 17),
    "forged lengths": HandedIn(first(FORGES_WIRE), 0),
    "every process signalled": HandedIn(after_features(IGNORES_TERM), 20),
    "namespace left": HandedIn(after_features(LEAVES_NAMESPACE), 20),
    "kernel ended": HandedIn(after_features("get_ipython().kernel.do_shutdown(False)"), 20),
    "exit()": HandedIn(after_features("exit()"), 20),
    "sleeps when called": HandedIn(
        with_features("import time\ndef features(table):\n    time.sleep(100)"), 17
    ),
    "stdout closed": HandedIn(after_features("import os\nfor fd in (0, 1, 2): os.close(fd)"), 20),
    "cells read from the stack": HandedIn({**RIGHT, "load": READS_CELLS}, 20),
}
MALFORMED = [
    None,
    [],
    "notebook",
    {},
    {"cells": None},
    {"cells": {"0": {}}},
    {"cells": [[], 3, "x", None]},
    {"cells": [{"metadata": {"nbgrader": {"grade_id": "load"}}, "source": None}]},
    {"cells": [{"metadata": {"nbgrader": {"grade_id": ["load"]}}, "source": "x"}]},
]
