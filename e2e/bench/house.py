"""The Foyer that is measured: the production topology in a folder of its own, and what its processes cost."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from e2e.bench.cpu import spent
from e2e.topology import Topology
from project.launch.supervisor import Part

GROUPS = {
    "pages": "web",
    "sockets": "sockets",
    "splitter": "front",
    "relay": "relay",
    "worker": "worker",
    "documents": "documents",
    "beat": "beat",
    "emulator": "emulator",
}


class House(Topology):
    """Everything as in production, with halls to sell. What stays of a run is written into `notes`."""

    def __init__(self, folder: Path, *, notes: Path) -> None:
        super().__init__(folder)
        self.notes = notes

    def _parts(self) -> list[Part]:
        made = super()._parts()
        for part in made:
            part.environment = part.environment | {"PGAPPNAME": part.name}  # whose statements they are
        return made

    def build(self, counts: dict[str, int]) -> dict[str, Any]:
        """So many showtimes of each hall: their ids, seats and seat maps."""
        line = [sys.executable, "-m", "e2e.bench.data", json.dumps(counts)]
        done = subprocess.run(line, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        made: dict[str, Any] = json.loads(done.stdout)
        with self.database() as database:
            database.execute("VACUUM ANALYZE")
        return made

    def database(self) -> psycopg.Connection:
        """A connection of the bench's own to its database."""
        assert self.servers.postgres is not None
        return psycopg.connect(
            host=str(self.servers.postgres.socket), user="foyer", dbname="foyer", autocommit=True,
            application_name="bench",
        )  # fmt: skip

    def cost(self, **more: int) -> dict[str, float]:
        """Seconds of CPU so far, per group of processes; `more` are groups of others by their process id."""
        assert self.servers.postgres is not None and self.servers.valkey is not None
        roots = {GROUPS[name]: part.process for name, part in self.parts.items()}
        roots |= {"database": self.servers.postgres.process, "valkey": self.servers.valkey.process}
        costs = {group: spent(process.pid) for group, process in roots.items() if process is not None}
        return costs | {group: spent(pid) for group, pid in more.items()}

    def _settings(self) -> dict[str, str]:
        return super()._settings() | {"DJANGO_SETTINGS_MODULE": "project.settings"}
