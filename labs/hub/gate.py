"""Stands between the sandboxes and the Hub: passes on the few requests that a server makes.

A learner's own code can reach this socket. It cannot reach the rest of the Hub's API by it, nor
keep the Hub busy: each sandbox has few connections, each for one request, and waits its turn.
"""

import argparse
import asyncio
import contextlib
import os
import re
import signal
import socket
import struct
import time
from pathlib import Path

from labs.sandbox.launcher import libc

PR_SET_PDEATHSIG = 1
ALLOWED = re.compile(
    r"GET /hub/api/?|GET /hub/api/user|POST /hub/api/oauth2/token"
    r"|POST /hub/api/users/l[0-9a-f]{12}/activity"
)
HEADERS = {"authorization", "content-type", "accept", "user-agent"}
LARGEST_HEAD, LARGEST_BODY = 16 << 10, 64 << 10
MOST_CONNECTIONS = 32
A_SECOND, AT_ONCE = 10, 40
LONGEST_WAIT = 2
PATIENCE = 15
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Bad(Exception):  # noqa: N818
    """Not a request that is let through."""


class Sandbox:
    """What one sandbox has open, and when its next request may go."""

    def __init__(self):
        self.connections = 0
        self.next_at = 0.0

    def wait(self, now):
        """Take a turn; return the seconds until it comes, or Bad if too many wait already."""
        if self.next_at > now + LONGEST_WAIT:
            raise Bad
        self.next_at = max(self.next_at, now - AT_ONCE / A_SECOND) + 1 / A_SECOND
        return max(0.0, self.next_at - now)


class Gate:
    def __init__(self, target):
        self.target = target
        self.sandboxes = {}

    async def serve(self, reader, writer):
        sender = sender_of(writer.get_extra_info("socket"))
        sandbox = self.sandboxes.setdefault(sender, Sandbox())
        if sandbox.connections >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        sandbox.connections += 1
        try:
            async with asyncio.timeout(PATIENCE):
                request = await read_request(reader)
            await asyncio.sleep(sandbox.wait(time.monotonic()))
            async with asyncio.timeout(PATIENCE):
                await self.pass_on(request, writer)
        except (Bad, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.write(FORBIDDEN)
        except (OSError, TimeoutError):
            writer.transport.abort()
        finally:
            with contextlib.suppress(OSError):
                writer.close()
            sandbox.connections -= 1
            if not sandbox.connections and sandbox.next_at < time.monotonic():
                self.sandboxes.pop(sender, None)

    async def pass_on(self, request, writer):
        hub_reader, hub_writer = await asyncio.open_unix_connection(self.target)
        try:
            hub_writer.write(request)
            while part := await hub_reader.read(1 << 16):
                writer.write(part)
                await writer.drain()
        finally:
            hub_writer.close()


def sender_of(connection):
    """The sandbox at the other end: its process namespace, else its user."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    pid, user, _group = struct.unpack("3i", credentials)
    try:
        return Path(f"/proc/{pid}/ns/pid").stat().st_ino
    except OSError:
        return -user


async def read_request(reader):
    """One allowed request, written anew so that nothing can hide in it; Bad for any other."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    method, address, _version = line.split(" ")
    path = address.partition("?")[0]
    if not ALLOWED.fullmatch(f"{method} {path}"):
        raise Bad
    headers = {}
    for text in lines:
        name, _, value = text.partition(":")
        headers[name.strip().lower()] = value.strip()
    if "transfer-encoding" in headers:
        raise Bad
    length = int(headers.get("content-length", 0))
    if not 0 <= length <= LARGEST_BODY:
        raise Bad
    body = await reader.readexactly(length)
    kept = [f"{name}: {value}" for name, value in headers.items() if name in HEADERS]
    fresh = [f"{method} {address} HTTP/1.1", "host: hub", "connection: close", *kept]
    fresh += [f"content-length: {length}", "", ""]
    return "\r\n".join(fresh).encode("ascii") + body


async def run(listen, target):
    gate = Gate(target)
    server = await asyncio.start_unix_server(gate.serve, listen, limit=LARGEST_HEAD, backlog=512)
    # all sandboxes may come; the folders above keep everybody else away
    os.chmod(listen, 0o666)  # noqa: PTH101, S103
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("listen")
    parser.add_argument("target")
    options = parser.parse_args()
    Path(options.listen).unlink(missing_ok=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(run(options.listen, options.target))


if __name__ == "__main__":
    main()
