"""Builds the JupyterLite site: its files come from package registries once, and are ours from then on."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import brotli

BIN = Path(sys.executable).parent
PYODIDE = "pyodide@314.0.7"
PYODIDE_SHA512 = (
    "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A=="
)
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
LEXERS = "ipython-pygments-lexers"
WHEELS = Path(__file__).with_name("wheels.txt")
EXTENSION = "@jupyterlite/pyodide-kernel-extension"
SHRINKING = {".js", ".mjs", ".wasm", ".json", ".css", ".svg", ".html"}
SMALLEST_SHRUNK = 4096
SITE = "site"
READY = f"{SITE}/ready.json"


class BuildError(Exception):
    """The site could not be built; says why."""


def build_site(folder: Path) -> None:
    """Put the site into `folder`; what was there before serves until the new one is whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as temporary:
        made = Path(temporary)
        site = made / "site"
        package, wheels = _fetch(made)
        _build_jupyterlite(made / "source", site, next(w for w in wheels if w.name[:5] == "comm-"))
        _add_pyodide(site / "pyodide", package, wheels)
        _shrink(site)
        (made / READY).write_text(json.dumps({"pyodide": PYODIDE}))
        if (folder / SITE).exists():
            (folder / SITE).replace(made / "before")
        site.replace(folder / SITE)


def _fetch(made):
    """The unpacked package of the runtime, and the wheels that its kernel needs, checked by hash."""
    _run("npm", "pack", PYODIDE, "--silent", cwd=made)
    (archive,) = made.glob("pyodide-*.tgz")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != PYODIDE_SHA512:
        raise BuildError(f"{PYODIDE} is not the file that we know: its hash is {found}.")
    with tarfile.open(archive) as package:
        package.extractall(made, filter="data")
    _run(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"),
        *("--only-binary", ":all:", "--python-version", "3.14", "--platform", "any"),
        *("--implementation", "py", "--abi", "none"),
        *("--dest", made / "wheels", "--requirement", WHEELS),
    )
    return made / "package", sorted((made / "wheels").glob("*.whl"))


def _lock(package, wheels):
    """The runtime's list of packages, of those that are here.

    The registry's wheels are not the ones that Pyodide packs anew: their hashes differ, and its
    ipython brings the lexers along.
    """
    lock = json.loads((package / LOCK).read_text())
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in wheels}
    kept = {
        name: {**each, "sha256": hashes[each["file_name"]]}
        for name, each in lock["packages"].items()
        if each["file_name"] in hashes
    }
    (lexers,) = (name for name in hashes if name.startswith("ipython_pygments_lexers-"))
    names = {"name": LEXERS, "file_name": lexers, "sha256": hashes[lexers], "imports": []}
    kept[LEXERS] = {**kept["six"], **names, "version": lexers.split("-")[1]}
    kept["ipython"]["depends"].append(LEXERS)
    return {**lock, "packages": kept}


def _run(*argv, **options):
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ.get('PATH', '')}"}
    try:
        return subprocess.run(  # noqa: S603 - our own arguments
            [str(part) for part in argv],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
            **options,
        )
    except FileNotFoundError as error:
        raise BuildError(f"{argv[0]} is missing: install Node.js with npm.") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr or error.stdout).strip().splitlines()[-1:] or ["it failed"]
        raise BuildError(f"{Path(argv[0]).name} {argv[1]}: {last[0]}") from error


def _build_jupyterlite(source, site, comm):
    source.mkdir()
    build = {
        "apps": ["notebooks"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(site),
        # of all that is installed here for JupyterLab, the one that a browser needs
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(Path(sys.prefix, "share/jupyter/labextensions", EXTENSION))],
    }
    (source / "jupyter_lite_config.json").write_text(
        json.dumps(
            # the kernel asks for this one, and Pyodide does not have it
            {"LiteBuildConfig": build, "PipliteAddon": {"piplite_urls": [str(comm)]}}
        )
    )
    page = {
        "appName": "Umahiri",
        # without it JupyterLite asks the site for no file at all
        "contentsAllJsonFile": "all.json",
        "litePluginSettings": {
            f"{EXTENSION}:kernel": {
                "pyodideUrl": "./pyodide/pyodide.mjs",
                "disablePyPIFallback": True,
            }
        },
    }
    config = {"jupyter-lite-schema-version": 0, "jupyter-config-data": page}
    (source / "jupyter-lite.json").write_text(json.dumps(config))
    _run(sys.executable, "-m", "jupyter", "lite", "build", cwd=source)


def _add_pyodide(target, package, wheels):
    target.mkdir()
    for path in (*(package / name for name in PYODIDE_FILES), *wheels):
        shutil.copy(path, target)
    (target / LOCK).write_text(json.dumps(_lock(package, wheels)))


def _shrink(site):
    """Beside each large text a copy for slow lines, which the proxy sends instead."""
    for path in site.rglob("*"):
        if path.suffix in SHRINKING and path.is_file() and path.stat().st_size > SMALLEST_SHRUNK:
            small = brotli.compress(path.read_bytes(), quality=9)
            path.with_name(f"{path.name}.br").write_bytes(small)
