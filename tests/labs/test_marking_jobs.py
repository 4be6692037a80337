"""Marking as a job of a cluster: the real command, started by an API of our own."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from labs.backends import marking
from labs.grading.notebooks import release_notebook
from labs.sandbox import SandboxError
from tests.labs.cluster import NAMESPACE, Cluster, serving
from tests.labs.notebooks import ANSWERS, FILES, handed_in, master
from tests.labs.test_marking import BOUNDS

TEMPLATE = Path(__file__).parents[2] / "deploy" / "labs" / "marking-job.yaml"


def certificate(folder):
    """A certificate for this machine's own address, and its key, in two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cluster")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.crt").write_bytes(made.public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, *plain))
    return folder / "ca.crt", folder / "key.pem"


@pytest.fixture
def cluster(settings, tmp_path, monkeypatch):
    """A cluster that the settings name, as a pod of the platform's finds it."""
    settings.LABS_MARKING_JOB = str(TEMPLATE)
    (tmp_path / "token").write_text("token-of-the-account")
    (tmp_path / "namespace").write_text(NAMESPACE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    monkeypatch.setattr(marking, "ACCOUNT", tmp_path)
    cluster = Cluster(settings.LABS_DATA_DIR / "marking", token="token-of-the-account")
    with serving(cluster.application(), context) as port:
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(port))
        yield cluster


def mark(answers, bounds=BOUNDS):
    notebook = handed_in(release_notebook(master()), answers)
    return marking.mark(master(), notebook, FILES, bounds)


def test_a_job_marks_as_this_machine_does(cluster, settings):
    answers = {**ANSWERS, "gap": "def gap(predicted, groups):\n    return 0.5"}
    there = mark(answers)
    (name,) = cluster.jobs
    settings.LABS_MARKING_JOB = ""
    here = mark(answers)

    assert there.score == 5
    assert replace(there, seconds=0, peak_mb=0) == replace(here, seconds=0, peak_mb=0)
    # nothing is left of it
    assert cluster.deleted == [name]
    assert list((settings.LABS_DATA_DIR / "marking").iterdir()) == []


def test_a_job_that_fails_is_said_and_removed(cluster, settings):
    cluster.command_code = 1

    with pytest.raises(SandboxError, match="BackoffLimitExceeded"):
        mark(ANSWERS)

    assert cluster.deleted == list(cluster.jobs)
    assert list((settings.LABS_DATA_DIR / "marking").iterdir()) == []


def test_a_job_that_leaves_no_report_is_no_marking(cluster):
    cluster.command_code = 0

    with pytest.raises(SandboxError, match="no report"):
        mark(ANSWERS)


def test_a_job_has_its_own_limits_and_sees_its_own_folder():
    template = yaml.safe_load(TEMPLATE.read_text())
    made = marking.job(template, "marking-1", replace(BOUNDS, memory_mb=1000, total_seconds=60))

    pod = made["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert made["metadata"]["name"] == "marking-1"
    assert made["spec"]["activeDeadlineSeconds"] == 180
    assert container["resources"]["limits"]["memory"] == "5256Mi"
    assert [m.get("subPath") for m in container["volumeMounts"]] == ["marking-1", None]
    assert (pod["hostUsers"], pod["automountServiceAccountToken"]) == (False, False)
    assert template == yaml.safe_load(TEMPLATE.read_text())


def test_what_an_ended_worker_left_is_removed(cluster, settings, monkeypatch):
    left = settings.LABS_DATA_DIR / "marking" / "marking-0"
    left.mkdir(parents=True)
    cluster.command_code = 0
    with pytest.raises(SandboxError):
        mark(ANSWERS)
    assert left.exists()

    monkeypatch.setattr(marking, "LEFT_BEHIND_SECONDS", -1)
    with pytest.raises(SandboxError):
        mark(ANSWERS)
    assert not left.exists()
