#!/usr/bin/env python3
"""The one door: inside the project's environment it is Django's; outside, it makes that environment first.

Only the standard library may be imported before the environment exists.
"""

import os
import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NEEDS_DEVELOPMENT_LOCK = {"test", "bench"}


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201  there is no logger yet


def install(lock):
    """Make `.venv` hold exactly what `lock` pins; a second call with the same lock costs nothing."""
    if ENVIRONMENT.is_symlink():
        return  # shared with another checkout, which may pin other packages: theirs to change
    stamp = ENVIRONMENT / "umahiri-lock"
    wanted = sha256(lock.read_bytes()).hexdigest()
    development = ROOT / "requirements/dev.txt"
    fine = {wanted, sha256(development.read_bytes()).hexdigest()}  # the larger set has all of it
    if stamp.exists() and stamp.read_text() in fine:
        return
    if not PYTHON.exists():
        say("Creating the environment in .venv …")
        venv.create(ENVIRONMENT, with_pip=True)
    say(f"Installing the packages of {lock.relative_to(ROOT)} …")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = [PYTHON, "-m", "uv", "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes"]
    quick = subprocess.run([*pip, "uv"], check=False).returncode == 0  # noqa: S603
    done = quick and subprocess.run([*uv, lock], check=False, env=uv_environment()).returncode == 0  # noqa: S603
    if not done:
        say("uv could not do it; pip tries, which takes longer …")
        subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)  # noqa: S603
    stamp.write_text(wanted)


def uv_environment():
    return {**os.environ, "VIRTUAL_ENV": str(ENVIRONMENT), "UV_LINK_MODE": "copy"}


def enter_environment(command):
    """Start this file again inside the project's environment, unless it runs there already."""
    if sys.version_info < (3, 11):  # noqa: UP036  the sentence is for those who have an older one
        sys.exit("Umahiri needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")
    if Path(sys.prefix) != ENVIRONMENT and os.environ.get("VIRTUAL_ENV", str(ENVIRONMENT)) != str(
        ENVIRONMENT
    ):
        return  # a developer's own activated environment
    lock = "dev" if command in NEEDS_DEVELOPMENT_LOCK else "base"
    try:
        install(ROOT / f"requirements/{lock}.txt")
    except subprocess.CalledProcessError:
        sys.exit(
            "The packages could not be installed; the lines above say why. Nothing was started."
        )
    if Path(sys.prefix) != ENVIRONMENT:
        os.execv(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), *sys.argv[1:]])  # noqa: S606


def main():
    enter_environment(sys.argv[1] if len(sys.argv) > 1 else "help")
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE",
        "lms.settings.test" if sys.argv[1:2] == ["test"] else "lms.settings.base",
    )
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("LMS_DEMO", "1")  # before the settings are read: they differ by it
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
