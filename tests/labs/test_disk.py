"""The share of the disk that a lab's home may take."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.hub import disk
from labs.hub.met import read_limit
from labs.hub.servers import remember, running_servers
from labs.hub.settings import HubSettings
from labs.sandbox import Sandbox, start
from labs.sandbox.process import start_time
from tests.labs.test_sandbox import USER, home_in

NAME = f"l{os.getpid():012x}"


@pytest.fixture
def hub(tmp_path):
    blank = dict.fromkeys(
        ("public_url", "authorize_url", "token_url", "userinfo_url", "return_url"), ""
    )
    hub = HubSettings(
        folder=str(tmp_path / "labs"),
        run_folder=str(tmp_path / "run"),
        port=0,
        disk_mb=1,
        most_files=20,
        **blank,
    )
    (hub.servers / NAME).mkdir(parents=True)
    hub.homes.mkdir(parents=True)
    home_in(hub.homes / NAME)
    return hub


def fill(hub, name, megabytes):
    (hub.homes / NAME / name).write_bytes(bytes([1]) * (megabytes << 20))


def test_a_home_is_over_when_it_takes_more_than_its_share(hub):
    disk.allow(hub, NAME)
    assert not disk.is_over(hub, NAME)

    fill(hub, "a", 2)
    assert disk.is_over(hub, NAME)


def test_too_many_files_are_too_much_as_well(hub):
    disk.allow(hub, NAME)
    for number in range(hub.most_files + 1):
        (hub.homes / NAME / str(number)).touch()

    assert disk.is_over(hub, NAME)


def test_a_full_home_can_be_opened_to_be_cleared_up(hub):
    fill(hub, "a", 2)
    disk.allow(hub, NAME)
    assert not disk.is_over(hub, NAME)

    fill(hub, "b", 1 + (disk.ROOM_TO_CLEAR_UP >> 20))
    assert disk.is_over(hub, NAME)


def test_files_in_folders_too_deep_to_count_are_too_much(hub):
    disk.allow(hub, NAME)
    deep = hub.homes / NAME / "/".join("d" * (disk.DEEPEST + 2))
    deep.mkdir(parents=True)

    assert disk.is_over(hub, NAME)


def test_links_lead_nowhere(hub):
    (hub.homes / NAME / "all").symlink_to("/usr")
    (hub.homes / NAME / "loop").symlink_to(".")

    assert disk.usage_of(hub.homes / NAME, 100).files == 2


@given(sizes=st.lists(st.integers(0, 40_000), max_size=8))
def test_usage_is_what_was_written(tmp_path_factory, sizes):
    home = tmp_path_factory.mktemp("home")
    for number, size in enumerate(sizes):
        (home / str(number)).write_bytes(bytes([1]) * size)
    if sizes:
        (home / "again").hardlink_to(home / "0")

    usage = disk.usage_of(home, 100)
    assert usage.files == len(sizes) + bool(sizes)
    assert usage.size == sum(path.stat().st_blocks * 512 for path in home.glob("[0-9]"))


def test_a_server_over_its_share_is_ended_and_told_why(hub):
    disk.allow(hub, NAME)
    running = start(Sandbox(name=NAME, command=["/usr/bin/sleep", "60"]), user=USER)
    remember(hub.servers / NAME, running)
    watch = disk.DiskWatch(hub)
    watch.look()
    assert [each.name for each in running_servers(hub)] == [NAME]

    fill(hub, "a", 2)
    watch.look()
    running.process.wait()

    assert running_servers(hub) == []
    assert start_time(running.first_pid) is None
    assert read_limit(hub.servers / NAME)["reason"] == "disk"
