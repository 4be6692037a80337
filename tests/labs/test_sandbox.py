"""What a learner's program can reach from its sandbox: nothing. Real sandboxes, no mocks."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from labs import sandbox
from labs.sandbox import bubblewrap, capabilities, seccomp
from labs.sandbox.process import start_time

USER = 240_000 + os.getpid() % 10_000  # of this process alone: a test ends all that the user runs


def home_in(folder, user=USER):
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(folder, user, user)
    return folder


def output_of(command, home=None, environment=None, **options):
    """What `command` prints in a sandbox."""
    reading, writing = os.pipe()
    box = sandbox.Sandbox(
        name=f"test-{os.getpid()}",
        command=command,
        home=home,
        environment=environment or {},
        families=(seccomp.AF_UNIX, seccomp.AF_INET, seccomp.AF_INET6),
        **options,
    )
    running = sandbox.start(box, user=USER, stdout=writing, stderr=writing)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            return pipe.read()
    finally:
        running.kill()
        running.process.wait()


def test_the_learner_works_in_a_home_that_lasts(tmp_path):
    home = home_in(tmp_path / "home")

    assert output_of(["/bin/sh", "-c", "echo kept > work.txt"], home=home) == ""
    assert output_of(["/bin/cat", "work.txt"], home=home) == "kept\n"


def test_the_environment_is_the_one_given():
    text = output_of(["/usr/bin/env"], environment={"GIVEN": "1"})

    assert {line.partition("=")[0] for line in text.splitlines()} <= {"GIVEN", "PWD", "_"}


def test_the_command_line_tells_no_secret():
    box = sandbox.Sandbox(
        name=f"test-{os.getpid()}",
        command=["/usr/bin/sleep", "30"],
        environment={"TOKEN": "very-secret"},
    )
    running = sandbox.start(box, user=USER)
    try:
        told = [
            Path(f"/proc/{pid}/cmdline").read_text() for pid in (running.pid, running.first_pid)
        ]
        assert [text for text in told if "very-secret" in text] == []
    finally:
        running.kill()


def test_killing_a_sandbox_leaves_no_process():
    code = "import os, time\nfor _ in range(5):\n    os.fork()\ntime.sleep(60)"
    box = sandbox.Sandbox(
        name=f"test-{os.getpid()}", command=[bubblewrap.environment_python(), "-S", "-c", code]
    )
    running = sandbox.start(box, user=USER)
    running.kill()
    running.process.wait()

    assert not running.is_alive()
    assert start_time(running.first_pid) is None


@pytest.mark.skipif(os.getuid() != 0, reason="only root can choose another user")
def test_ending_all_processes_reaches_none_outside():
    """With the very same user number on both sides."""
    as_user = {"user": USER, "group": USER, "extra_groups": []}
    end_all = "import os; os.kill(-1, 9)"
    with subprocess.Popen(["/usr/bin/sleep", "60"], **as_user) as victim:
        output_of([bubblewrap.environment_python(), "-S", "-c", end_all])
        assert victim.poll() is None

        # outside it would have been the end
        subprocess.run(["/bin/sh", "-c", "kill -9 -1"], check=False, **as_user)
        assert victim.wait(5) == -9


@pytest.mark.skipif(os.getuid() != 0, reason="only root can choose another user")
def test_root_never_runs_a_sandbox_as_itself():
    box = sandbox.Sandbox(name="test-root", command=["/usr/bin/true"])

    for user in (None, 0):
        with pytest.raises(sandbox.SandboxError):
            sandbox.start(box, user=user)


def test_without_bubblewrap_nothing_starts(monkeypatch):
    monkeypatch.setattr(bubblewrap, "bubblewrap_path", lambda: None)
    protection = capabilities.check_protections()[0]

    assert (protection.is_given, protection.is_required) == (False, True)
    with pytest.raises(sandbox.SandboxError, match="bubblewrap is missing"):
        capabilities.require_protections()


@pytest.mark.parametrize(
    ("path", "is_seen"),
    [
        ("/usr/share/umahiri/.data", True),
        (f"{sys.prefix}/data", True),
        ("/srv/umahiri/.data", False),
        (f"{Path(sys.prefix).parent}/.data", False),
    ],
)
def test_a_folder_that_every_lab_sees_is_known(path, is_seen):
    assert bubblewrap.is_seen_by_all(path) == is_seen


def run_filter(program, machine_number, call, arguments=()):
    """What the kernel would return for `call`: an interpreter of the few instructions in use."""
    data = struct.pack("iIQ6Q", call, machine_number, 0, *(*arguments, *[0] * 6)[:6])
    steps = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
    accumulator = place = 0
    while True:
        code, if_true, if_false, value = steps[place]
        place += 1
        match code:
            case seccomp.LOAD:
                (accumulator,) = struct.unpack_from("I", data, value)
            case seccomp.IF_EQUAL:
                place += if_true if accumulator == value else if_false
            case seccomp.IF_AT_LEAST:
                place += if_true if accumulator >= value else if_false
            case seccomp.IF_ANY_BIT:
                place += if_true if accumulator & value else if_false
            case seccomp.RETURN:
                return value


@pytest.mark.parametrize("name", seccomp.MACHINES)
def test_the_filter_refuses_what_it_names_and_no_more(name):
    machine = seccomp.MACHINES[name]
    families = (seccomp.AF_UNIX, seccomp.AF_INET)
    program = seccomp.build_filter(families, machine)

    def returns(call, *arguments):
        return run_filter(program, machine.audit_architecture, call, arguments)

    assert {returns(number) for number in machine.refused} == {0x00050001}
    special = {machine.socket, machine.clone, machine.clone3, *machine.refused}
    assert {returns(number) for number in range(470) if number not in special} == {seccomp.ALLOW}
    allowed = {family for family in range(64) if returns(machine.socket, family) == seccomp.ALLOW}
    assert allowed == {*families, seccomp.AF_NETLINK}
    assert returns(machine.socket, seccomp.AF_NETLINK, 3, 12) != seccomp.ALLOW
    assert returns(machine.clone, 0x11) == seccomp.ALLOW
    assert returns(machine.clone, 0x10000011) == 0x00050001
    assert run_filter(program, 0x40000003, 1) == seccomp.KILL_PROCESS
