"""One row of the bench: the load is made ready, then time, processor and statements are taken."""

import json
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from e2e.bench.house import House
from e2e.bench.statements import counting
from project.embedded import processes

APART = ("emulator", "load", "watchers", "browsers")
PROBES = 8


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


@dataclass
class Bench:
    """A running house with its halls, and how much is to be measured of it."""

    house: House
    halls: dict[str, Any]
    sizes: dict[str, float] = field(default_factory=dict)
    small: bool = False

    def seconds(self, name: str, usual: float) -> float:
        """How long a row lasts."""
        return self.sizes.get(name, self.sizes.get("", usual))

    @property
    def probes(self) -> int:
        """How many operations are done to count their statements."""
        return 3 if self.small else PROBES

    @property
    def arrival(self) -> int:
        """The showtime whose page people open first, to have a session."""
        first: int = self.halls["small"]["showtimes"][0]
        return first

    def take_showtime(self, hall: str) -> int:
        """A showtime of that hall that no other row uses."""
        taken: int = self.halls[hall]["showtimes"].pop()
        return taken

    def seats(self, hall: str) -> list[int]:
        """The ids of a hall's seats."""
        found: list[int] = self.halls[hall]["seats"]
        return found

    def fill(self, showtime: int) -> None:
        """Sell every third seat and hold every twentieth, in the tables alone: a page has something to show."""
        with self.house.database() as database:
            database.execute(
                "UPDATE seating_place SET sold = true, holder = 'booking:0' WHERE showtime_id = %s AND id %% 3 = 0",
                [showtime],
            )
            database.execute(
                "UPDATE seating_place SET held_until = now() + interval '20 minutes', holder = 'anon:' || id"
                " WHERE showtime_id = %s AND id %% 3 <> 0 AND id %% 20 = 1",
                [showtime],
            )
            database.execute("VACUUM ANALYZE seating_place")


class Load:
    """A process that makes load, ready to begin. What it costs is counted as `group`."""

    def __init__(self, house: House, module: str, *, group: str = "load", **job: Any) -> None:
        self.house, self.group = house, group
        self.process = processes.start(
            [sys.executable, "-m", f"e2e.bench.{module}"],
            log=subprocess.PIPE,
            errors=None,
            stdin=subprocess.PIPE,
            environment=house.environment,
        )
        self._say(json.dumps(job))
        assert self._hear() == "ready", f"{module} could not be prepared; its last words stand above"

    def begin(self, order: float | str) -> None:
        """Go for so many seconds, or do what the word says."""
        self._say(str(order))

    def told(self) -> Any:
        """What came of it."""
        said = self._hear()
        assert said, f"the {self.group} has ended without a word"
        return json.loads(said)

    def close(self) -> None:
        """It is not needed any more."""
        self._say("")
        self.process.wait(30)

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def _hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().strip()


def together(order: float | str, *loads: Load) -> tuple[list[Any], dict[str, float]]:
    """All at once for so long (or as the word says): what each tells, and its cost in seconds of CPU by group."""
    house, pids = loads[0].house, {load.group: load.process.pid for load in loads}
    before = house.cost(**pids)
    for load in loads:
        load.begin(order)
    told = [load.told() for load in loads]
    after = house.cost(**pids)
    return told, {group: after[group] - before[group] for group in after}


def alone(seconds: float, load: Load) -> tuple[dict[str, Any], dict[str, float]]:
    """One load for so long; it is not used again."""
    (told,), cost = together(seconds, load)
    load.close()
    return told, cost


def row(name: str, told: dict[str, Any], cost: dict[str, float], *, good: tuple[str, ...] = ("",)) -> Row:
    """The figures of a row; outcomes that are not `good` are errors."""
    times, outcomes = told["ms"], Counter(told["outcomes"])
    made = Row(
        name=name,
        n=len(times),
        per_s=len(times) / told["seconds"],
        p50_ms=statistics.median(times or [0]),
        p95_ms=quantile(times or [0], 0.95),
        errors=sum(count for outcome, count in outcomes.items() if outcome not in good),
    )
    divide(made, cost, operations=len(times))
    if made.errors:
        made.also["errors"] = [outcome for outcome in outcomes if outcome not in good][:3]
    if told.get("reconnected"):
        made.also["reconnected"] = told["reconnected"]
    return made


def divide(made: Row, cost: dict[str, float], *, operations: int) -> None:
    """The cost in milliseconds for each operation, by group, and in all."""
    each = {group: seconds * 1000 / max(operations, 1) for group, seconds in sorted(cost.items())}
    made.cpu = {group: ms for group, ms in each.items() if group not in APART}
    made.apart = {group: ms for group, ms in each.items() if group in APART}
    made.cpu_ms = sum(made.cpu.values())


def probe(bench: Bench, made: Row, *, by: Sequence[str] = ("pages",), seconds: float = 0.3, **job: Any) -> None:
    """How many statements one operation takes: a few are done once more, one by one, while PostgreSQL notes them.

    Counted are those of the processes `by`: what the worker does by the clock has nothing to do with a page.
    """
    load = Load(bench.house, "load", at_once=1, most=bench.probes, **job)
    with counting(bench.house) as counted:
        (told,), _cost = together(seconds, load)
    load.close()
    n = max(len(told["ms"]), 1)
    made.queries = sum(counted.statements[process] for process in by) / n
    brackets = sum(counted.brackets[process] for process in by)
    made.also["besides"] = f"{brackets / n:.1f} statements that only begin or end transactions"
    (bench.house.notes / f"bench-{made.name.replace(' ', '-')}.sql").write_text("\n".join(counted.texts) + "\n")


def quantile(values: list[float], share: float) -> float:
    """The value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
