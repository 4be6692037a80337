"""Loading a lab from the folder in which its author wrote it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from courses.loading.course import Report, save_page
from courses.loading.markdown import read_front_matter, to_blocks
from courses.models import Competency, ModulePage
from labs.domain.masters import check_files
from labs.domain.releases import cut_release
from labs.grading.notebooks import NotebookError
from labs.models import LabPage
from labs.models.labs import LIMITS
from lms.core.errors import Refused

GENERATING_SECONDS = 120
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
GENERATE = (
    "import pathlib, runpy, sys; runpy.run_path(sys.argv[1])['generate'](pathlib.Path(sys.argv[2]))"
)


@transaction.atomic
def load_lab(module: ModulePage, folder: Path, report: Report | None = None) -> LabPage:
    """Create or update the lab that `folder` describes; a release is cut only if its hash is new.

    Reads `lab.md` (facts and instructions), `master.py` (nbgrader cells, as jupytext writes them),
    `generate.py` (makes the data files) and `no-lab.md`. Raises ValidationError naming the file.
    """
    report = report or Report()
    facts, instructions = read_front_matter(folder / "lab.md")
    if missing := [name for name in ("key", "title", "minutes") if name not in facts]:
        raise ValidationError(f"{folder / 'lab.md'}: the facts lack {', '.join(missing)}.")
    limits = {name: facts.get(name, LabPage._meta.get_field(name).default) for name in LIMITS}
    files = read_files(folder, facts.get("files", []))
    try:
        check_files(files)
    except ValidationError as error:
        raise ValidationError(f"{folder}: {' '.join(error.messages)}") from error
    try:
        master = read_master(folder / "master.py")
        release = cut_release(facts["key"], master, files, **limits)
    except NotebookError as error:
        raise ValidationError(f"{folder / 'master.py'}: {error}") from error
    no_lab = folder / "no-lab.md"
    # its facts, if there are any, say nothing that the page does not
    no_lab_text = _below_facts(no_lab) if no_lab.exists() else ""
    key = facts["key"]
    try:
        return save_page(
            LabPage,
            module,
            key=key,
            source=json.dumps([facts, instructions, no_lab_text, release.sha256], default=str),
            report=report,
            title=facts["title"],
            slug=key,
            summary=facts.get("summary", ""),
            minutes=facts["minutes"],
            **limits,
            pass_mark=facts.get("pass_mark", 70),
            release=release,
            competencies=Competency.objects.filter(code__in=facts.get("competencies", [])),
            instructions=json.dumps(to_blocks(instructions, key=key, folder=folder)),
            no_lab_path=json.dumps(to_blocks(no_lab_text, key=f"{key}-no-lab", folder=folder)),
        )
    except Refused as refusal:  # an author's own draft of the notebook waits
        raise ValidationError(f"{folder}: {refusal}") from refusal


def _below_facts(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return read_front_matter(path)[1] if text.startswith("---\n") else text


def read_master(path: Path) -> dict:
    """The notebook that `path` writes down, the same at every reading."""
    if not path.is_file():
        raise ValidationError(f"{path}: there is no master notebook here.")
    import jupytext  # a second of work that only this needs, not each process that starts

    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    cells = []
    for number, cell in enumerate(notebook.cells):
        plain = {
            "id": f"cell-{number}",
            "cell_type": cell.cell_type,
            "metadata": json.loads(json.dumps(cell.metadata)),
            "source": cell.source,
        }
        if cell.cell_type == "code":
            plain |= {"outputs": [], "execution_count": None}
        cells.append(plain)
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def read_files(folder: Path, names: list[str]) -> dict[str, bytes]:
    """The data files: made by `generate.py` if there is one, else as they lie in `folder`."""
    generator = folder / "generate.py"
    with tempfile.TemporaryDirectory() as made:
        if generator.is_file():
            _generate(generator, made)
        found = {}
        for name in names:
            if Path(name).name != name:
                raise ValidationError(f"{folder}: {name} is not the name of a file.")
            path = next((p for p in (Path(made, name), folder / name) if p.is_file()), None)
            if path is None:
                raise ValidationError(f"{folder}: there is no file {name}.")
            found[name] = path.read_bytes()
    return found


def _generate(generator: Path, folder: str) -> None:
    """Run the course author's own generator, apart from this process and its settings."""
    command = [sys.executable, "-c", GENERATE, str(generator), folder]
    try:
        subprocess.run(  # noqa: S603 - part of the course's source
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=GENERATING_SECONDS,
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
    except subprocess.CalledProcessError as error:
        last = error.stderr.strip().splitlines()[-1:] or ["it failed"]
        raise ValidationError(f"{generator}: {last[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise ValidationError(f"{generator}: it took over {GENERATING_SECONDS} s.") from error
