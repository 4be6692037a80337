"""Says which protections this machine can give to a sandbox, and how to get those it lacks."""

import os
import platform
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from labs.sandbox import cgroups, seccomp
from labs.sandbox.process import Sandbox, SandboxError, start

PROBE_USER = 65_533


@dataclass(frozen=True)
class Protection:
    name: str
    is_given: bool
    is_required: bool
    sentence: str


def check_protections():
    """A Protection for each thing a sandbox relies on; those required must all be given."""
    return [_namespaces(), _control_groups(), _own_users()]


def require_protections():
    """Raise SandboxError, with the sentences, unless all that is required is given."""
    missing = [p.sentence for p in check_protections() if p.is_required and not p.is_given]
    if missing:
        raise SandboxError(" ".join(missing))


@cache
def missing_protections():
    """A sentence for each protection that this machine does not give; tried once a process."""
    return [p.sentence for p in check_protections() if not p.is_given]


def _namespaces():
    name = "namespaces"
    if platform.system() != "Linux" or platform.machine() not in seccomp.MACHINES:
        return Protection(
            name, False, True, "Labs need Linux on x86_64 or aarch64; the course goes on without."
        )
    with tempfile.TemporaryFile() as log:
        try:
            probe = start(
                Sandbox(name=f"probe-{os.getpid()}", command=["/usr/bin/true"]),
                user=PROBE_USER,
                stderr=log,
            )
            code = probe.process.wait(timeout=20)
            probe.kill()
        except (SandboxError, subprocess.TimeoutExpired) as refusal:
            code = str(refusal)
        log.seek(0)
        said = log.read(500).decode(errors="replace").strip()
    if code == 0:
        return Protection(
            name,
            True,
            True,
            "Each lab runs in namespaces of its own, without a network, behind a filter.",
        )
    return Protection(name, False, True, f"{_why_no_namespaces()} ({said or code})")


def _why_no_namespaces():
    if _setting("user/max_user_namespaces") == "0":
        return (
            "User namespaces are off: set user.max_user_namespaces to 10000 in /etc/sysctl.d "
            "and run sysctl --system."
        )
    if _setting("kernel/unprivileged_userns_clone") == "0":
        return (
            "User namespaces are off for ordinary users: set kernel.unprivileged_userns_clone "
            "to 1 in /etc/sysctl.d and run sysctl --system."
        )
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor keeps ordinary users from user namespaces: install an AppArmor profile "
            "that allows userns for bubblewrap, or set "
            "kernel.apparmor_restrict_unprivileged_userns to 0."
        )
    return "A sandbox could not be started on this machine: containers need nested namespaces."


def _setting(name):
    path = Path("/proc/sys", name)
    return path.read_text().strip() if path.exists() else None


def _control_groups():
    kind = cgroups.ControlGroup("probe").kind
    if kind == "none":
        sentence = (
            "Memory is capped for each process only, not for a lab as a whole: run the Hub as a "
            "systemd service with Delegate=memory pids cpu and DelegateSubgroup=hub."
        )
    else:
        sentence = f"Memory, processes and CPU are capped for each lab (cgroup {kind})."
    return Protection("control groups", kind != "none", False, sentence)


def _own_users():
    if os.getuid() == 0:
        return Protection(
            "own users", True, False, "Each learner's files belong to a user number of their own."
        )
    return Protection(
        "own users",
        False,
        False,
        "All labs run as this one user, kept apart by namespaces alone: start the Hub as root "
        "or over a range of user numbers for a second fence.",
    )
