"""Many people who only look on: sockets that are held open, and what each of them is told.

Like the load it reads a job, says that it is ready, and then listens for as long as each further line says.
"""

import base64
import json
import os
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

CHANGE = b"seat_update"
AFTERWARDS = 1.5  # what was done last is heard of too
PING, CLOSE = 0x9, 0x8


@dataclass(slots=True)
class Watcher:
    """A socket, and how many messages about seats have come through it."""

    socket: socket.socket
    came: bytearray = field(default_factory=bytearray)
    changes: int = 0
    alive: bool = True


class Watchers:
    """So many sockets of one showtime."""

    def __init__(self, port: int, showtime: int, count: int) -> None:
        self.selector = selectors.DefaultSelector()
        self.watchers = [_open(port, showtime, number) for number in range(count)]
        self.heard: list[list[float]] = []
        for watcher in self.watchers:
            self.selector.register(watcher.socket, selectors.EVENT_READ, watcher)

    def listen(self, seconds: float) -> dict[str, object]:
        """Listen for so long: who is still there, what came, and how long after the first the last one heard of it."""
        for watcher in self.watchers:
            watcher.changes = 0
        self.heard = []
        end = time.perf_counter() + seconds + AFTERWARDS
        while (left := end - time.perf_counter()) > 0:
            for key, _events in self.selector.select(left):
                self._read(key.data)
        told = [watcher.changes for watcher in self.watchers if watcher.alive]
        spread = sorted((last - first) * 1000 for first, last in self.heard)
        return {
            "alive": len(told),
            "messages": [min(told), max(told)] if told else [0, 0],
            "spread_ms": spread[int(len(spread) * 0.95)] if spread else 0,
        }

    def _read(self, watcher: Watcher) -> None:
        try:
            block = watcher.socket.recv(65536)
        except OSError:
            block = b""
        watcher.came += block
        closed = not block
        for kind, payload in _frames(watcher.came):
            if kind == PING:
                watcher.socket.sendall(b"\x8a" + bytes([0x80 | len(payload)]) + bytes(4) + payload)
            closed = closed or kind == CLOSE
            if CHANGE in payload:
                self._count(watcher)
        if closed:
            watcher.alive = False
            self.selector.unregister(watcher.socket)

    def _count(self, watcher: Watcher) -> None:
        now = time.perf_counter()
        if watcher.changes == len(self.heard):
            self.heard.append([now, now])
        self.heard[watcher.changes][1] = now
        watcher.changes += 1


def _open(port: int, showtime: int, number: int) -> Watcher:
    address = f"127.2.{number // 250}.{number % 250 + 1}"
    line = socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(address, 0))
    key = base64.b64encode(os.urandom(16)).decode()
    line.sendall(
        f"GET /ws/screenings/{showtime} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Origin: http://127.0.0.1:{port}\r\n\r\n".encode()
    )
    came = bytearray()
    while b"connection_confirmed" not in came:
        block = line.recv(65536)
        if not block:
            raise ConnectionError(f"socket {number} was closed: {bytes(came)!r}")
        came += block
    return Watcher(line)


def _frames(came: bytearray) -> list[tuple[int, bytes]]:
    """Take the whole frames out of what came."""
    frames = []
    while len(came) >= 2:
        length, start = came[1] & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(came[2:start], "big") if len(came) >= start else 1 << 40
        if len(came) < start + length:
            break
        frames.append((came[0] & 0x0F, bytes(came[start : start + length])))
        del came[: start + length]
    return frames


def main() -> None:
    """One job."""
    job = json.loads(sys.stdin.readline())
    watchers = Watchers(**job)
    print("ready", flush=True)
    while seconds := sys.stdin.readline().strip():
        print(json.dumps(watchers.listen(float(seconds))), flush=True)


if __name__ == "__main__":
    main()
