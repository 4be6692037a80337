"""The proxy on its own: which route a path takes, and which cookies pass."""

import pytest

from labs.hub.proxy import Proxy, parse_options, touch


@pytest.fixture
def proxy():
    proxy = Proxy(parse_options(["--drop-cookie", "sessionid", "--drop-cookie", "csrftoken"]), "t")
    proxy.routes = {"/": {"target": "hub"}, "/user/l1": {"target": "one"}}
    return proxy


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "hub"),
        ("/hub/api", "hub"),
        ("/user/l1", "one"),
        ("/user/l1/lab/tree", "one"),
        ("/user/l12", "hub"),
        ("/user", "hub"),
    ],
)
def test_a_path_takes_the_longest_route_of_whole_parts(proxy, path, target):
    assert proxy.route_of(path)["target"] == target


def test_without_a_route_there_is_none(proxy):
    proxy.routes = {}

    assert proxy.route_of("/user/l1") is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", ""),
        ("sessionid=secret", ""),
        ("_xsrf=1; sessionid=secret; jupyterhub-user-l1=a=b", "_xsrf=1; jupyterhub-user-l1=a=b"),
        ("csrftoken=x;_xsrf=1", "_xsrf=1"),
    ],
)
def test_the_platforms_cookies_stay_out_of_the_labs(proxy, sent, kept):
    assert proxy.kept_cookies(sent) == kept


def test_activity_is_told_as_javascript_tells_time():
    assert touch({})["last_activity"].endswith("Z")
