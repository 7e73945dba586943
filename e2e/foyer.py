"""A whole Foyer for the stories: pages and sockets, worker with beat, relay, and the stand-in for Stripe.

Its processes, its PostgreSQL and its Valkey are its own, so that nothing else in the test run can disturb it.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import requests
from celery import Celery
from django.db import connection

from e2e.mailbox import Mailbox
from e2e.till import Till
from project.embedded import Servers, processes
from project.embedded.valkey import free_port
from project.launch import parts
from project.launch.place import Place
from project.launch.supervisor import Part

Found = TypeVar("Found")


def until(true: Callable[[], Found], what: str, *, seconds: float = 15.0, every: float = 0.03) -> Found:
    """Wait until it holds, and give what it gave."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"Not within {seconds:.0f} s: {what}"
        time.sleep(every)
    return found


class Foyer:
    """The running house. `url` is its address, `till` the stand-in for Stripe, `mailbox` what it has written."""

    def __init__(self, folder: Path, *, port: int = 0, durable: bool = False) -> None:
        self.servers = Servers(folder, durable=durable)
        self.folder = folder / "foyer"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.place = Place("127.0.0.1", port or free_port(), False)
        self.url = f"http://127.0.0.1:{self.place.port}"
        self.till = Till(free_port())
        self.mailbox = Mailbox(self.folder / "outbox")
        self.environment: dict[str, str] = {}
        self.parts: dict[str, Part] = {}

    def start(self) -> "Foyer":
        """Start everything; it is there when a worker has left its sign."""
        addresses = self.servers.start()
        self.environment = os.environ | addresses.environment() | self._settings()
        self._prepare()
        for part in self._parts():
            self.parts[part.name] = part
            self.run(part.name)
        self.tick("project.heartbeat")  # beat would do it in ten seconds
        until(lambda: self.answers("/readyz") and self.till.answers(), "everything is ready", seconds=240, every=0.3)
        return self

    def stop(self) -> None:
        """Stop everything and delete its data."""
        for part in self.parts.values():
            if part.process is not None and part.process.poll() is None:
                part.process.terminate()
        for part in self.parts.values():
            if part.process is not None:
                processes.stop(part.process, patience=5)
        self.servers.remove()

    def run(self, name: str) -> None:
        """Start one process, or start it again."""
        part = self.parts[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            part.process = processes.start(part.command, log=log, environment=part.environment)

    def kill(self, name: str) -> None:
        """End one process without warning."""
        process = self.parts[name].process
        assert process is not None, f"{name} does not run"
        processes.stop(process, by=9)

    def answers(self, path: str) -> bool:
        """Whether that page is there."""
        try:
            return requests.get(self.url + path, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def tick(self, task: str) -> None:
        """What beat does when that task's time has come."""
        with Celery(broker=self.environment["REDIS_URL"]) as clock:
            clock.send_task(task, queue="default")

    def mails_to(self, address: str, *, count: int = 1) -> list[EmailMessage]:
        """The mails to an address, once there are so many; a busy machine takes its time over the first PDF."""
        until(lambda: len(self.mailbox.to(address)) >= count, f"{count} mails to {address}", seconds=90, every=0.1)
        return self.mailbox.to(address)

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command of Django's on this Foyer's data."""
        line = [sys.executable, "manage.py", *command]
        return subprocess.run(line, env=self.environment, capture_output=True, text=True, check=False)

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace").replace("\\n", "\n")

    @contextlib.contextmanager
    def rows(self) -> Iterator[None]:
        """The models speak to this Foyer's database instead of the tests' own."""
        theirs: dict[str, Any] = {}
        assert self.servers.postgres is not None
        ours = {"NAME": "foyer", "HOST": str(self.servers.postgres.socket)}
        connection.close()
        connection.close_pool()
        for name, value in ours.items():
            theirs[name], connection.settings_dict[name] = connection.settings_dict[name], value
        try:
            yield
        finally:
            connection.close()
            connection.close_pool()
            connection.settings_dict.update(theirs)

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """The models let go of the database, which is about to go."""
        connection.close()
        connection.close_pool()
        yield

    def _parts(self) -> list[Part]:
        return [
            parts.emulator(self.environment, port=self.till.port, place=self.place, var=self.folder),
            parts.daphne_alone(self.environment, place=self.place, tls=None),
            parts.relay(self.environment),
            parts.worker(
                self.environment, name="worker", queues="default,documents", threads=3, beat=self.folder / "beat"
            ),
        ]

    def _settings(self) -> dict[str, str]:
        return {
            "DEBUG": "0",
            "ENV_FILE": os.devnull,
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "SITE_URL": self.url,
            "VAR_DIR": str(self.folder),
            "MEDIA_ROOT": str(self.folder / "media"),
            "STRIPE_API_KEY": self.till.key,
            "STRIPE_WEBHOOK_SECRET": self.till.webhook_secret,
            "STRIPE_API_BASE": self.till.url,
            "STRIPE_CHECKOUT_ORIGIN": self.till.url,
            "METRICS_TOKEN": "story",
            "LOG_LEVEL": "WARNING",
            "EMAIL_URL": "",
        }

    def _prepare(self) -> None:
        line = [sys.executable, "-m", "project.launch.prepare", "--static"]
        done = subprocess.run(line, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
