"""Caps memory, processes and CPU of a whole sandbox with control groups, of version 2 or 1."""

import os
import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
FOLDER = "umahiri-labs"
CONTROLLERS = ("memory", "pids", "cpu")
PERIOD = 100_000


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

    @property
    def joining_files(self):
        """Who writes its process id into each of these is in the group."""
        return [str(folder / "cgroup.procs") for folder in self.folders]

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
