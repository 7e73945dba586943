"""Killing whatever runs, and starting it again a moment later; all from the main thread, which owns the processes."""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import requests

from e2e.topology import Topology
from project.embedded import processes

PARTS = ("pages", "sockets", "worker", "documents", "relay", "emulator", "beat")
KINDS = ("web worker", *PARTS, "web worker", "valkey", "postgres", "worker")
WEBHOOKS = ("normal", "twice", "late:3", "lost", "out_of_order", "lost", "twice")
STRIPE = ({"api_errors": 3}, {"drop": 2}, {"rate_limits": 3}, {"api_delay_s": 1.5}, {"api_delay_s": 0})
SUPERVISOR_PATIENCE = 1.0
WORKERS = ("worker", "documents")


class Timeline:
    """What happened when, printed as it happens."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self._say, self._begun = say, time.monotonic()
        self.kills: Counter[str] = Counter()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._begun

    def note(self, what: str) -> None:
        """One line."""
        self._say(f"{self.seconds:7.1f} s  {what}")


class Monkey:
    """Strikes at random, from a seed; `look` has to be called often."""

    def __init__(
        self, foyer: Topology, timeline: Timeline, *, seed: int, every: tuple[float, float], away: tuple[float, float]
    ) -> None:
        self.foyer, self.timeline = foyer, timeline
        self.dice = random.Random(f"strikes {seed}")
        self._every, self._away = every, away
        self._bag: list[str] = []
        self._back: dict[str, tuple[float, Callable[[], None]]] = {}
        self._next = time.monotonic() + self.dice.uniform(*every)
        self._webhooks = "normal"
        self.ended: dict[str, list[str]] = {}

    def look(self) -> None:
        """Strike when it is time; start again what has been away long enough."""
        self.tend()
        if time.monotonic() >= self._next:
            self._strike()
            self._next = time.monotonic() + self.dice.uniform(*self._every)

    def tend(self) -> None:
        """Start what has been away long enough, and what has ended by itself."""
        now = time.monotonic()
        for name, (due, bring_back) in list(self._back.items()):
            if due <= now:
                del self._back[name]
                bring_back()
                self.timeline.note(f"{name} is back")
        self._supervise()

    def stop(self) -> None:
        """No more strikes: everything is started again and Stripe is itself."""
        for name, (_due, bring_back) in self._back.items():
            bring_back()
            self.timeline.note(f"{name} is back")
        self._back.clear()
        end = time.monotonic() + 30
        while not self._told_till(**HEALTHY) and time.monotonic() < end:
            time.sleep(0.3)
        self.timeline.note("nothing is killed any more")

    @property
    def faults(self) -> list[str]:
        """Parts that ended by themselves. A worker may fall with Valkey, in kombu's attempt to put its tasks back."""
        deaths = self.timeline.kills["valkey"]
        return [
            f"{name} ended by itself {len(words)} times: {words[-1]}"
            for name, words in self.ended.items()
            if len(words) > (deaths if name in WORKERS else 0)
        ]

    def _supervise(self) -> None:
        """What systemd does for a process that ends by itself."""
        for name, part in self.foyer.parts.items():
            if name in self._back or part.process is None or part.process.poll() is None:
                continue
            words = self.foyer.log(name).strip().rpartition("\n")[2][-300:]
            self.ended.setdefault(name, []).append(words)
            self.timeline.note(f"{name} ended by itself ({part.process.returncode}) and is started again: {words}")
            processes.stop(part.process)
            self._back[name] = (time.monotonic() + SUPERVISOR_PATIENCE, lambda name=name: self.foyer.run(name))

    def _strike(self) -> None:
        if not self._bag:
            self._bag = self.dice.sample(KINDS, len(KINDS))
        kind = self._bag.pop()
        if self.dice.random() < 0.6:
            self._pull_switch()
        if kind in self._back:
            return
        self.timeline.kills[kind] += 1
        {"web worker": self._web_worker, "valkey": self._valkey, "postgres": self._postgres}.get(
            kind, lambda: self._part(kind)
        )()

    def _part(self, name: str) -> None:
        part = self.foyer.parts[name]
        assert part.process is not None
        os.kill(part.process.pid, signal.SIGKILL)
        time.sleep(self.dice.uniform(0, 0.3))  # its children live on for a moment, then go as systemd has them go
        processes.stop(part.process)
        self._is_away(name, lambda: self._start(name))

    def _start(self, name: str) -> None:
        self.foyer.run(name)
        if name == "emulator":
            self._told_till(webhooks=self._webhooks)

    def _web_worker(self) -> None:
        master = self.foyer.parts["pages"].process
        workers = children_of(master.pid) if master is not None and "pages" not in self._back else []
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.dice.choice(workers), signal.SIGKILL)
            self.timeline.note("kill -9 a web worker; gunicorn starts another")

    def _valkey(self) -> None:
        server = self.foyer.servers.valkey
        assert server is not None and server.process is not None
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        self._is_away("valkey", server.start_again)

    def _postgres(self) -> None:
        """The immediate mode: every session is cut, and the log is replayed at the next start."""
        server = self.foyer.servers.postgres
        assert server is not None and server.process is not None
        os.kill(server.process.pid, signal.SIGQUIT)
        server.process.wait()
        self._is_away("postgres", server.start)

    def _is_away(self, name: str, bring_back: Callable[[], None]) -> None:
        away = self.dice.uniform(*self._away)
        self._back[name] = (time.monotonic() + away, bring_back)
        self.timeline.note(
            f"kill -9 {name}, for {away:.1f} s" if name != "postgres" else f"stop postgres at once, for {away:.1f} s"
        )

    def _pull_switch(self) -> None:
        if self.dice.random() < 0.7:
            self._webhooks = self.dice.choice(WEBHOOKS)
            switches = {"webhooks": self._webhooks}
        else:
            switches = self.dice.choice(STRIPE)
        if self._told_till(**switches):
            self.timeline.note("Stripe: " + ", ".join(f"{name} {value}" for name, value in switches.items()))

    def _told_till(self, **switches: object) -> bool:
        if "emulator" in self._back:
            return False
        try:
            self.foyer.till.set(**switches)
        except requests.RequestException:
            return False
        return True


HEALTHY = {"webhooks": "normal", "api_delay_s": 0, "api_errors": 0, "rate_limits": 0, "drop": 0}


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    with contextlib.suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
