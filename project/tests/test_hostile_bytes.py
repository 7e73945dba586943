"""Bytes that no polite client sends, to the servers of production: gunicorn for pages, daphne for sockets."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.catalog.models import Showtime
from e2e.cast import build_house
from project.embedded import processes
from project.embedded.valkey import free_port
from project.tests.hostile.digest import digest
from project.tests.hostile.wire import BINARY, CLOSE, PING, PONG, TEXT, answer_to, status_of, websocket

pytestmark = pytest.mark.django_db(transaction=True)
HOST = b"Host: localhost\r\nConnection: close\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
FAULT = re.compile(r'"level": "(error|critical)"|Internal Server Error|Error handling request|Unhandled|CRITICAL')


@dataclass
class Server:
    """A server with its log."""

    name: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def faults(self) -> str:
        """What it has logged as an error; that it does not go by somebody's name is none."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines if FAULT.search(line) and "DisallowedHost" not in line)[:4000]


@pytest.fixture(scope="module")
def servers(server_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    folder = tmp_path_factory.mktemp("servers")
    environment = server_environment | {"DJANGO_SETTINGS_MODULE": "project.tests.hostile.served", "DATABASE_POOL": "4"}
    started = []
    for name in ("pages", "sockets"):
        port, log = free_port(), folder / f"{name}.log"
        gunicorn = ["gunicorn", "project.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
        daphne = ["daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port), "project.asgi:application"]
        command = [sys.executable, "-m", *([*gunicorn, "--threads", "4"] if name == "pages" else daphne)]
        process = processes.start(command, log=log.open("wb"), environment=environment)
        started.append(Server(name, port, log, process))
    for server in started:
        assert processes.wait_until(lambda server=server: _lives(server), process=server.process), (
            server.log.read_text()
        )
    yield started
    for server in started:
        processes.stop(server.process)


def _lives(server: Server) -> bool:
    try:
        return status_of(answer_to(server.port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")) == 200
    except ConnectionRefusedError:
        return False


def request(line: bytes, headers: bytes = b"", body: bytes = b"") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    return line + b" HTTP/1.1\r\n" + HOST + headers + length + b"\r\n" + body


REQUESTS = {
    "a NUL in the path": request(b"GET /events/\x00/"),
    "a NUL in the path, encoded": request(b"GET /events/%00/"),
    "a NUL in the query, encoded": request(b"GET /?q=%00&city=a%00b&page=%00"),
    "percents that are none": request(b"GET /events/%zz%/?q=%&day=%f"),
    "not UTF-8 in the path": request(b"GET /events/\xff\xfe/"),
    "not UTF-8, encoded": request(b"GET /events/%ff%fe/?q=%ff%ed%a0%80&%ff=1"),
    "a newline in the path": request(b"GET /b/a%0d%0aSet-Cookie:%20a=b/"),
    "dots": request(b"GET /static/../../../../etc/passwd"),
    "dots, encoded": request(b"GET /static/%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
    "a path of 100 kB": request(b"GET /" + b"x" * 100_000),
    "a header of 100 kB": request(b"GET /", b"X-Long: " + b"x" * 100_000 + b"\r\n"),
    "a thousand headers": request(b"GET /", b"".join(b"X-%d: y\r\n" % number for number in range(1000))),
    "a cookie of 60 kB": request(b"GET /", b"Cookie: sessionid=" + b"x" * 60_000 + b"\r\n"),
    "a cookie with a NUL in quotes": request(b"GET /tickets/", b'Cookie: sessionid="abcdefghij\\000"\r\n'),
    "a NUL in a header": request(b"GET /", b"Accept-Language: a\x00b\r\n"),
    "another host": b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a host that is none": b"GET / HTTP/1.1\r\nHost: [::bad\r\nConnection: close\r\n\r\n",
    "a whole address": request(b"GET http://evil.example/"),
    "a method that is none": request(b"<script> /"),
    "no method": b"\r\n\r\n\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "half a request": b"POST /scheme/ HTTP/1.1\r\nHost: localhost\r\nContent-Le",
    "less than it says": b"POST /scheme/ HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 1000\r\n\r\nscheme=dark",
    "a length that is none": b"POST /scheme/ HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: many\r\n\r\nscheme=dark",
    "a negative length": b"POST /scheme/ HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: -5\r\n\r\nscheme=dark",
    "two lengths": request(b"POST /scheme/", FORM + b"Content-Length: 3\r\n", b"scheme=dark"),
    "chunks that are none": b"POST /scheme/ HTTP/1.1\r\n"
    + HOST
    + FORM
    + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n",
    "3 MB in a field": request(b"POST /login/", FORM, b"login=" + b"x" * 3_000_000),
    "broken JSON to the webhook": request(b"POST /stripe/webhook/", b"Stripe-Signature: t=1,v1=x\r\n", b'{"id": '),
    "no UTF-8 to the webhook": request(b"POST /stripe/webhook/", b"Stripe-Signature: t=1,v1=\xff\r\n", b"\xff\xfe\x00"),
    "no signature": request(b"POST /stripe/webhook/", b"Content-Type: application/json\r\n", b"{}"),
    "a codec in a form": request(
        b"POST /scheme/",
        b"Content-Type: multipart/form-data; boundary=x; charset=hex\r\n",
        b'--x\r\nContent-Disposition: form-data; name="scheme"\r\n\r\nzz\r\n--x--',
    ),
}
UNFINISHED = {"no HTTP", "no method", "half a request", "less than it says"}
FRAMES = {
    "words": [(TEXT, b"hello")],
    "no UTF-8": [(TEXT, b"\xff\xfe")],
    "JSON, deep": [(TEXT, b"[" * 100_000)],
    "bytes": [(BINARY, bytes(range(256)))],
    "a long text": [(TEXT, b"x" * 500_000)],
    "a huge text": [(TEXT, b"x" * 2_000_000)],
    "huge bytes": [(BINARY, bytes(2_000_000))],
    "ten at once": [(TEXT, b"{}")] * 10,
    "a hundred at once": [(TEXT, b"{}")] * 100,
    "a ping too long": [(PING, b"x" * 1000)],
    "a kind that is none": [(0x7, b"x")],
    "the end of nothing": [(0x0, b"x")],
}
SHOWN_OUT = {"a hundred at once", "a long text", "JSON, deep"}  # what is huge is cut off before


def test_no_bytes_break_the_servers_of_pages(servers: list[Server]) -> None:
    """Each is refused in whichever way, or the line is cut; both servers live on, and nothing is changed or logged."""
    build_house()
    before = digest()
    wrong = {}
    for server in servers:
        for what, sent in REQUESTS.items():
            told = answer_to(server.port, sent, hang_up=what in UNFINISHED, patience=5)
            if status_of(told) >= 500 or b"Traceback" in told or not _lives(server):
                wrong[server.name, what] = told[:300]
        assert server.faults() == ""
    assert wrong == {}
    assert digest() == before


@pytest.mark.parametrize("id", ["0", "-1", "x", "1e3", "9" * 40, "%00", "%ff", "1/../1", "٣", ""])
def test_a_socket_for_what_is_no_showtime_is_refused(servers: list[Server], id: str) -> None:
    path = f"/ws/screenings/{id}".encode().decode("latin-1")
    with websocket(servers[1].port, path) as line:
        assert line.status in {400, 403, 404} or line.closed_with() == 4404
    assert _lives(servers[1])
    assert servers[1].faults() == ""


def test_nothing_that_a_socket_says_breaks_it_for_others(servers: list[Server]) -> None:
    """Who says much or nonsense is shown out; who listens beside them hears on."""
    server, showtime = servers[1], build_house().showtime
    Showtime.objects.filter(pk=showtime.pk).update(status=Showtime.Status.ON_SALE)
    path = f"/ws/screenings/{showtime.pk}"
    with websocket(server.port, path) as listener:
        assert json.loads(listener.receive()[1])["type"] == "connection_confirmed"
        for what, frames in FRAMES.items():
            with websocket(server.port, path) as line:
                for kind, payload in frames:
                    line.send(kind, payload)
                if what not in SHOWN_OUT:
                    line.send(CLOSE, b"")
                assert (line.closed_with() == 4413) is (what in SHOWN_OUT), what
        with websocket(server.port, path) as line:
            line.send(TEXT, b"not masked", masked=False)
            assert line.closed_with() in {0, 1002}
        with websocket(server.port, path) as line:
            line.send(TEXT, b"x", length=2**62)
        assert json.loads(websocket_greeting(server.port, path))["type"] == "connection_confirmed"
        listener.send(PING, b"still here")
        assert (PONG, b"still here") in iter(listener.receive, (0, b""))  # after heartbeats, perhaps
    assert server.faults() == ""


def websocket_greeting(port: int, path: str) -> bytes:
    with websocket(port, path) as line:
        return line.receive()[1]
