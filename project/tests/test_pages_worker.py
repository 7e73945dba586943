import http.client
import subprocess
import sys

import pytest

from project.embedded import processes
from project.embedded.valkey import free_port
from project.launch.splitter import proxy_line

APP = """
def application(environ, start_response):
    said = environ["REMOTE_ADDR"].encode()
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]
"""


@pytest.fixture
def port(tmp_path):
    """Gunicorn as `make serve` starts it, with pages that say who asks."""
    (tmp_path / "says_who.py").write_text(APP)
    chosen = free_port()
    command = [sys.executable, "-m", "gunicorn", "says_who", "--pythonpath", str(tmp_path), "--proxy-protocol", "v1"]
    command += ["--bind", f"127.0.0.1:{chosen}", "--worker-class", "project.launch.pages.Worker", "--threads", "2"]
    process = processes.start(command, log=subprocess.DEVNULL)
    assert processes.wait_until(lambda: _connects(chosen), process=process)
    yield chosen
    processes.stop(process)


def _connects(port):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.connect()
    except OSError:
        return False
    line.close()
    return True


def _ask(line):
    line.request("GET", "/")
    return line.getresponse().read().decode()


def test_every_request_on_a_connection_comes_from_its_client_not_only_the_first(port):
    """R23: else all visitors whose browsers keep connections alive would share one limit per address."""
    told = []
    for client in ("203.0.113.7", "203.0.113.8"):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        line.connect()
        line.sock.sendall(proxy_line((client, 4000), ("127.0.0.1", port)))
        told.append([_ask(line), _ask(line), _ask(line)])
        line.close()
    assert told == [["203.0.113.7"] * 3, ["203.0.113.8"] * 3]
