"""Processes that run together: when one ends by itself it is started again, and when we end they all do."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from project.embedded import Servers, processes
from project.launch.place import Refused

RESTARTS, WITHIN = 5, 60.0


@dataclass
class Part:
    """One process of Foyer: its name, what starts it, and which environment it has besides ours."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)


class Supervisor:
    """Starts parts, looks after them and the embedded servers, and stops them in the reverse order."""

    def __init__(self, *, logs: Path, servers: Servers, say: Callable[[str], None]) -> None:
        self.logs = logs
        self.servers = servers
        self.say = say
        self.parts: list[Part] = []
        self.stopping = False
        logs.mkdir(parents=True, exist_ok=True)

    def obey_signals(self) -> None:
        """Ctrl-C, a closed terminal and SIGTERM mean: stop everything."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def start(self, part: Part) -> None:
        """Start a part; its output goes to a file named after it."""
        with self._log_of(part).open("ab") as log:
            part.process = processes.start(part.command, log=log, environment=part.environment)
        part.started.append(time.monotonic())
        if part not in self.parts:
            self.parts.append(part)

    def watch(self) -> None:
        """Stay until asked to stop."""
        while not self.stopping:
            time.sleep(0.5)
            self.look_after()

    def wait_for(self, ready: Callable[[], bool], *, patience: float = 120.0) -> bool:
        """Look after the parts until `ready` says yes; False when we were asked to stop before."""
        end = time.monotonic() + patience
        while not self.stopping:
            if ready():
                return True
            if time.monotonic() > end:
                raise Refused(f"Foyer has not answered for {patience:.0f} seconds. Its logs are in {self.logs}.")
            self.look_after()
            time.sleep(0.1)
        return False

    def look_after(self) -> None:
        """Start again what has ended by itself; give up on a part that keeps ending."""
        for name in self.servers.revive():
            self.say(f"{name} had ended; it runs again.")
        for part in self.parts:
            if self.stopping or part.process is None or part.process.poll() is None:
                continue
            part.started = [at for at in part.started if at > time.monotonic() - WITHIN]
            if len(part.started) >= RESTARTS:
                raise Refused(f"{part.name} keeps ending. {self._log_of(part)} ends with:\n{self._last_words(part)}")
            if part.started and time.monotonic() < part.started[-1] + len(part.started) - 1:
                continue  # it has ended before: let what it misses come back first
            self.say(f"{part.name} ended ({part.process.returncode}); starting it again.")
            self.start(part)

    def stop(self) -> None:
        """Stop all parts, the last one first; ask all before waiting for each."""
        self.stopping = True
        for part in reversed(self.parts):
            if part.process is not None and part.process.poll() is None:
                part.process.terminate()
        for part in reversed(self.parts):
            if part.process is not None:
                processes.stop(part.process, patience=8)
        self.servers.stop()

    def _asked_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _log_of(self, part: Part) -> Path:
        return self.logs / f"{part.name}.log"

    def _last_words(self, part: Part) -> str:
        return "\n".join(self._log_of(part).read_text(errors="replace").splitlines()[-12:])
