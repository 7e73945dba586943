"""One row of the bench: the load is made ready, then time, processor and statements are taken."""

import json
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from e2e.bench.house import APART, House
from project.embedded import processes


@dataclass
class Row:
    """What one row has shown. `cpu` is milliseconds of each group per operation; `apart` is not counted in `cpu_ms`."""

    name: str
    n: int
    per_s: float
    p50_ms: float
    p95_ms: float
    errors: int
    cpu_ms: float | None = None
    cpu: dict[str, float] = field(default_factory=dict)
    apart: dict[str, float] = field(default_factory=dict)
    queries: float | None = None
    also: dict[str, Any] = field(default_factory=dict)


class Load:
    """The process that makes the load, ready to begin."""

    def __init__(self, house: House, kind: str, **job: Any) -> None:
        self.house = house
        self.process = processes.start(
            [sys.executable, "-m", "e2e.bench.load"],
            log=subprocess.PIPE,
            errors=None,
            stdin=subprocess.PIPE,
            environment=house.environment,
        )
        self._say(json.dumps({"kind": kind, "port": house.place.port} | job))
        assert self._hear() == "ready", "the load could not be prepared; its last words stand above"

    def run(self, seconds: float) -> tuple[dict[str, Any], dict[str, float]]:
        """What came, and what it has cost: seconds of CPU by group."""
        before = self.house.cost(load=self.process.pid)
        self._say(str(seconds))
        told = self._hear()
        after = self.house.cost(load=self.process.pid)
        self._say("")
        self.process.wait(30)
        assert told, "the load has ended without a word"
        return json.loads(told), {group: after[group] - before[group] for group in after}

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def _hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().strip()


def row(name: str, told: dict[str, Any], cost: dict[str, float], *, good: tuple[str, ...] = ("",)) -> Row:
    """The figures of a row; outcomes that are not `good` are errors."""
    times, outcomes = told["ms"], Counter(told["outcomes"])
    n = max(len(times), 1)
    errors = sum(count for outcome, count in outcomes.items() if outcome not in good)
    each = {group: seconds * 1000 / n for group, seconds in sorted(cost.items())}
    cpu = {group: ms for group, ms in each.items() if group not in APART}
    made = Row(
        name=name,
        n=n,
        per_s=n / told["seconds"],
        p50_ms=statistics.median(times),
        p95_ms=quantile(times, 0.95),
        errors=errors,
        cpu_ms=sum(cpu.values()),
        cpu=cpu,
        apart={group: ms for group, ms in each.items() if group in APART},
    )
    if errors:
        made.also["errors"] = [outcome for outcome in outcomes if outcome not in good][:3]
    if told["reconnected"]:
        made.also["reconnected"] = told["reconnected"]
    return made


def quantile(values: list[float], share: float) -> float:
    """The value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
