"""What staff are told of the protections that a machine gives to labs."""

from pathlib import Path

import pytest

from labs.protections import missing_sentences
from labs.sandbox import SandboxError, capabilities
from labs.sandbox.capabilities import Protection


def test_each_protection_is_told_in_a_sentence(tmp_path):
    protections = capabilities.check_protections(tmp_path)

    assert [p.name for p in protections] == [
        "namespaces",
        "call filter",
        "control groups",
        "own users",
        "disk",
    ]
    assert [p.sentence for p in protections if "%(" in p.sentence] == []


def test_what_is_missing_is_told_in_the_readers_language(settings):
    homes = settings.LABS_DATA_DIR / "homes"

    assert missing_sentences() == capabilities.missing_protections(homes)


def test_a_disk_of_their_own_is_asked_for(tmp_path):
    (protection,) = (p for p in capabilities.check_protections(tmp_path) if p.name == "disk")

    assert not protection.is_given
    assert not protection.is_required
    assert "a file system of its own" in protection.sentence
    # anyone may ask the probe
    assert str(tmp_path) not in protection.sentence


@pytest.mark.skipif(not Path("/dev/shm").is_mount(), reason="needs a second file system")  # noqa: S108
def test_a_disk_of_their_own_is_enough():
    folder = Path("/dev/shm/labs/homes")  # noqa: S108 - only asked about
    (protection,) = (p for p in capabilities.check_protections(folder) if p.name == "disk")

    assert protection.is_given


@pytest.mark.parametrize("actions", ["", "allow log"])
def test_labs_do_not_start_without_a_call_filter(monkeypatch, actions):
    setting = capabilities._setting
    monkeypatch.setattr(
        capabilities,
        "_setting",
        lambda name: actions if "seccomp" in name else setting(name),
    )

    with pytest.raises(SandboxError, match="CONFIG_SECCOMP_FILTER"):
        capabilities.require_protections()


def test_a_sentence_is_its_message_with_its_values():
    assert Protection("any", True, True, "Set %(what)s.", (("what", "x"),)).sentence == "Set x."
    assert Protection("any", True, True, "All at 100 %.").sentence == "All at 100 %."
