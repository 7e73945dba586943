"""A whole Foyer as it runs in production: pages on gunicorn, sockets on daphne, two workers, beat, relay; DEBUG off.

What `make serve` starts, in a folder of its own, with the stand-in for Stripe; its PostgreSQL forgets nothing that it
has committed. `parts` has each process by its name: emulator, pages, sockets, splitter, worker, documents, beat, relay.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from e2e.foyer import Foyer
from project.launch import parts
from project.launch.supervisor import Part


class Topology(Foyer):
    """The running house, as in production. `settings` go into the environment of all of its processes."""

    def __init__(self, folder: Path, *, port: int = 0, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, port=port, durable=True)
        self._given = dict(settings or {})

    def _parts(self) -> list[Part]:
        metrics = self.folder / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()
        return [
            parts.emulator(self.environment, port=self.till.port, place=self.place, var=self.folder),
            *parts.pages_and_sockets(self.environment, place=self.place, tls=None, metrics=metrics),
            parts.worker(self.environment, name="worker", queues="default", threads=4),
            parts.worker(self.environment, name="documents", queues="documents", threads=1, yielding=True),
            parts.beat(self.environment, schedule=self.folder / "beat"),
            parts.relay(self.environment),
        ]

    def _settings(self) -> dict[str, str]:
        return super()._settings() | self._given
