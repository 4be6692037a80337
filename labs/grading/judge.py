"""The judge: runs the tests, hidden ones too, in a process that the learner's code never enters.

A name that a solution was to define is asked of the learner's process; what comes back is a plain
value or a handle.
"""

import builtins
import os
import socket
import sys
import traceback

import numpy as np
import pandas as pd

from labs.grading import values, wire

LONGEST_DETAIL = 200
MOST_ITEMS = 100_000
FAILURES = ("raised", "undefined", "too_slow", "ended")


class LearnerError(Exception):
    """The learner's process did not give a value: why, and in its own words."""

    def __init__(self, outcome, detail):
        super().__init__(outcome)
        self.outcome = outcome
        self.detail = detail


class Handle:
    """Something in the learner's process that is no plain value, such as a model or a figure.

    A test uses it as if it were here: attributes, calls, items and iteration are asked of the
    learner's process. What comes back plain is compared here; `isinstance` says nothing.
    """

    __slots__ = ("_client", "_kind", "_number")

    def __init__(self, client, number, kind):
        self._client, self._number, self._kind = client, number, kind

    def __call__(self, *arguments, **keywords):
        return self._client.call(self, arguments, keywords)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._client.ask({"of": self._number, "attribute": name})

    def __getitem__(self, key):
        return self._client.ask({"of": self._number, "item": self._client.outward(key)})

    def __len__(self):
        length = self._client.ask({"length": self._number})
        if type(length) is not int or not 0 <= length <= MOST_ITEMS:
            raise TypeError(f"{self!r} has no length")
        return length

    def __iter__(self):
        return (self[place] for place in range(len(self)))

    def __bool__(self):
        raise TypeError("neither true nor false")

    def __repr__(self):
        return f"<the learner's {self._kind}>"


class Client:
    """Asks the learner's process, by way of the marking service."""

    def __init__(self, channel):
        self.channel = channel

    def request(self, message):
        wire.send(self.channel, {"ask": message})
        answer = wire.receive(self.channel)
        if not isinstance(answer, dict) or answer.get("ok") is not True:
            answer = answer if isinstance(answer, dict) else {}
            # the learner's process wrote this: it may name its failure, not call it a success
            outcome = answer.get("outcome")
            outcome = outcome if outcome in FAILURES else "raised"
            raise LearnerError(outcome, str(answer.get("detail", ""))[:LONGEST_DETAIL])
        return answer

    def ask(self, message):
        return self.inward(self.request(message).get("value"))

    def call(self, handle, arguments, keywords):
        answer = self.request(
            {
                "call": handle._number,  # noqa: SLF001 - our own
                "arguments": [self.outward(part) for part in arguments],
                "keywords": {name: self.outward(part) for name, part in keywords.items()},
            }
        )
        for ours, theirs in zip(arguments, answer.get("arguments") or [], strict=False):
            if theirs is not None:
                copy_change(ours, self.inward(theirs))
        return self.inward(answer.get("value"))

    def inward(self, message):
        return values.decode(message, lambda number, kind: Handle(self, number, kind))

    def outward(self, value):
        if isinstance(value, Handle):
            return {"_": "handle", "number": value._number, "kind": value._kind}  # noqa: SLF001
        return values.encode(value)


def copy_change(ours, theirs):
    """Make our argument what the call left of its copy, so that a test sees the change."""
    if type(ours) is not type(theirs):
        return
    if isinstance(ours, np.ndarray):
        if ours.shape == theirs.shape:
            ours[...] = theirs
    elif isinstance(ours, list):
        ours[:] = theirs
    elif isinstance(ours, dict):
        ours.clear()
        ours.update(theirs)
    elif isinstance(ours, pd.DataFrame | pd.Series) and not ours.equals(theirs):
        ours.__init__(theirs)  # the one way to give an existing table other columns and rows


class Names(dict):
    """The tests' variables; the names that solutions define come from the learner."""

    def __init__(self, client, learners):
        super().__init__(__builtins__=builtins, __name__="__tests__")
        self.client = client
        self.learners = frozenset(learners)

    def __missing__(self, name):
        if name in self.learners:
            return self.client.ask({"get": name})
        if hasattr(builtins, name):
            return getattr(builtins, name)
        raise NameError(f"name {name!r} is not defined")


def run_test(name, source, names):
    """The outcome of one test, and a detail that helps."""
    filename = f"<{name}>"
    try:
        exec(compile(source, filename, "exec"), names)  # noqa: S102 - the author's tests
    except BaseException as error:  # noqa: BLE001 - whatever a test raises, it is not met
        lines = [
            line
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename == filename
        ]
        return describe(error, source.splitlines(), lines[-1] if lines else 0)
    return "met", ""


def describe(error, lines, line):
    if isinstance(error, LearnerError):
        return error.outcome, error.detail
    if isinstance(error, AssertionError):
        said = str(error) or (lines[line - 1].strip() if 0 < line <= len(lines) else "")
        return "not_met", said[:LONGEST_DETAIL]
    return "not_met", f"{type(error).__name__}: {error}"[:LONGEST_DETAIL]


def serve(channel):
    wire.send(channel, {"ready": True})
    plan = wire.receive(channel)
    names = Names(Client(channel), plan["names"])
    for source in plan["setup"]:
        exec(compile(source, "<setup>", "exec"), names)  # noqa: S102 - the author's cells

    def report(test, outcome, detail=""):
        result = {"name": test["name"], "outcome": outcome, "detail": detail}
        wire.send(channel, {"result": result})

    # All that learners may see runs before anything hidden does: by then a learner's function that
    # remembers hidden inputs has no sentence left to tell them in.
    waiting = []
    for test in plan["tests"]:
        outcome, detail = run_test(test["name"], test["visible"], names)
        if outcome == "met" and test["visible"] != test["source"]:
            waiting.append(test)
        else:
            report(test, outcome, detail)
    for test in waiting:
        outcome, _detail = run_test(test["name"], test["source"], names)
        report(test, outcome if outcome == "met" else f"hidden_{outcome}")
    wire.send(channel, {"done": True})


if __name__ == "__main__":
    fd = int(sys.argv[1])
    os.set_inheritable(fd, False)
    serve(socket.socket(fileno=fd))
