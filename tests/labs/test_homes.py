"""A learner's home is read and written without trusting what lies in it."""

import os

import pytest

from labs.backends import homes

USER = 230_001


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "l0123456789ab"
    homes.write_missing(home, USER, "lab", [("lab.ipynb", b"released")])
    return home


def test_files_are_put_where_there_are_none(home):
    assert homes.read_file(home, "lab/lab.ipynb", 100) == b"released"
    if os.getuid() == 0:
        assert (home / "lab" / "lab.ipynb").stat().st_uid == USER


def test_a_learners_file_is_never_changed(home):
    (home / "lab" / "lab.ipynb").write_bytes(b"my work")
    homes.write_missing(home, USER, "lab", [("lab.ipynb", b"released"), ("data.csv", b"1")])

    assert homes.read_file(home, "lab/lab.ipynb", 100) == b"my work"
    assert homes.read_file(home, "lab/data.csv", 100) == b"1"


def test_no_link_is_followed(home, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "lab.ipynb").write_bytes(b"another's")
    file = home / "lab" / "lab.ipynb"
    file.unlink()
    file.symlink_to(secret / "lab.ipynb")
    (home / "other").symlink_to(secret)

    assert homes.read_file(home, "lab/lab.ipynb", 100) is None
    assert homes.read_file(home, "other/lab.ipynb", 100) is None
    with pytest.raises(OSError, match="other"):
        homes.write_missing(home, USER, "other", [("new.txt", b"x")])
    assert [path.name for path in secret.iterdir()] == ["lab.ipynb"]


def test_a_pipe_or_a_folder_is_no_file(home):
    os.mkfifo(home / "lab" / "pipe")

    assert homes.read_file(home, "lab/pipe", 100) is None
    assert homes.read_file(home, "lab", 100) is None


def test_what_is_too_large_is_not_read(home):
    (home / "lab" / "lab.ipynb").write_bytes(b"x" * 101)

    with pytest.raises(homes.TooLarge):
        homes.read_file(home, "lab/lab.ipynb", 100)


def test_a_file_is_replaced_and_never_what_a_link_there_names(home, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"another's")
    file = home / "lab" / "lab.ipynb"
    file.unlink()
    file.symlink_to(secret)
    homes.replace_file(home, USER, "lab/lab.ipynb", b"restored")

    assert homes.read_file(home, "lab/lab.ipynb", 100) == b"restored"
    assert secret.read_bytes() == b"another's"
    assert [path.name for path in file.parent.iterdir()] == ["lab.ipynb"]
    if os.getuid() == 0:
        assert file.stat().st_uid == USER


def test_nothing_is_left_of_a_file_that_cannot_be_put_in_place(home, tmp_path):
    (home / "lab" / "folder").mkdir()
    (home / "other").symlink_to(tmp_path)
    for path in ("lab/folder", "other/lab.ipynb"):
        with pytest.raises(OSError, match=r"other|folder"):
            homes.replace_file(home, USER, path, b"x")

    assert sorted(path.name for path in (home / "lab").iterdir()) == ["folder", "lab.ipynb"]


def test_only_of_a_file_it_is_said_when_it_was_written(home):
    (home / "lab" / "link").symlink_to("lab.ipynb")
    os.mkfifo(home / "lab" / "pipe")

    assert homes.stat_file(home, "lab/lab.ipynb").st_size == len(b"released")
    assert homes.stat_file(home, "lab/link") is None
    assert homes.stat_file(home, "lab/pipe") is None
    assert homes.stat_file(home, "lab/none") is None
