"""One running emulator: its settings, its store, its switches, its webhooks and its log of requests."""

import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stripe

from e2e.stripe_emulator.errors import ResourceMissing
from e2e.stripe_emulator.faults import Faults
from e2e.stripe_emulator.store import Record, Store
from e2e.stripe_emulator.webhooks import Deliverer

API_VERSION: str = stripe.api_version

Told = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Settings:
    """What is given on the command line."""

    api_key: str
    webhook_url: str = ""
    webhook_secret: str = ""
    public_url: str = ""
    state: Path | None = None
    merchant: str = "Foyer"
    retry_base: float = 1.0
    events: tuple[str, ...] = ()
    earlier: Path | None = None


class Emulator:
    """Everything that the handlers need, passed to them as their first argument."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.public_url = settings.public_url.rstrip("/")
        self.store = Store(settings.state)
        self.faults = Faults()
        self.log: deque[dict[str, Any]] = deque(maxlen=5000)
        self.told: Told = {}
        self.cause: dict[str, Any] | None = None
        self.deliverer = Deliverer(self.store, settings.webhook_url, settings.webhook_secret, settings.retry_base)
        self._stopping = threading.Event()
        self._ticker: threading.Thread | None = None

    def now(self) -> int:
        """The emulator's time, in seconds since 1970."""
        return self.store.now()

    def start(self, tick: Any) -> None:
        """Begins to deliver webhooks and, once a second, to do what is due."""
        self.deliverer.start()

        def run() -> None:
            while not self._stopping.wait(1.0):
                tick(self)

        self._ticker = threading.Thread(target=run, name="ticker", daemon=True)
        self._ticker.start()

    def stop(self) -> None:
        """Ends the threads and closes the file."""
        self._stopping.set()
        self.deliverer.stop()
        if self._ticker is not None:
            self._ticker.join(timeout=5)
        self.store.close()

    def reset(self) -> None:
        """Forgets every record, switch and log line."""
        with self.store.lock:
            self.deliverer.forget()
            self.store.clear()
            self.faults.reset()
            self.log.clear()


def fetch(emulator: Emulator, kind: str, id: str, *, param: str = "id") -> Record:
    """The record, or Stripe's "No such ..."."""
    record = emulator.store.get(kind, id)
    if record is None:
        raise ResourceMissing(kind, id, param=param)
    return record
