"""Caps memory, processes and CPU of a whole sandbox with control groups, of version 2 or 1."""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
FOLDER = "umahiri-labs"
CONTROLLERS = ("memory", "pids", "cpu")
PERIOD = 100_000


@dataclass(frozen=True)
class MemoryUse:
    """Bytes now and at most so far, and how many processes were killed for want of memory."""

    now: int
    peak: int
    kills: int


class ControlGroup:
    """One sandbox's group; where the machine offers none it does nothing, and `kind` says so."""

    def __init__(self, name):
        self.kind, parents = _parents()
        self.folders = [parent / name for parent in parents]

    def create(self, limits):
        for folder in self.folders:
            folder.mkdir(parents=True, exist_ok=True)
        if self.kind == "v1":
            self._limit_v1(limits)
        elif self.kind == "v2":
            self._limit_v2(limits)

    def _limit_v1(self, limits):
        memory, pids, cpu = self.folders
        size = str(limits.memory_mb << 20)
        with_swap = memory / "memory.memsw.limit_in_bytes"
        if with_swap.exists():
            # never less than without swap, not even for a moment: the group may have had less
            with_swap.write_text("-1")
        (memory / "memory.limit_in_bytes").write_text(size)
        if with_swap.exists():
            with_swap.write_text(size)
        (pids / "pids.max").write_text(str(limits.processes))
        (cpu / "cpu.cfs_period_us").write_text(str(PERIOD))
        (cpu / "cpu.cfs_quota_us").write_text(str(int(PERIOD * limits.cpus)))

    def _limit_v2(self, limits):
        (folder,) = self.folders
        (folder / "memory.max").write_text(str(limits.memory_mb << 20))
        if (folder / "memory.swap.max").exists():
            (folder / "memory.swap.max").write_text("0")
        (folder / "pids.max").write_text(str(limits.processes))
        (folder / "cpu.max").write_text(f"{int(PERIOD * limits.cpus)} {PERIOD}")

    def peak_bytes(self):
        """The most memory that the group has held at once; None where the machine does not tell."""
        for folder in self.folders[:1]:
            for name in ("memory.peak", "memory.max_usage_in_bytes"):
                with contextlib.suppress(OSError):
                    return int((folder / name).read_text())
        return None

    @property
    def joining_files(self):
        """Who writes its process id into each of these is in the group."""
        return [str(folder / "cgroup.procs") for folder in self.folders]

    def memory_kills(self):
        """How many of its processes the kernel ended because the group had no memory left."""
        name = "memory.events" if self.kind == "v2" else "memory.oom_control"
        try:
            lines = (self.folders[0] / name).read_text().splitlines()
        except (IndexError, OSError):
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)

    def memory(self):
        """The group's MemoryUse; None where there is no group, or it is gone."""
        names = {
            "v1": ("memory.usage_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control"),
            "v2": ("memory.current", "memory.peak", "memory.events"),
        }.get(self.kind)
        if names is None:
            return None
        now, peak, events = (self.folders[0] / name for name in names)
        try:
            used = int(now.read_text())
            told = dict(line.split() for line in events.read_text().splitlines())
            most = int(peak.read_text()) if peak.exists() else used  # Linux before 5.19 has none
        except OSError:
            return None
        return MemoryUse(used, most, int(told.get("oom_kill", 0)))

    def remove(self):
        """Remove the group; the kernel refuses for some milliseconds after its last process."""
        for folder in self.folders:
            for _ in range(100):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)
                else:
                    break


def names(prefix):
    """The names of the groups that are there and begin so."""
    _kind, parents = _parents()
    return sorted({path.name for parent in parents for path in parent.glob(f"{prefix}*")})


def _parents():
    unified = _unified_parent()
    if unified:
        return "v2", [unified]
    folders = [ROOT / controller for controller in CONTROLLERS]
    if all((folder / "cgroup.procs").exists() for folder in folders):
        ours = [folder / FOLDER for folder in folders]
        if all(os.access(f if f.exists() else f.parent, os.W_OK) for f in ours):
            return "v1", ours
    return "none", []


def _unified_parent():
    """The version 2 group that was delegated to us: ours, or the one above it.

    A group that holds processes cannot limit children, so a service needs a leaf of its own
    (systemd's `Delegate=` with `DelegateSubgroup=`) and puts the sandboxes beside it.
    """
    if not (ROOT / "cgroup.controllers").exists():
        return None
    line = next(
        line for line in Path("/proc/self/cgroup").read_text().splitlines() if line[:3] == "0::"
    )
    own = ROOT / line[3:].strip().lstrip("/")
    for group in (own, own.parent):
        control = group / "cgroup.subtree_control"
        if not os.access(control, os.W_OK) or not os.access(group, os.W_OK):
            continue
        try:
            control.write_text(" ".join(f"+{controller}" for controller in CONTROLLERS))
        except OSError:
            continue
        parent = group / FOLDER
        parent.mkdir(exist_ok=True)
        (parent / "cgroup.subtree_control").write_text(
            " ".join(f"+{controller}" for controller in CONTROLLERS)
        )
        return parent
    return None
