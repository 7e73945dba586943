import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
import redis

from project.embedded import Servers, home, processes
from project.tests.house import ROOT


@pytest.fixture
def folder():
    """A folder of our own with a short path, as checkouts have."""
    with tempfile.TemporaryDirectory(prefix="foyer-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def servers(folder):
    ours = Servers(folder / "var", durable=False)
    yield ours
    ours.remove()


def _connect(addresses):
    parts = urlsplit(addresses.database_url)
    host = unquote(parts.netloc.partition("@")[2])
    return psycopg.connect(host=host, user=parts.username, dbname=parts.path[1:], autocommit=True)


def test_servers_start_answer_and_keep_their_data_over_a_restart(servers):
    with _connect(servers.start()) as connection:
        connection.execute("CREATE TABLE kept (seat text)")
        connection.execute("INSERT INTO kept VALUES ('C7')")
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
    servers.stop()
    addresses = servers.start()
    with _connect(addresses) as connection:
        assert connection.execute("SELECT seat FROM kept").fetchall() == [("C7",)]
    with redis.Redis.from_url(addresses.redis_url) as client:
        assert client.ping() is True


def test_servers_wait_for_the_disk_where_data_matters(folder):
    ours = Servers(folder / "var")
    with _connect(ours.start()) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    ours.remove()


def test_servers_are_started_once_and_stopped_by_whom_they_belong_to(servers, folder):
    addresses = servers.start()
    visitor = Servers(folder / "var", durable=False)
    assert visitor.start() == addresses
    assert (servers.owned, visitor.owned) == (True, False)
    visitor.stop()
    _connect(addresses).close()
    assert servers.start() == addresses


def test_servers_of_two_checkouts_do_not_know_each_other(servers, folder):
    other = Servers(folder / "elsewhere", durable=False)
    ours, theirs = servers.start(), other.start()
    assert ours.database_url != theirs.database_url
    assert ours.redis_url != theirs.redis_url
    other.remove()
    _connect(ours).close()


def test_valkey_refuses_who_does_not_know_the_password(servers):
    host_and_port = servers.start().redis_url.partition("@")[2]
    with pytest.raises(redis.AuthenticationError), redis.Redis.from_url(f"redis://{host_and_port}") as client:
        client.ping()


def test_postgres_listens_on_no_network_and_its_socket_is_closed_to_others(servers):
    with _connect(servers.start()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert servers.postgres.socket.stat().st_mode & 0o777 == 0o700


def test_revive_starts_again_at_the_same_address_what_was_killed(servers):
    addresses = servers.start()
    for server in (servers.postgres, servers.valkey):
        server.process.kill()
        server.process.wait()
    assert servers.revive() == ["Valkey", "PostgreSQL"]
    _connect(addresses).close()
    with redis.Redis.from_url(addresses.redis_url) as client:
        assert client.ping() is True
    assert servers.revive() == []


def test_a_server_whose_address_is_given_is_not_started(folder):
    ours = Servers(folder / "var", database_url="postgres://db/foyer", redis_url="redis://cache:6379/0")
    addresses = ours.start()
    assert (addresses.database_url, addresses.redis_url) == ("postgres://db/foyer", "redis://cache:6379/0")
    assert sorted(path.name for path in ours.home.path.iterdir()) == ["addresses.json", "lock"]
    ours.remove()


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder):
    deep = folder / "/".join(["a-long-name-of-a-folder"] * 6)
    ours = Servers(deep / "var", durable=False)
    _connect(ours.start()).close()
    socket = ours.postgres.socket
    assert len(str(socket / ".s.PGSQL.5432")) <= home.LONGEST_SOCKET
    ours.remove()
    assert not socket.exists()


def test_no_mode_changes_outside_of_the_folder_where_nobody_else_can_enter(folder, monkeypatch):
    """As root PostgreSQL runs as another user, who cannot enter this: the data goes to a folder made for it."""
    monkeypatch.setattr(home, "ELSEWHERE", folder / "apart")
    closed = folder / "closed"
    (closed / "checkout").mkdir(parents=True)
    closed.chmod(0o700)
    before = {path: path.stat().st_mode for path in [folder, *folder.parents, closed, closed / "checkout"]}

    ours = Servers(closed / "checkout" / "var", durable=False)
    _connect(ours.start()).close()

    assert {path: path.stat().st_mode for path in before} == before
    assert ours.home.path.is_relative_to(folder / "apart") == (os.geteuid() == 0)
    ours.remove()


ENDLESS = """
import sys, time
from project.embedded import Servers
from pathlib import Path
Servers(Path(sys.argv[1]), durable=False).start()
print("started", flush=True)
time.sleep(600)
"""


def test_servers_end_when_whoever_started_them_is_killed(folder):
    command = [sys.executable, "-c", ENDLESS, str(folder / "var")]
    owner = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout.readline() == b"started\n"
    assert len(_children(owner.pid)) == 2
    children = _children(owner.pid)
    owner.kill()
    owner.wait()
    _until(lambda: not any(processes.is_alive(pid) for pid in children))
    ours = Servers(folder / "var", durable=False)
    _connect(ours.start()).close()
    ours.remove()


def test_stop_insists_when_a_process_does_not_listen():
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    process = processes.start([sys.executable, "-c", deaf], log=subprocess.PIPE)
    process.stdout.readline()
    processes.stop(process, patience=0.2)
    assert process.returncode == -signal.SIGKILL


def _children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in listed.split()]


def _until(true):
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("waited for 15 seconds")
