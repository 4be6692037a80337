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


def gettext_noop(sentence):
    """Mark a sentence for translation; the Hub, which reads this too, runs without Django."""
    return sentence


@dataclass(frozen=True)
class Protection:
    """Something that a sandbox relies on; `message` with `values` says how it stands here."""

    name: str
    is_given: bool
    is_required: bool
    message: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self):
        return self.told_by(gettext_noop)

    def told_by(self, translate):
        message = translate(self.message)
        return message % dict(self.values) if self.values else message


def check_protections(homes=None):
    """A Protection for each thing a sandbox relies on; those required must all be given.

    `homes` is where learners' files are; without it nothing is said of their disk.
    """
    protections = [_namespaces(), _call_filter(), _control_groups(), _own_users()]
    return [*protections, _disk(Path(homes))] if homes else protections


def require_protections():
    """Raise SandboxError, with the sentences, unless all that is required is given."""
    missing = [p.sentence for p in check_protections() if p.is_required and not p.is_given]
    if missing:
        raise SandboxError(" ".join(missing))


@cache
def missing(homes=None):
    """The Protections that this machine does not give; tried once a process."""
    return [p for p in check_protections(homes) if not p.is_given]


def missing_protections(homes=None):
    """A sentence for each protection that this machine does not give."""
    return [p.sentence for p in missing(homes)]


def _namespaces():
    name = "namespaces"
    if platform.system() != "Linux" or platform.machine() not in seccomp.MACHINES:
        return Protection(
            name,
            False,
            True,
            gettext_noop("Labs need Linux on x86_64 or aarch64; the course goes on without."),
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
            gettext_noop("Each lab runs in namespaces of its own and without a network."),
        )
    message, remedy = _why_no_namespaces()
    values = (("remedy", remedy), ("reason", str(said or code)))
    return Protection(name, False, True, message, values)


def _why_no_namespaces():
    """What is wrong, and the setting that mends it: settings are not translated."""
    off = gettext_noop("User namespaces are off: in /etc/sysctl.d set %(remedy)s. (%(reason)s)")
    if _setting("user/max_user_namespaces") == "0":
        return off, "user.max_user_namespaces = 10000"
    if _setting("kernel/unprivileged_userns_clone") == "0":
        return off, "kernel.unprivileged_userns_clone = 1"
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            gettext_noop(
                "AppArmor keeps ordinary users from user namespaces: install a profile that "
                "allows userns for bubblewrap, or set %(remedy)s. (%(reason)s)"
            ),
            "kernel.apparmor_restrict_unprivileged_userns = 0",
        )
    return (
        gettext_noop(
            "A sandbox could not be started on this machine. In a container, allow %(remedy)s. "
            "(%(reason)s)"
        ),
        "nested user namespaces",
    )


def _setting(name):
    path = Path("/proc/sys", name)
    return path.read_text().strip() if path.exists() else None


def _call_filter():
    actions = (_setting("kernel/seccomp/actions_avail") or "").split()
    if {"errno", "kill_process"} <= set(actions):
        return Protection(
            "call filter",
            True,
            True,
            gettext_noop("Labs are kept from the parts of the kernel that no notebook needs."),
        )
    return Protection(
        "call filter",
        False,
        True,
        gettext_noop(
            "This kernel cannot filter what labs ask of it: use one built with "
            "CONFIG_SECCOMP_FILTER, as those of all large distributions are."
        ),
    )


def _control_groups():
    kind = cgroups.ControlGroup("probe").kind
    if kind == "none":
        return Protection(
            "control groups",
            False,
            False,
            gettext_noop(
                "Memory is capped for each process only, not for a lab as a whole: run the Hub as "
                "a systemd service with Delegate=memory pids cpu and DelegateSubgroup=hub."
            ),
        )
    return Protection(
        "control groups",
        True,
        False,
        gettext_noop("Memory, processes and CPU are capped for each lab (cgroup %(kind)s)."),
        (("kind", kind),),
    )


def _own_users():
    if os.getuid() == 0:
        return Protection(
            "own users",
            True,
            False,
            gettext_noop("Each learner's files belong to a user number of their own."),
        )
    return Protection(
        "own users",
        False,
        False,
        gettext_noop(
            "All labs run as this one user, kept apart by namespaces alone: start the Hub as root "
            "or over a range of user numbers for a second fence."
        ),
    )


def _disk(homes):
    """Whether labs that fill the disk within the seconds before they are ended harm only labs."""
    place = next(folder for folder in (homes, *homes.parents) if folder.exists())
    own = place.stat().st_dev not in {Path(path).stat().st_dev for path in ("/", "/var")}
    if own:
        return Protection(
            "disk",
            True,
            False,
            gettext_noop("Labs have a file system of their own, and each lab its share of it."),
        )
    return Protection(
        "disk",
        False,
        False,
        gettext_noop(
            "Each lab has its share of the disk and is ended within seconds when it takes more, "
            "but the platform's own files are on the same disk: give the folder labs/homes of the "
            "data a file system of its own."
        ),
    )
