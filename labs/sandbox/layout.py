"""What a sandbox sees of the machine, step by step, and that it sees nothing else.

Written down once, for the two ways of carrying it out: bubblewrap for a program, `isolation` for
a process that was forked.
"""

import sys
from pathlib import Path

HOME = "/home/learner"
USER = 1000
HOSTNAME = "lab"
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
        b"root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n"
        b"learner:x:1000:1000:Learner:/home/learner:/bin/bash\n"
        b"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    ),
    "/etc/group": b"root:x:0:\nlearner:x:1000:\nnogroup:x:65534:\n",
    "/etc/hosts": b"127.0.0.1 localhost lab\n",
    "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files\n",
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
SMALL = 1 << 20


def environment_folders():
    """The Python environment of this process, as (folder, where the sandbox sees it)."""
    folders = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    # /usr is there already
    return [(folder, folder) for folder in sorted(folders) if not folder.is_relative_to("/usr")]


def environment_python():
    return str(Path(sys.prefix).resolve() / "bin" / "python")


def is_seen_by_all(path):
    """Whether every sandbox sees `path`, because it lies in the system or the environment."""
    shown = [Path("/usr"), *(folder for folder, _inside in environment_folders())]
    return any(Path(path).resolve().is_relative_to(folder) for folder in shown)


class Layout:
    """The steps that build what one sandbox sees, each as (kind, place inside, what).

    When `staged`, root has bound the sources below STAGING, by number, for the unprivileged user
    who carries out the steps and could not reach them below folders such as /root.
    """

    def __init__(self, sandbox, *, staged):
        self.steps = []
        self.sources = []
        self.staged = staged
        self._system(sandbox.limits)
        if not sandbox.is_nest:
            self._hide_in_proc()
        self._home(sandbox)
        for path, inside in (*environment_folders(), *sandbox.read_only):
            self.add("bind", inside, self.source(path))
        # Last of all: the root would stay writable, and without a limit.
        self.add("read_only", "/run")
        self.add("read_only", "/")

    def add(self, kind, inside, what=None):
        self.steps.append((kind, str(inside), what))

    def source(self, path):
        if not self.staged:
            return str(path)
        self.sources.append(str(path))
        return f"{STAGING}/{len(self.sources) - 1}"

    def _system(self, limits):
        self.add("bind", "/usr", "/usr")
        for name in ("lib", "lib64", "bin", "sbin"):
            if Path("/usr", name).exists():
                self.add("link", f"/{name}", f"usr/{name}")
        for path in SYSTEM_FILES:
            if Path(path).exists():
                self.add("bind", path, path)
        for path, content in OWN_FILES.items():
            self.add("file", path, content)
        size = limits.temporary_mb << 20
        self.add("proc", "/proc")
        self.add("dev", "/dev")
        self.add("tmpfs", "/dev/shm", size)  # noqa: S108 - the sandbox's own
        self.add("read_only", "/dev")
        self.add("tmpfs", "/tmp", size)  # noqa: S108 - the sandbox's own
        self.add("tmpfs", "/run", SMALL)

    def _hide_in_proc(self):
        for path in HIDDEN_IN_PROC:
            if Path(path).exists():
                self.add("bind", path, "/dev/null")
        self.add("bind", "/proc/sys", "/proc/sys")
        for path in EMPTIED_IN_PROC:
            if Path(path).exists():
                self.add("tmpfs", path, 4096)
                self.add("read_only", path)

    def _home(self, sandbox):
        if sandbox.home:
            self.add("bind_writable", HOME, self.source(sandbox.home))
        else:
            self.add("tmpfs", HOME, sandbox.limits.temporary_mb << 20)
        for name, content in sandbox.files.items():
            data = content.encode() if isinstance(content, str) else content
            self.add("own_file", f"{HOME}/{name}", data)
