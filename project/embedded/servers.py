"""Both servers together, started once for everybody who works in the same folder."""

import contextlib
import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from project.embedded.home import CannotStart, home_at
from project.embedded.postgres import Postgres
from project.embedded.valkey import Valkey


@dataclass(frozen=True)
class Addresses:
    """Where the servers listen."""

    database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """As the settings read them."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


class Servers:
    """PostgreSQL and Valkey with their data in `directory`.

    The first to start them owns them and stops them; whoever comes while they run is told their addresses. With
    `durable` off PostgreSQL does not wait for the disk: for tests. A server whose address is given is not started.
    """

    def __init__(self, directory: Path, *, durable: bool = True, database_url: str = "", redis_url: str = "") -> None:
        self.home = home_at(directory)
        self.postgres = None if database_url else Postgres(self.home, durable=durable)
        self.valkey = None if redis_url else Valkey(self.home)
        self.database_url, self.redis_url = database_url, redis_url
        self.addresses: Addresses | None = None
        self._lock: IO[str] | None = None
        self._state = self.home.path / "addresses.json"

    @property
    def owned(self) -> bool:
        """True when it was us who started the servers."""
        return self._lock is not None

    def start(self, *, patience: float = 60.0) -> Addresses:
        """Start what does not run yet, wait until it answers, and say where."""
        end = time.monotonic() + patience
        while self.addresses is None:
            if self.claim():
                self.addresses = self._start_ours()
            elif (found := self._read_state()) is not None:
                self.addresses = found
            elif time.monotonic() > end:
                raise CannotStart(f"Somebody has been starting the servers in {self.home.path} for too long.")
            else:
                time.sleep(0.1)
        return self.addresses

    def stop(self) -> None:
        """Stop what we started; leave alone what was there before us."""
        self.addresses = None
        if self._lock is None:
            return
        self._state.unlink(missing_ok=True)
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()
        self._lock.close()
        self._lock = None

    def claim(self) -> bool:
        """Make the folder ours; False when somebody works in it."""
        lock = (self.home.path / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def revive(self) -> list[str]:
        """Start again, at the same address, what we started and has ended by itself; the names."""
        revived = []
        if self._lock is not None and self.valkey is not None and self.valkey.has_ended:
            self.valkey.start_again()
            revived.append("Valkey")
        if self._lock is not None and self.postgres is not None and self.postgres.has_ended:
            self.postgres.start()
            revived.append("PostgreSQL")
        return revived

    def remove(self) -> None:
        """Stop, and delete the data."""
        self.stop()
        self.home.remove()

    def __enter__(self) -> Addresses:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_ours(self) -> Addresses:
        self._state.unlink(missing_ok=True)
        try:
            if self.valkey is not None:
                self.valkey.start()
                self.redis_url = self.valkey.url
            if self.postgres is not None:
                self.postgres.start()
                self.database_url = self.postgres.url
        except BaseException:
            self.stop()
            raise
        addresses = Addresses(self.database_url, self.redis_url)
        with open(os.open(self._state, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as state:
            json.dump(asdict(addresses), state)
        return addresses

    def _read_state(self) -> Addresses | None:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return Addresses(**json.loads(self._state.read_text()))
        return None
