"""The learner's process: runs the learner's cells, then answers calls. Nobody trusts its word."""

import contextlib
import os
import socket
import sys

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from labs.grading import values, wire

LONGEST_ERROR = 300
CHANGEABLE = {"DataFrame", "Series", "ndarray", "list", "dict"}


def make_shell():
    """IPython, for cells may hold its magics; without a history to write."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=config)
    shell.run_cell("None", silent=True)
    return shell


class Worker:
    def __init__(self, shell):
        self.shell = shell
        self.kept = []

    def keep(self, thing):
        self.kept.append(thing)
        return len(self.kept) - 1

    def kept_thing(self, number, _kind):
        return self.kept[number]

    def answer(self, request):  # noqa: PLR0911 - a case for each kind
        match request:
            case {"run": source}:
                return self.run(source)
            case {"get": name}:
                if name not in self.shell.user_ns:
                    return failure("undefined", name)
                return self.value(self.shell.user_ns[name])
            case {"of": number, "attribute": name}:
                return self.value(getattr(self.kept[number], name))
            case {"of": number, "item": key}:
                return self.value(self.kept[number][values.decode(key, self.kept_thing)])
            case {"length": number}:
                return self.value(len(self.kept[number]))
            case {"call": number, "arguments": arguments, "keywords": keywords}:
                return self.call(number, arguments, keywords)
        return failure("raised", "unknown request")

    def run(self, source):
        result = self.shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        return {"ok": True} if error is None else failure("raised", describe(error))

    def call(self, number, arguments, keywords):
        arguments = [values.decode(part, self.kept_thing) for part in arguments]
        keywords = {k: values.decode(part, self.kept_thing) for k, part in keywords.items()}
        answer = self.value(self.kept[number](*arguments, **keywords))
        # so that "the input stays as it was" can be tested on the other side
        answer["arguments"] = [
            values.encode(part, self.keep) if type(part).__name__ in CHANGEABLE else None
            for part in arguments
        ]
        return answer

    def value(self, thing):
        return {"ok": True, "value": values.encode(thing, self.keep)}


def failure(outcome, detail):
    return {"ok": False, "outcome": outcome, "detail": detail[:LONGEST_ERROR]}


def describe(error):
    return f"{type(error).__name__}: {error}"


def serve(channel, shell=None):
    worker = Worker(shell or make_shell())
    wire.send(channel, {"ready": True})
    while True:
        try:
            request = wire.receive(channel)
        except EOFError:
            return
        try:
            answer = worker.answer(request)
        except BaseException as error:  # noqa: BLE001 - a learner's code may raise anything
            answer = failure("raised", describe(error))
        with contextlib.suppress(BaseException):  # the learner's code may have closed it
            sys.stdout.flush()
        wire.send(channel, answer)


if __name__ == "__main__":
    fd = int(sys.argv[1])
    os.set_inheritable(fd, False)
    serve(socket.socket(fileno=fd))
