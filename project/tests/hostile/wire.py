"""Bytes on a wire, for what no polite client sends."""

import base64
import os
import secrets
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 20
TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA


def answer_to(port: int, sent: bytes, *, hang_up: bool = False, patience: float = PATIENCE) -> bytes:
    """All that comes back until the server closes; b"" where it says nothing, or hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as line:
        told = b""
        try:
            line.sendall(sent)
            if hang_up:
                line.shutdown(socket.SHUT_WR)
            while part := line.recv(65536):
                told += part
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            pass
        return told


def status_of(answer: bytes) -> int:
    """The status in an answer; 0 where there is none."""
    words = answer.split(b" ", 2)
    return int(words[1]) if answer.startswith(b"HTTP/1") and len(words) > 1 else 0


@contextmanager
def websocket(port: int, path: str) -> Iterator["Line"]:
    """An opened socket; `status` is that of the handshake."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as raw:
        key = base64.b64encode(os.urandom(16)).decode()
        raw.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        yield Line(raw)


class Line:
    """A WebSocket as a client sees it."""

    def __init__(self, raw: socket.socket) -> None:
        self.raw, self.kept = raw, b""
        while b"\r\n\r\n" not in self.kept and self._more():
            pass
        head, _, self.kept = self.kept.partition(b"\r\n\r\n")
        self.status = status_of(head)

    def send(self, kind: int, payload: bytes, *, final: bool = True, masked: bool = True, length: int = -1) -> None:
        """One frame; `length` is what it says of itself, if not the truth."""
        size = len(payload) if length < 0 else length
        head = bytes([kind | (0x80 if final else 0)])
        bit = 0x80 if masked else 0
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + struct.pack("!H", size)
        else:
            head += bytes([bit | 127]) + struct.pack("!Q", size)
        mask = secrets.token_bytes(4) if masked else b""
        pattern = (mask * (len(payload) // 4 + 1))[: len(payload)]
        body = bytes(a ^ b for a, b in zip(payload, pattern, strict=True)) if masked else payload
        self.send_raw(head + mask + body)

    def send_raw(self, sent: bytes) -> None:
        """Bytes as they are; a line that is closed already takes none."""
        try:
            self.raw.sendall(sent)
        except (ConnectionResetError, BrokenPipeError):
            self.kept = b""

    def receive(self) -> tuple[int, bytes]:
        """(kind, payload) of the next frame; (0, b"") where the line was cut."""
        while True:
            if len(self.kept) >= 2:
                size, start = self.kept[1] & 0x7F, 2
                if size >= 126:
                    start += 2 if size == 126 else 8
                    size = int.from_bytes(self.kept[2:start], "big")
                if len(self.kept) >= start + size:
                    kind, payload = self.kept[0] & 0xF, self.kept[start : start + size]
                    self.kept = self.kept[start + size :]
                    return kind, payload
            if not self._more():
                return 0, b""

    def closed_with(self) -> int:
        """The code of the closing frame, whatever comes before it; 0 where the line was just cut."""
        while True:
            kind, payload = self.receive()
            if kind in {0, CLOSE}:
                return int.from_bytes(payload[:2], "big")

    def _more(self) -> bool:
        try:
            part = self.raw.recv(65536)
        except ConnectionResetError:
            part = b""
        self.kept += part
        return bool(part)
