"""What domain code raises when it will not do what was asked."""


class Refused(Exception):  # noqa: N818  a refusal is an answer, not an error
    """A request that the rules do not allow: a stable `code` and a sentence for people."""

    code = "refused"

    def __init__(self, sentence, *, code=None):
        super().__init__(sentence)
        self.code = code or self.code


class InvalidTransition(Refused):
    code = "invalid_transition"


class NotReadableError(Exception):
    """A stranger's file, or a part of it, cannot be read; `line` where it is known better than by its beginning."""

    def __init__(self, reason, line=0):
        super().__init__(reason)
        self.line = line


class ScopeRequired(RuntimeError):  # noqa: N818  named for what is missing
    """A record was queried outside a scope: a bug, never an answer."""
