"""Which releases run in a browser, and their files on the JupyterLite site."""

import ast
import json
import sys
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from labs.domain.workspaces import release_files
from labs.grading.notebooks import source_of
from labs.hub.settings import write_private
from labs.lite.site import READY
from labs.models import LabRelease

KERNEL = {"name": "python", "display_name": "Python", "language": "python"}


def lite_folder() -> Path:
    return settings.LABS_DATA_DIR / "lite"


def is_offered(release: LabRelease) -> bool:
    """Whether the site is built, and the notebook needs nothing that a browser's Python lacks."""
    return (lite_folder() / READY).exists() and runs_in_browser(release.notebook)


def runs_in_browser(notebook: dict) -> bool:
    """Whether every cell is plain Python: scientific packages for browsers are on no registry."""
    sources = [source_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    try:
        trees = [ast.parse(source) for source in sources]
    except SyntaxError:  # a magic, or a command of the system
        return False
    return all(_imported(tree) <= sys.stdlib_module_names for tree in trees)


def _imported(tree):
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def publish(release: LabRelease) -> str:
    """Have the release's files on the site; return where a browser opens its notebook.

    Each release has an address of its own that cannot be guessed: nobody is asked who they are.
    """
    name = f"{release.name}-{release.sha256}"
    folder = lite_folder() / "releases" / name
    listing = folder / "api" / "contents" / "all.json"
    if not listing.exists():
        files = [(path, _for_browsers(path, content)) for path, content in release_files(release)]
        for made in (folder / "files", listing.parent):
            made.mkdir(parents=True, exist_ok=True)
        for path, content in files:
            (folder / "files" / path).write_bytes(content)
        entries = [_entry(path, _kind(path), None) for path, _content in files]
        write_private(listing, json.dumps(_entry("", "directory", entries)))
    query = urlencode({"path": release.file_name})
    return f"{settings.LABS_LITE_URL}/{name}/notebooks/index.html?{query}"


def _for_browsers(name, content):
    """The notebook names the one kernel of the site: else it would ask which to take."""
    if _kind(name) == "file":
        return content
    notebook = json.loads(content)
    notebook["metadata"]["kernelspec"] = KERNEL
    return json.dumps(notebook).encode()


def _kind(name):
    return "notebook" if name.endswith(".ipynb") else "file"


def _entry(path, kind, content):
    """A file or folder as Jupyter's contents API describes it."""
    now = timezone.now().isoformat()
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "type": kind,
        "format": "json" if content is not None else None,
        "content": content,
        "created": now,
        "last_modified": now,
        "mimetype": None,
        "size": None,
        "writable": True,
    }
