"""Runs a stranger's program so that it can harm nobody: namespaces, a call filter, limits."""

from labs.sandbox.limits import Limits
from labs.sandbox.process import Running, Sandbox, SandboxError, start

__all__ = ["Limits", "Running", "Sandbox", "SandboxError", "start"]
