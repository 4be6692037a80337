"""An example of what a pattern accepts: for showing a right answer, and for trying an item out."""

import re

MAX_DEPTH = 40
MAX_LENGTH = 1_000
CLASSES = {"d": "1", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "t": "\t", "n": "\n"}
EDGES = set("bBAzZ")
_OPENING = re.compile(r"\?(?:P?<\w+>|[a-zA-Z-]*(?P<end>[:)]))")
_REPEATED = re.compile(r"(?:([*+?])|\{(\d+)(?:,\d*)?\})[?+]?")


class _Reader:
    """Walks over a pattern once, taking the first way at each turn."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1 : self.at]

    def alternatives(self, depth: int) -> str:
        first = self.row(depth)
        while self.peek() == "|":
            self.take()
            self.row(depth)
        return first

    def row(self, depth: int) -> str:
        text = ""
        while self.peek() and self.peek() not in "|)":
            piece = self.piece(depth)
            if found := _REPEATED.match(self.pattern, self.at):
                self.at = found.end()
                times = int(found[2]) if found[2] else int(found[1] != "*")
                piece *= min(times, MAX_LENGTH)
            text = (text + piece)[:MAX_LENGTH]
        return text

    def piece(self, depth: int) -> str:
        letter = self.take()
        if letter == "(":
            return self.group(depth + 1)
        if letter == "[":
            return self.one_of()
        if letter == "\\":
            escaped = self.take()
            return "" if escaped in EDGES else CLASSES.get(escaped, escaped)
        return {".": "a", "^": "", "$": ""}.get(letter, letter)

    def group(self, depth: int) -> str:
        if depth > MAX_DEPTH:
            self.at = len(self.pattern)
            return ""
        if found := _OPENING.match(self.pattern, self.at):
            self.at = found.end()
            if found["end"] == ")":
                return ""  # flags alone
        text = self.alternatives(depth)
        self.take()
        return text

    def one_of(self) -> str:
        is_other = self.peek() == "^"
        members = self.take() if is_other else ""
        first = ""
        while self.peek() and (self.peek() != "]" or members in {"", "^"}):
            letter = self.take()
            if letter == "\\":
                letter = self.take()
                letter = CLASSES.get(letter, letter)
            first = first or letter
            members += letter
        self.take()
        if is_other:
            return next((letter for letter in "a1 -.xyz" if letter not in members[1:]), "é")
        return first


def example_of_pattern(pattern: str) -> str:
    """A text that `pattern` may accept; whoever needs to know tries it."""
    return _Reader(pattern).alternatives(0)
