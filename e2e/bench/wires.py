"""Many people's requests from one process, at next to no cost: scripts that ask and are answered, over plain sockets.

A script is a generator: it yields an Ask (or a Pause) and is given the Answer. Lanes run scripts one after the other;
each lane has an address of its own (127.1.x.y), as buyers have, and keeps its connections alive as browsers do.
"""

import heapq
import selectors
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Ask:
    """A whole HTTP request to a port of this machine."""

    port: int
    request: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before going on."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` as it went over the wire. Status 0: nothing came."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The header's value, b"" if there is none."""
        at = self.head.lower().find(b"\r\n" + name + b":")
        return self.head[at + len(name) + 3 :].partition(b"\r\n")[0].strip() if at >= 0 else b""

    def cookie(self, name: bytes) -> bytes:
        """The value that the answer sets a cookie to."""
        return self.head.partition(b" " + name + b"=")[2].partition(b";")[0]


Script = Generator[Ask | Pause, Answer, str]
NextScript = Callable[[int], Script | None]


@dataclass(slots=True)
class Done:
    """A script that has ended: when it began, how long it took, and what it gave back: "" if all was well."""

    lane: int
    began: float
    seconds: float
    outcome: str


@dataclass(slots=True)
class Wire:
    """A connection to a port, with what has come of the answer so far."""

    socket: socket.socket
    used: bool = False
    came: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Lane:
    """One person after the other, each with one request at a time."""

    number: int
    wires: dict[int, Wire] = field(default_factory=dict)
    script: Script | None = None
    asked: Ask | None = None
    began: float = 0.0

    @property
    def address(self) -> str:
        return f"127.1.{self.number // 250}.{self.number % 250 + 1}"


class Crowd:
    """Runs scripts in a number of lanes at the same time."""

    def __init__(self, lanes: int) -> None:
        self.lanes = [Lane(number) for number in range(lanes)]
        self.selector = selectors.DefaultSelector()
        self.pauses: list[tuple[float, int]] = []
        self.done: list[Done] = []
        self.reconnected = 0

    def run(self, next_script: NextScript, *, seconds: float) -> list[Done]:
        """Run scripts until there are no more, or none is begun any more after so many seconds."""
        self.done, self.end = [], time.perf_counter() + seconds
        self.next_script = next_script
        for lane in self.lanes:
            self._begin(lane)
        while any(lane.script for lane in self.lanes):
            wait = self.pauses[0][0] - time.perf_counter() if self.pauses else PATIENCE
            ready = self.selector.select(max(wait, 0))
            if not ready and not self.pauses:
                raise TimeoutError(f"Nothing has come for {PATIENCE:.0f} seconds.")
            for key, _events in ready:
                self._heard(*key.data)
            while self.pauses and self.pauses[0][0] <= time.perf_counter():
                lane = self.lanes[heapq.heappop(self.pauses)[1]]
                self._go_on(lane, None)
        return self.done

    def close(self) -> None:
        """Hang up everywhere."""
        for lane in self.lanes:
            for port in list(lane.wires):
                self._hang_up(lane, port)

    def _begin(self, lane: Lane) -> None:
        now = time.perf_counter()
        lane.script = self.next_script(lane.number) if now < self.end else None
        if lane.script is not None:
            lane.began = now
            self._go_on(lane, None)

    def _go_on(self, lane: Lane, answer: Answer | None) -> None:
        assert lane.script is not None
        try:
            wish = next(lane.script) if answer is None else lane.script.send(answer)
        except StopIteration as ended:
            self.done.append(Done(lane.number, lane.began, time.perf_counter() - lane.began, ended.value))
            self._begin(lane)
            return
        if isinstance(wish, Pause):
            heapq.heappush(self.pauses, (time.perf_counter() + wish.seconds, lane.number))
        else:
            lane.asked = wish
            self._send(lane, wish)

    def _send(self, lane: Lane, ask: Ask) -> None:
        wire = lane.wires.get(ask.port) or self._connect(lane, ask.port)
        try:
            wire.socket.sendall(ask.request)
        except OSError:
            self._broken(lane, ask, wire)

    def _connect(self, lane: Lane, port: int) -> Wire:
        line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE, source_address=(lane.address, 0))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = lane.wires[port] = Wire(line)
        self.selector.register(line, selectors.EVENT_READ, (lane, port))
        return wire

    def _hang_up(self, lane: Lane, port: int) -> None:
        wire = lane.wires.pop(port)
        self.selector.unregister(wire.socket)
        wire.socket.close()

    def _broken(self, lane: Lane, ask: Ask, wire: Wire) -> None:
        """A connection that was kept alive may be closed at any time: then another one is made, as browsers do."""
        self._hang_up(lane, ask.port)
        if wire.used and not wire.came:
            self.reconnected += 1
            self._send(lane, ask)
        else:
            lane.asked = None
            self._go_on(lane, Answer(0, b"", b""))

    def _heard(self, lane: Lane, port: int) -> None:
        wire = lane.wires.get(port)
        if wire is None:
            return
        try:
            block = wire.socket.recv(1 << 18)
        except OSError:
            block = b""
        waiting = lane.asked is not None and lane.asked.port == port
        if block and waiting:
            wire.came += block
            answer = parse(wire.came, ended=False)
        else:
            answer = parse(wire.came, ended=True) if waiting else None
            if answer is None and waiting and lane.asked is not None:
                self._broken(lane, lane.asked, wire)
                return
            self._hang_up(lane, port)
        if answer is None:
            return
        lane.asked, wire.used, wire.came = None, True, bytearray()
        if block and answer.header(b"connection").lower() == b"close":
            self._hang_up(lane, port)
        self._go_on(lane, answer)


def parse(came: bytearray, *, ended: bool) -> Answer | None:
    """The answer, once it is whole."""
    end = came.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(came[: end + 2])
    low, status, body = head.lower(), int(head[9:12]), memoryview(came)[end + 4 :]
    if status in (204, 304):
        return Answer(status, head, b"")
    at = low.find(b"\r\ncontent-length:")
    if at >= 0:
        length = int(low[at + 17 : low.index(b"\r\n", at + 2)])
        return Answer(status, head, bytes(body[:length])) if len(body) >= length else None
    if b"transfer-encoding: chunked" in low:
        if not came.endswith(b"0\r\n\r\n"):
            return None
        return Answer(status, head, _joined(bytes(body)))
    return Answer(status, head, bytes(body)) if ended else None


def _joined(chunks: bytes) -> bytes:
    whole = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        whole, chunks = whole + rest[:length], rest[length + 2 :] if length else b""
    return whole
