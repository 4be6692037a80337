"""What passes the gate between the sandboxes and the Hub."""

import asyncio

import pytest

from labs.hub import gate

LAB_ID = "l0123456789ab"


def read(text):
    async def feed():
        reader = asyncio.StreamReader(limit=gate.LARGEST_HEAD)
        reader.feed_data(text.encode())
        reader.feed_eof()
        return await gate.read_request(reader)

    return asyncio.run(feed()).decode()


def request(method, path, headers="", body=""):
    return f"{method} {path} HTTP/1.1\r\nHost: anything\r\n{headers}\r\n{body}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/hub/api"),
        ("GET", "/hub/api/"),
        ("GET", "/hub/api/user?_=1"),
        ("POST", "/hub/api/oauth2/token"),
        ("POST", f"/hub/api/users/{LAB_ID}/activity"),
    ],
)
def test_what_a_server_asks_is_passed_on(method, path):
    passed = read(request(method, path, "Authorization: token x\r\nCookie: y\r\n"))

    assert passed.startswith(f"{method} {path} HTTP/1.1\r\n")
    assert "authorization: token x" in passed
    assert "cookie" not in passed
    assert "connection: close" in passed


@pytest.mark.parametrize(
    "text",
    [
        request("DELETE", "/hub/api/user"),
        request("GET", "/hub/api/users"),
        request("GET", f"/hub/api/users/{LAB_ID}"),
        request("POST", f"/hub/api/users/{LAB_ID}/server"),
        request("POST", f"/hub/api/users/{LAB_ID}/tokens"),
        request("GET", "/hub/api/user/../users"),
        request("GET", "/hub/api/user%2f..%2fusers"),
        request("GET", "http://hub/hub/api/user"),
        request("GET", "/hub/api/user", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        request("POST", "/hub/api/oauth2/token", "Content-Length: 1000000\r\n"),
        request("POST", "/hub/api/oauth2/token", "Content-Length: -1\r\n"),
    ],
)
def test_nothing_else_is(text):
    with pytest.raises(gate.Bad):
        read(text)


def test_a_request_cannot_hide_behind_another():
    hidden = request("GET", "/hub/api/users")
    passed = read(request("POST", "/hub/api/oauth2/token", "Content-Length: 3\r\n", f"abc{hidden}"))

    assert passed.endswith("\r\n\r\nabc")
    assert "users" not in passed


def test_a_sandbox_that_hurries_waits_and_is_then_refused():
    sandbox = gate.Sandbox()
    waits = [sandbox.wait(now=100) for _ in range(gate.AT_ONCE)]
    assert waits == [0] * gate.AT_ONCE

    for _ in range(gate.A_SECOND * gate.LONGEST_WAIT + 1):
        assert 0 < sandbox.wait(now=100) <= gate.LONGEST_WAIT + 0.2
    with pytest.raises(gate.Bad):
        sandbox.wait(now=100)

    # and is let through again
    assert sandbox.wait(now=200) == 0
