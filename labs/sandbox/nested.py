"""Puts a fork of a warm process into a sandbox of its own, inside the sandbox of that process.

What bubblewrap does for a program that starts: namespaces, an empty home, limits, the call filter.
The process outside decides the limits and has put the fork into its control groups before.
"""

import ctypes
import os
import resource
import struct

from labs.sandbox import seccomp
from labs.sandbox.launcher import (
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    PR_SET_NO_NEW_PRIVS,
    checked,
    libc,
    mount,
    write,
)
from labs.sandbox.layout import EMPTIED_IN_PROC, HIDDEN_IN_PROC, HOME, environment_folders

OWN_FOLDERS = (("/tmp", "1777"), (HOME, "0700"), ("/dev/shm", "1777"))  # noqa: S108
# mount, cgroup, uts, ipc, user, pid, net
NEW_NAMESPACES = seccomp.NEW_NAMESPACES
MS_NOEXEC, MS_REMOUNT = 8, 32
LOCKED = MS_NOSUID | MS_NODEV
PR_SET_SECCOMP, PR_CAPBSET_DROP = 22, 24
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION = 0x20080522
CAPABILITIES = 64


def isolate(files, limits, resources):
    """Return in a new process, the first of new namespaces; the one that called ends.

    `files` is an iterable of (name, content) for the home.
    """
    user, group = os.getuid(), os.getgid()
    checked(libc.unshare(NEW_NAMESPACES), "unshare")
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{user} {user} 1")
    write("/proc/self/gid_map", f"{group} {group} 1")
    if os.fork():
        os._exit(0)
    # A process group is not cut by a pid namespace: kill(0) would reach the warm process.
    os.setsid()
    _mount_own(limits["temporary_mb"])
    os.chdir(HOME)
    for name, content in files:
        with open(name, "wb") as file:  # noqa: PTH123 - as few steps as can be
            file.write(content)
    for name, value in resources.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    _give_up_rights()


def _mount_own(temporary_mb):
    mount(None, "/", None, MS_PRIVATE | MS_REC)
    # opened before they are covered: the environment may lie below one of these folders
    covered = [
        (str(folder), os.open(folder, os.O_PATH | os.O_CLOEXEC))
        for folder, _inside in environment_folders()
        if any(folder.is_relative_to(own) for own, _mode in OWN_FOLDERS)
    ]
    for folder, mode in OWN_FOLDERS:
        mount("tmpfs", folder, "tmpfs", LOCKED, f"size={temporary_mb}m,mode={mode}")
    for folder, fd in covered:
        os.makedirs(folder)  # noqa: PTH103 - as few steps as can be
        mount(f"/proc/self/fd/{fd}", folder, None, MS_BIND | MS_REC)
        os.close(fd)
    # the warm process's terminals are those of every other fork
    mount("tmpfs", "/dev/pts", "tmpfs", LOCKED | MS_RDONLY, "size=4k")
    mount("proc", "/proc", "proc", LOCKED | MS_NOEXEC)
    for path in HIDDEN_IN_PROC:
        if os.path.exists(path):  # noqa: PTH110
            mount("/dev/null", path, None, MS_BIND)
    mount("/proc/sys", "/proc/sys", None, MS_BIND | MS_REC)
    read_only = MS_REMOUNT | MS_BIND | MS_RDONLY | LOCKED | MS_NOEXEC
    mount(None, "/proc/sys", None, read_only)
    for path in EMPTIED_IN_PROC:
        if os.path.exists(path):  # noqa: PTH110
            mount("tmpfs", path, "tmpfs", LOCKED | MS_RDONLY, "size=4k")


def _give_up_rights():
    for capability in range(CAPABILITIES):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # the kernel knows fewer than 64
    header = struct.pack("II", CAPABILITY_VERSION, 0)
    checked(libc.capset(header, struct.pack("6I", *[0] * 6)), "capset")
    checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    steps = seccomp.build_filter()
    kept = ctypes.create_string_buffer(steps, len(steps))
    program = struct.pack("HxxxxxxP", len(steps) // 8, ctypes.addressof(kept))
    checked(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0), "seccomp")
