"""Foyer started as a person starts it, in a folder of its own."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from project.embedded.valkey import free_port
from project.launch.place import Place, certificate
from project.tests.house import ROOT

OURS = ("DATABASE_URL", "REDIS_URL", "STRIPE_", "SITE_URL", "DEBUG", "ALLOWED_HOSTS", "SECRET_KEY", "MEDIA_ROOT")


@pytest.fixture
def var():
    with tempfile.TemporaryDirectory(prefix="foyer-launch-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _launch(var, *words):
    """The launcher with an environment in which only VAR_DIR is set, so that its processes can be told by it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment |= {"VAR_DIR": str(var), "ENV_FILE": os.devnull}
    command = [sys.executable, "-m", "project.launch", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _processes_of(var):
    """Every process that was started with this VAR_DIR, or has it in its command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            is_zombie = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if str(var).encode() in told and not is_zombie:
            found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def _read_until(process, words):
    heard = []
    for line in process.stdout:
        heard.append(line)
        if words in line:
            return "".join(heard)
    raise AssertionError("ended before saying so:\n" + "".join(heard))


def _wait_for_none(var):
    end = time.monotonic() + 20
    while time.monotonic() < end and _processes_of(var):
        time.sleep(0.1)
    return _processes_of(var)


@pytest.mark.parametrize("kind", ["demo", "serve"])
def test_foyer_opens_and_ctrl_c_leaves_no_process_behind(var, kind):
    port = free_port()
    process = _launch(var, kind, "--empty", "--port", str(port))
    heard = _read_until(process, "Ctrl-C stops everything")
    assert f"Foyer is open:  http://localhost:{port}" in heard
    with urllib.request.urlopen(f"http://localhost:{port}/healthz") as page:
        assert page.read() == b'{"status": "alive"}'
    with socket.create_connection(("localhost", port)) as browser:
        browser.sendall(_handshake(port))
        assert browser.recv(12) == b"HTTP/1.1 403"  # daphne has no socket there; a page would say 404

    second = _launch(var, kind, "--port", str(free_port()))
    assert "Foyer runs in this checkout already." in second.communicate()[0]
    assert second.returncode == 1

    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=40)[0].endswith("Foyer has stopped.\n")
    assert (process.returncode, _processes_of(var)) == (0, [])


def _handshake(port):
    lines = [
        "GET /ws/nothing-here HTTP/1.1",
        f"Host: localhost:{port}",
        f"Origin: http://localhost:{port}",
        *("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_no_process_stays_when_the_launcher_is_killed(var):
    process = _launch(var, "demo", "--empty", "--port", str(free_port()))
    _read_until(process, "Ctrl-C stops everything")
    assert len(_processes_of(var)) >= 6
    process.kill()
    process.wait()
    process.stdout.close()
    assert _wait_for_none(var) == []


def test_a_port_in_use_is_said_and_another_one_named(var):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = _launch(var, "demo", "--port", str(port))
        said, _ = process.communicate()
    assert process.returncode == 1
    expected = f"Port {port} on 127.0.0.1 cannot be used (Address already in use). Choose another one: PORT={port + 1}"
    assert said.strip() == expected


def test_manage_runs_a_command_on_the_embedded_data_and_stops_what_it_started(var):
    process = _launch(var, "manage", "--", "showmigrations", "outbox", "--plan")
    said, _ = process.communicate()
    assert process.returncode == 0
    assert "[ ]  outbox.0001_initial" in said
    assert _wait_for_none(var) == []


def test_clean_removes_the_embedded_data(var):
    assert _launch(var, "manage", "--", "showmigrations", "outbox").communicate() is not None
    assert (var / "embedded").exists()
    assert _launch(var, "clean").wait() == 0
    assert not (var / "embedded").exists()


def test_the_certificate_fits_this_machine_and_its_authority_stays(var):
    authority, chain, key = certificate(var / "tls")
    first = authority.read_bytes()
    assert certificate(var / "tls")[0].read_bytes() == first
    assert key.stat().st_mode & 0o777 == 0o600
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(chain, key)
    assert ssl.create_default_context(cafile=str(authority)).get_ca_certs() != []


@pytest.mark.parametrize(
    ("place", "url"),
    [
        (Place("127.0.0.1", 8000, False), "http://localhost:8000"),
        (Place("localhost", 8443, True), "https://localhost:8443"),
        (Place("0.0.0.0", 8000, False), "http://localhost:8000"),
        (Place("192.0.2.7", 8000, False), "http://192.0.2.7:8000"),
        (Place("::1", 8000, False), "http://localhost:8000"),
    ],
)
def test_a_place_has_an_address_for_programs_of_this_machine(place, url):
    assert place.local_url == url
