"""Puts the calling process into a sandbox: what bubblewrap does for a program, for a forked process.

Linux alone, one thread alone. Whatever fails raises OSError; the process must then end.
"""

import ctypes
import fcntl
import os
import resource
import socket
import struct
from pathlib import Path

from labs.sandbox.launcher import (
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    PR_SET_NO_NEW_PRIVS,
    checked,
    libc,
    mount,
)
from labs.sandbox.layout import HOSTNAME, USER
from labs.sandbox.seccomp import NEW_NAMESPACES

MS_NOEXEC = 8
MNT_DETACH = 2
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
ATTRIBUTE_READ_ONLY, ATTRIBUTE_NOSUID, ATTRIBUTE_NODEV = 1, 2, 4
# the numbers of these calls differ between architectures, but not of the newer ones
MOUNT_SETATTR = 442
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SIOCSIFFLAGS, IFF_UP_AND_RUNNING = 0x8914, 0x41
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_CAP_AMBIENT = 4, 22, 24, 47
PR_CAP_AMBIENT_CLEAR_ALL, SECCOMP_MODE_FILTER = 4, 2
CAPABILITY_VERSION, CAPABILITIES = 0x20080522, 64
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}
OLD, NEW = "/old", "/new"


def enter_namespaces():
    """Leave all namespaces of the machine; the next child is the first process of new ones."""
    user, group = os.getuid(), os.getgid()
    # who changed its user number may not be looked into, not even by itself
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    checked(libc.unshare(NEW_NAMESPACES), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{USER} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{USER} {group} 1")


def build_root(steps):
    """Make what the `steps` of a Layout say the whole of the file system."""
    # links are followed while they still lead where they should
    sources = {
        what: str(Path(what).resolve())
        for kind, _inside, what in steps
        if kind in {"bind", "bind_writable"}
    }
    os.umask(0o022)
    mount(None, "/", None, MS_PRIVATE | MS_REC)
    base = "/tmp"  # noqa: S108 - only a place to stand on for a moment
    mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k")
    Path(base + OLD).mkdir()
    Path(base + NEW).mkdir()
    mount("tmpfs", base + NEW, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m")
    pivot_root(base, base + OLD)
    os.chdir("/")
    for kind, inside, what in steps:
        STEPS[kind](NEW + inside, OLD + sources[what] if what in sources else what)
    os.chdir(NEW)
    # the old root lies over the new one, and is then taken away: nothing is left below any mount
    pivot_root(".", ".")
    checked(libc.umount2(b".", MNT_DETACH), "umount")
    os.chdir("/")
    os.umask(0o077)


def _bind(target, source):
    _place(target, is_folder=Path(source).is_dir())
    mount(source, target, None, MS_BIND | MS_REC)
    _restrict(target, ATTRIBUTE_READ_ONLY | ATTRIBUTE_NOSUID | ATTRIBUTE_NODEV, AT_RECURSIVE)


def _bind_writable(target, source):
    _place(target, is_folder=Path(source).is_dir())
    mount(source, target, None, MS_BIND | MS_REC)
    _restrict(target, ATTRIBUTE_NOSUID | ATTRIBUTE_NODEV, AT_RECURSIVE)


def _link(target, source):
    Path(target).symlink_to(source)


def _file(target, content):
    _write(target, content, 0o444)


def _own_file(target, content):
    _write(target, content, 0o600)


def _write(target, content, mode):
    _make_parents(target)
    Path(target).write_bytes(content)
    Path(target).chmod(mode)


def _tmpfs(target, size):
    _place(target, is_folder=True)
    mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, f"mode=0755,size={size}")


def _proc(target, _what):
    _place(target, is_folder=True)
    mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    # besides the filter: no user namespace can be made in this one
    Path(target, "sys/user/max_user_namespaces").write_text("0")


def _dev(target, _what):
    _tmpfs(target, 64 << 10)
    for name in DEVICES:
        _place(f"{target}/{name}", is_folder=False)
        mount(f"{OLD}/dev/{name}", f"{target}/{name}", None, MS_BIND)
    for name, source in DEVICE_LINKS.items():
        Path(target, name).symlink_to(source)
    Path(target, "shm").mkdir()
    Path(target, "pts").mkdir()
    options = "newinstance,ptmxmode=0666,mode=620"
    mount("devpts", f"{target}/pts", "devpts", MS_NOSUID | MS_NOEXEC, options)


def _read_only(target, _what):
    _restrict(target, ATTRIBUTE_READ_ONLY, 0)


STEPS = {
    "bind": _bind,
    "bind_writable": _bind_writable,
    "link": _link,
    "file": _file,
    "own_file": _own_file,
    "tmpfs": _tmpfs,
    "proc": _proc,
    "dev": _dev,
    "read_only": _read_only,
}


def _place(target, *, is_folder):
    """Something for a mount to lie on."""
    if os.path.lexists(target):
        return
    _make_parents(target)
    if is_folder:
        Path(target).mkdir()
    else:
        Path(target).touch(0o444)


def _make_parents(target):
    Path(target).parent.mkdir(parents=True, exist_ok=True)


def _restrict(target, attributes, flags):
    wanted = struct.pack("4Q", attributes, 0, 0, 0)
    call = (ctypes.c_long(MOUNT_SETATTR), ctypes.c_int(AT_FDCWD), target.encode())
    result = libc.syscall(*call, ctypes.c_uint(flags), wanted, ctypes.c_size_t(len(wanted)))
    checked(result, f"restricting {target}")


def pivot_root(new, old):
    number = PIVOT_ROOT[os.uname().machine]
    checked(libc.syscall(ctypes.c_long(number), new.encode(), old.encode()), "pivot_root")


def name_the_machine():
    checked(libc.sethostname(HOSTNAME.encode(), len(HOSTNAME)), "sethostname")
    with socket.socket() as any_socket:
        flags = struct.pack("16sh22x", b"lo", IFF_UP_AND_RUNNING)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, flags)


def give_up_rights(program, processes):
    """No capability, none to be had again, the call filter `program`, and so many processes."""
    resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    for capability in range(CAPABILITIES):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # the kernel knows fewer
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    checked(libc.capset(header, bytes(24)), "capset")
    checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    steps = ctypes.create_string_buffer(program, len(program))
    pointer = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
    argument = ctypes.create_string_buffer(pointer, len(pointer))
    filtering = libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, argument, 0, 0)
    checked(filtering, "seccomp")
