"""Between our process and bubblewrap: joins the control groups, gives up rights, then becomes it.

Runs as a program of its own with Python alone (`python -I -S launcher.py FD`), since a threaded
service must not run Python between fork and exec. When root starts it, it first binds the folders
of the sandbox into a place of its own, so that the unprivileged user that it becomes can reach
them even below folders such as /root.
"""

import ctypes
import json
import os
import resource
import sys

CLONE_NEWNS = 0x00020000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 0x1000, 0x4000, 0x40000
PR_SET_NO_NEW_PRIVS = 38
# when memory is short: before the platform, and after a learner's kernels
BEFORE_THE_PLATFORM = "500"

libc = ctypes.CDLL(None, use_errno=True)


def checked(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def mount(source, target, kind, flags, options=None):
    arguments = [text.encode() if text else None for text in (source, target, kind)]
    checked(
        libc.mount(*arguments, ctypes.c_ulong(flags), options.encode() if options else None),
        f"mounting {target}",
    )


def stage(folder, sources):
    """Bind each source at <folder>/<number>, seen by this process and its children alone."""
    checked(libc.unshare(CLONE_NEWNS), "unshare")
    mount(None, "/", None, MS_PRIVATE | MS_REC)
    # opened before the tmpfs hides what may lie below the staging folder
    opened = [os.open(source, os.O_PATH | os.O_CLOEXEC) for source in sources]
    mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k")
    for number, (source, fd) in enumerate(zip(sources, opened, strict=True)):
        target = f"{folder}/{number}"
        if os.path.isdir(source):  # noqa: PTH112 - this program starts often: no pathlib
            os.mkdir(target, 0o755)  # noqa: PTH102
        else:
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o444))
        mount(f"/proc/self/fd/{fd}", target, None, MS_BIND | MS_REC)
        os.close(fd)


def write(path, text):
    with open(path, "w") as file:  # noqa: PTH123
        file.write(text)


def enter(plan):
    """Join the groups, bind what root must bind, take the limits, and become the plan's user."""
    write("/proc/self/oom_score_adj", BEFORE_THE_PLATFORM)
    for path in plan["groups"]:
        write(path, str(os.getpid()))
    os.chdir("/")
    os.umask(0o077)
    if plan["user"] is not None:
        stage(plan["staging"], plan["sources"])
    for name, value in plan["resources"].items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    os.nice(5)
    if plan["user"] is not None:
        os.setgroups([])
        os.setresgid(plan["user"], plan["user"], plan["user"])
        os.setresuid(plan["user"], plan["user"], plan["user"])


def main(fd):
    with os.fdopen(fd) as file:
        plan = json.load(file)
    bubblewrap = os.open(plan["bubblewrap"], os.O_RDONLY | os.O_CLOEXEC)
    enter(plan)
    checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    os.execve(bubblewrap, plan["command"], {"PATH": "/usr/bin:/bin"})  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]))
