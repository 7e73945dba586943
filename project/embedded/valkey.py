"""One Valkey server for one checkout, on a free port of this machine."""

import secrets
import signal
import socket
import subprocess
from collections.abc import Callable

import redis

from project.embedded import processes
from project.embedded.home import CannotStart, Home


class Valkey:
    """Starts and stops the server. It keeps nothing on disk: what must not be lost is in PostgreSQL."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.path / "valkey.log"
        self.port = 0
        self._password = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its first database, as REDIS_URL."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server's process while we run it."""
        return self._process

    @property
    def has_ended(self) -> bool:
        """True when we started it and it has ended without being told to."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Start the server and wait until it answers; somebody may take the free port before us, so try again."""
        self._password = secrets.token_hex(16)
        self._start_on(free_port)

    def start_again(self) -> None:
        """Start the server at the address that it had."""
        port = self.port
        self._start_on(lambda: port)

    def _start_on(self, choose_port: Callable[[], int]) -> None:
        for _attempt in range(5):
            self.port = choose_port()
            self._process = self._launch()
            if processes.wait_until(self._answers, process=self._process, patience=20):
                return
            processes.stop(self._process)
        raise CannotStart(f"Valkey did not start; see {self.log}.")

    def stop(self) -> None:
        """Stop the server."""
        if self._process is not None:
            processes.stop(self._process, patience=5)
            self._process = None

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "port": self.port,
            "bind": "127.0.0.1",
            "requirepass": self._password,
            "dir": self.home.folder("valkey"),
            "save": '""',
            "appendonly": "no",
            "maxclients": 4000,
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        with self.log.open("ab") as log:
            process = processes.start(
                [self.home.valkey_server, "-"],
                log=log,
                owner=self.home.owner,
                death_signal=signal.SIGTERM,
                stdin=subprocess.PIPE,
            )
        if process.stdin is not None:
            process.stdin.write("".join(f"{name} {value}\n" for name, value in settings.items()).encode())
            process.stdin.close()
        return process

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
