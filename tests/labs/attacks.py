"""Runs inside the sandbox: each attempt prints its name and "blocked", or what it got."""

import contextlib
import ctypes
import errno
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

TARGETS = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
ATTEMPTS = {}


def attempt(function):
    ATTEMPTS[function.__name__] = function


def syscall(number, *arguments):
    ctypes.set_errno(0)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), errno.errorcode[ctypes.get_errno()])
    return "the call went through"


def dial(host, port):
    with socket.create_connection((host, port), timeout=2):
        return f"connected to {host}:{port}"


@attempt
def read_another_home():
    return Path(TARGETS["other_home"], "secret.txt").read_text()


@attempt
def read_platform_file():
    return Path(TARGETS["platform_file"]).read_text()


@attempt
def list_what_is_not_ours():
    return [path for path in ("/root/.ssh", "/srv", "/var", "/boot", "/mnt") if Path(path).exists()]


@attempt
def read_platform_environment():
    found = [
        p for p in Path("/proc").glob("[0-9]*/environ") if b"PLATFORM_SECRET" in p.read_bytes()
    ]
    return found or ("PLATFORM_SECRET" in os.environ)


@attempt
def see_other_processes():
    return [p for p in Path("/proc").glob("[0-9]*") if TARGETS["marker"] in commands(p)]


def commands(folder):
    with contextlib.suppress(OSError):
        command = (folder / "cmdline").read_text()
        return command if "attacks.py" not in command else ""
    return ""


@attempt
def dial_platform_port():
    return dial("127.0.0.1", TARGETS["port"])


@attempt
def dial_abstract_socket():
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + TARGETS["abstract"])
    return "connected"


@attempt
def dial_internet():
    return dial("1.1.1.1", 443)


@attempt
def dial_cloud_metadata():
    return dial("169.254.169.254", 80)


@attempt
def resolve_a_name():
    return socket.getaddrinfo("example.org", 443)


@attempt
def open_vsock():
    return socket.socket(40, socket.SOCK_STREAM)


@attempt
def open_raw_socket():
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)


@attempt
def trace_a_process():
    return syscall(101, 16, 1, 0, 0)


@attempt
def make_user_namespace():
    return syscall(272, 0x10000000)


@attempt
def clone_user_namespace():
    return syscall(56, 0x10000011, 0, 0, 0, 0)


@attempt
def mount_something():
    return syscall(165, b"none", b"/tmp", b"tmpfs", 0, 0)


@attempt
def use_keyring():
    return syscall(250, 0, -3, 0, 0, 0)


@attempt
def use_io_uring():
    return syscall(425, 4, 0)


@attempt
def become_root():
    os.setuid(0)
    return os.getuid() == 0


@attempt
def hold_capabilities():
    status = Path("/proc/self/status").read_text().splitlines()
    names = ("CapEff", "CapPrm", "CapBnd")
    return [line for line in status if line.startswith(names) and int(line.split()[1], 16)]


@attempt
def write_outside_home():
    written = []
    for folder in ("/", "/usr", "/etc", "/opt", "/opt/labs", "/run", "/dev", "/home", sys.prefix):
        with contextlib.suppress(OSError):
            Path(folder, "evil").write_text("x")
            written.append(folder)
    return written


@attempt
def change_the_kernel():
    Path("/proc/sys/kernel/core_pattern").write_text("|/tmp/x")
    return "written"


@attempt
def hold_files_of_the_machine():
    links = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(str(link.readlink()))
    fine = ("/dev/", "/proc/", "pipe:")
    return [link for link in links if not link.startswith(fine)]


@attempt
def kill_everything():
    return [
        pid for pid in range(50, 40_000, 499) if not Path(f"/proc/{pid}").exists() and can_kill(pid)
    ]


def can_kill(pid):
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return True
    return False


@attempt
def fork_without_end():
    children = []
    try:
        for _ in range(1000):
            pid = os.fork()
            if pid == 0:
                threading.Event().wait(30)
                os._exit(0)
            children.append(pid)
    except OSError:
        return "" if len(children) < TARGETS["processes"] else f"{len(children)} processes"
    finally:
        for pid in children:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    return f"{len(children)} processes"


@attempt
def take_all_memory():
    code = "b=[]\nfor i in range(3000): b.append(bytearray(b'x') * (1 << 20))"
    taken = subprocess.run([sys.executable, "-c", code], check=False)
    return "3 GB" if taken.returncode == 0 else ""


@attempt
def fill_the_disk():
    size = 0
    with Path("/home/learner/big").open("wb", buffering=0) as file:
        while size < 2 << 30:
            size += file.write(b"x" * (1 << 20))
    return f"{size} bytes in a file"


@attempt
def fill_temporary_memory():
    with Path("/tmp/big").open("wb", buffering=0) as file:  # noqa: S108
        file.writelines(b"x" * (1 << 20) for _ in range(500))
    return "500 MB"


if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that is too large is then an error
    for name, function in ATTEMPTS.items():
        try:
            got = function()
        except Exception:  # noqa: BLE001 - refused, in whatever way
            got = ""
        print(name, f"GOT {got}" if got else "blocked", flush=True)
