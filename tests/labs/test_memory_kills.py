"""The kernel's own count tells that a lab used up its memory."""

import os
import subprocess

import pytest

from labs import sandbox
from labs.sandbox.bubblewrap import environment_python
from labs.sandbox.cgroups import ControlGroup

USER = 230_007


def test_who_is_ended_for_its_memory_is_counted():
    name = f"test-memory-{os.getpid()}"
    group = ControlGroup(name)
    if group.kind == "none":
        pytest.skip("this machine has no control groups for us")
    assert group.memory_kills() == 0
    greedy = [environment_python(), "-S", "-c", "x = bytearray(300 << 20)"]
    running = sandbox.start(
        sandbox.Sandbox(name=name, command=greedy, limits=sandbox.Limits(memory_mb=60)),
        user=USER,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert running.process.wait(60) != 0
        assert group.memory_kills() == 1
    finally:
        running.kill()
        running.process.wait()
