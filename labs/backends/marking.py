"""Where submissions are marked: on this machine, or each as a job of a Kubernetes cluster."""

import copy
import os
import secrets
import shutil
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml
from django.conf import settings

from labs.grading import marking
from labs.grading.command import read_report, write_submission
from labs.grading.marking import Bounds, Report
from labs.sandbox import SandboxError

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TIMEOUT = httpx.Timeout(10)
LOOK_AGAIN_SECONDS = 0.5
# for the image to come and the sandboxes to start; `labs.domain.submissions` waits longer still
START_SECONDS = 120
SUPERVISOR_MB = 256
LEFT_BEHIND_SECONDS = 3600


def mark(master: dict, submission: dict, files: dict[str, bytes], bounds: Bounds) -> Report:
    """The Report on `submission`, or SandboxError if it could not be marked."""
    if not settings.LABS_MARKING_JOB:
        return marking.mark(master, submission, files, bounds)
    template = yaml.safe_load(Path(settings.LABS_MARKING_JOB).read_text())
    name = f"marking-{secrets.token_hex(8)}"
    folder = settings.LABS_DATA_DIR / "marking"
    _clear(folder)
    work = folder / name
    work.mkdir(mode=0o700, parents=True)
    try:
        write_submission(work, master, submission, files, bounds)
        with cluster() as http:
            run_job(http, job(template, name, bounds))
        return read_report(work)
    except FileNotFoundError as error:
        raise SandboxError(f"{name} left no report") from error
    finally:
        shutil.rmtree(work)


def job(template: dict, name: str, bounds: Bounds) -> dict:
    """`template` under that name, with its own part of the volume "work" and the bounds' limits."""
    made = copy.deepcopy(template)
    made["metadata"]["name"] = name
    made["spec"]["activeDeadlineSeconds"] = int(bounds.total_seconds) + START_SECONDS
    (container,) = made["spec"]["template"]["spec"]["containers"]
    # Without a control group of its own a sandbox's process may fill four times its memory before
    # it is refused more; were the pod's limit met first, the marking would end with it.
    memory = f"{5 * bounds.memory_mb + SUPERVISOR_MB}Mi"
    container["resources"]["limits"]["memory"] = memory
    (mount,) = (mount for mount in container["volumeMounts"] if mount["name"] == "work")
    mount["subPath"] = name
    return made


@contextmanager
def cluster() -> Iterator[httpx.Client]:
    """The cluster's API, as the account that the platform's own pod runs under may use it."""
    namespace = (ACCOUNT / "namespace").read_text().strip()
    host = f"{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}"
    with httpx.Client(
        base_url=f"https://{host}/apis/batch/v1/namespaces/{namespace}",
        headers={"Authorization": f"Bearer {(ACCOUNT / 'token').read_text().strip()}"},
        verify=ssl.create_default_context(cafile=ACCOUNT / "ca.crt"),
        timeout=TIMEOUT,
    ) as client:
        yield client


def run_job(http: httpx.Client, made: dict) -> None:
    """Start the job, wait until it has ended, and remove it; SandboxError if it failed."""
    name = made["metadata"]["name"]
    http.post("/jobs", json=made).raise_for_status()
    try:
        while not _has_ended(name, http.get(f"/jobs/{name}").raise_for_status().json()):
            time.sleep(LOOK_AGAIN_SECONDS)
    finally:
        http.delete(f"/jobs/{name}", params={"propagationPolicy": "Background"})


def _has_ended(name: str, found: dict) -> bool:
    status = found.get("status", {})
    for condition in status.get("conditions", []):
        if condition["type"] == "Failed" and condition["status"] == "True":
            raise SandboxError(f"{name} failed: {condition.get('reason', '')}")
    return bool(status.get("succeeded"))


def _clear(folder: Path) -> None:
    """Remove what workers left behind that were ended while they waited."""
    for left in folder.glob("marking-*"):
        if time.time() - left.stat().st_mtime > LEFT_BEHIND_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
