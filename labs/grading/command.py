"""Marks one submission away from the platform: `python -m labs.grading.command FOLDER`.

Reads FOLDER/submission.json and writes FOLDER/report.json. Needs no database, no network and no
secret; the learner's code runs in the same sandboxes as everywhere, which do not see FOLDER.
"""

import json
import sys
from base64 import b64decode, b64encode
from dataclasses import asdict
from pathlib import Path

from labs.grading.marking import Bounds, Check, Report, mark

SUBMISSION = "submission.json"
REPORT = "report.json"


def write_submission(folder, master, submission, files, bounds):
    content = {
        "master": master,
        "submission": submission,
        "files": {name: b64encode(data).decode() for name, data in files.items()},
        "bounds": asdict(bounds),
    }
    _write(folder / SUBMISSION, content)


def mark_in_folder(folder):
    content = json.loads((folder / SUBMISSION).read_text())
    report = mark(
        content["master"],
        content["submission"],
        {name: b64decode(data) for name, data in content["files"].items()},
        Bounds(**content["bounds"]),
    )
    _write(folder / REPORT, asdict(report))


def read_report(folder):
    content = json.loads((folder / REPORT).read_text())
    return Report(**{**content, "checks": [Check(**check) for check in content["checks"]]})


def _write(path, content):
    """In one step, so that who waits for the file never reads half of it."""
    fresh = path.with_name(f".{path.name}")
    fresh.write_text(json.dumps(content))
    fresh.replace(path)


if __name__ == "__main__":
    mark_in_folder(Path(sys.argv[1]))
