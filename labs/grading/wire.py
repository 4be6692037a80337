"""Frames on the channel between the marking service and its two processes: a length, then JSON."""

import json
import struct

LARGEST_FRAME = 32 << 20
LENGTH = struct.Struct("<I")


def send(channel, message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    channel.sendall(LENGTH.pack(len(body)) + body)


def receive(channel):
    (size,) = LENGTH.unpack(receive_exactly(channel, LENGTH.size))
    if size > LARGEST_FRAME:
        raise ValueError("a frame is too large")
    return json.loads(receive_exactly(channel, size))


def receive_exactly(channel, size):
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(1 << 20, size - len(parts)))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
