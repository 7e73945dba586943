"""The rows of the bench."""

import re
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from e2e.bench.house import House
from e2e.bench.measuring import Load, Row, row
from e2e.bench.statements import counting
from e2e.foyer import until
from project.embedded import processes

PROBES = 8
CLAIM = """\\set id random(1, {rows})
BEGIN;
SELECT id FROM bench_claim WHERE id = :id FOR UPDATE;
UPDATE bench_claim SET holder = :client_id, held_until = now() WHERE id = :id;
COMMIT;
"""


TICKETS = "SELECT count(*) FROM tickets_ticket WHERE showtime_id = %s AND status = 'valid'"
MAILS = """SELECT extract(epoch FROM sent_at - created_at) * 1000 FROM notifications_delivery
WHERE status = 'sent' ORDER BY id"""


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

    def take_showtime(self, hall: str) -> int:
        """A showtime of that hall that no other row uses."""
        taken: int = self.halls[hall]["showtimes"].pop()
        return taken

    def seats(self, hall: str) -> list[int]:
        """The ids of a hall's seats."""
        found: list[int] = self.halls[hall]["seats"]
        return found


def floor(bench: Bench) -> Row:
    """The bare claim of one row in one transaction, prepared, by 8 clients: what PostgreSQL can do at most."""
    rows, seconds = 20_000, bench.seconds("floor", 10)
    with bench.house.database() as database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS bench_claim (id int PRIMARY KEY, holder int, held_until timestamptz)"
        )
        database.execute("INSERT INTO bench_claim SELECT generate_series(1, %s) ON CONFLICT DO NOTHING", [rows])
        database.execute("VACUUM ANALYZE bench_claim")
    script, postgres = bench.house.folder / "claim.sql", bench.house.servers.postgres
    assert postgres is not None
    script.write_text(CLAIM.format(rows=rows))
    line = [postgres.home.postgres_root / "bin" / "pgbench", "-n", "-M", "prepared", "-c", "8", "-j", "1"]
    line += ["-T", str(max(1, round(seconds))), "-l", "--log-prefix", bench.house.folder / "claim", "-f", script]
    line += ["-h", postgres.socket, "-U", "foyer", "foyer"]
    before = bench.house.cost()
    process = processes.start(line, log=subprocess.PIPE, environment=bench.house.environment)
    said = process.communicate()[0].decode()
    after = bench.house.cost()
    assert process.returncode == 0, said
    times = [int(line.split()[2]) / 1000 for line in _lines(bench, "claim.*")]
    cost = {group: after[group] - before[group] for group in after}
    lasted = len(times) / float(re.findall(r"tps = ([\d.]+)", said)[0])
    return row("floor", {"ms": times, "outcomes": [""] * len(times), "seconds": lasted, "reconnected": 0}, cost)


def _lines(bench: Bench, pattern: str) -> list[str]:
    logs = [path for path in bench.house.folder.glob(pattern) if path.suffix != ".sql"]
    return [line for log in logs for line in log.read_text().splitlines()]


def hold(bench: Bench) -> Row:
    """Hold one seat after the other, each its own, 8 people at a time."""
    seconds = bench.seconds("hold", 15)
    showtimes = [bench.take_showtime("middle")]
    job = {"showtimes": showtimes, "seats": bench.seats("middle"), "arrival": bench.halls["small"]["showtimes"][0]}
    told, cost = Load(bench.house, "hold", most=int(seconds * 300) + 32, **job).run(seconds)
    made = row("hold", told, cost)
    with bench.house.database() as database:
        held = database.execute(
            "SELECT count(*) FROM seating_hold WHERE showtime_id = %s AND status = 'active'", showtimes
        ).fetchone()
    assert held == (made.n - made.errors,), f"{made.n - made.errors} were told that they hold a seat, but {held} do"
    job["seats"] = job["seats"][-PROBES * 4 :]
    probed(bench, made, "hold", most=PROBES, **job)
    return made


def page(bench: Bench) -> Row:
    """The showtime page of 300 seats, a third of them taken, by returning visitors, 8 at a time."""
    job = {"showtimes": [bench.take_showtime("small")], "seats": bench.seats("small")}
    told, cost = Load(bench.house, "page", **job).run(bench.seconds("page", 10))
    made = row("page", told, cost)
    job["seats"] = job["seats"][1:3]
    probed(bench, made, "page", most=PROBES, **job)
    return made


def race(bench: Bench) -> Row:
    """Two hundred people want one of twenty seats at the same moment."""
    racers, prizes = (20, 4) if bench.small else (200, 20)
    showtime = bench.take_showtime("small")
    job = {"showtimes": [showtime], "seats": bench.seats("small"), "arrival": bench.halls["small"]["showtimes"][0]}
    told, cost = Load(bench.house, "race", racers=racers, prizes=prizes, **job).run(600)
    made = row("race", told, cost, good=("won", "lost"))
    winners = told["outcomes"].count("won")
    made.also |= {"seconds": told["seconds"], "winners": winners}
    made.errors += abs(winners - prizes)
    return made


def purchase(bench: Bench) -> list[Row]:
    """Whole purchases of one seat, all in one showtime, 8 at a time; then what their mails and papers took."""
    seconds, showtime = bench.seconds("purchase", 60), bench.take_showtime("middle")
    job = {"showtimes": [showtime], "arrival": bench.halls["small"]["showtimes"][0]}
    seats = bench.seats("middle")
    load = Load(bench.house, "purchase", most=int(seconds * 25) + 16, seats=seats, **job)
    before = bench.house.cost()
    told, cost = load.run(seconds)
    papers = cost.pop("documents")
    made = row("purchase", told, cost)
    made.apart["documents"] = papers * 1000 / max(made.n, 1)
    made.also["steps, median ms"] = {name: round(statistics.median(ms)) for name, ms in told["steps"].items()}
    with bench.house.database() as database:
        sold = database.execute(TICKETS, [showtime]).fetchone()
    assert sold == (made.n - made.errors,), f"{made.n - made.errors} were shown a ticket, but there are {sold}"
    drained = documents(bench, before["documents"], made.n, told["seconds"])
    probed(bench, made, "purchase", most=PROBES, seats=seats[-PROBES:], **job)
    return [made, drained]


def documents(bench: Bench, before: float, n: int, lasted: float) -> Row:
    """Wait until the last mail with its tickets has gone."""
    began = time.perf_counter()
    with bench.house.database() as database:

        def all_gone() -> bool:
            left = database.execute("SELECT count(*) FROM outbox_message WHERE done_at IS NULL").fetchone()
            return left == (0,)

        until(all_gone, "every mail has gone", seconds=1200, every=0.2)
        drained = time.perf_counter() - began
        waits = [float(ms) for (ms,) in database.execute(MAILS).fetchall()]
    cost = {"documents": bench.house.cost()["documents"] - before}
    told = {"ms": waits[-n:], "outcomes": [""] * n, "seconds": lasted + drained, "reconnected": 0}
    made = row("documents", told, cost)
    made.also["drained after"] = f"{drained:.1f} s"
    return made


def probed(bench: Bench, made: Row, kind: str, *, most: int, **job: Any) -> None:
    """How many statements one operation takes: a few are done once more while PostgreSQL notes them."""
    load = Load(bench.house, kind, most=most, at_once=1, **job)
    with counting(bench.house) as counted:
        told, _cost = load.run(0.3 if kind != "purchase" else 5)
    n = len(told["ms"])
    made.queries = (counted.statements["pages"] + counted.statements["worker"]) / n
    brackets = counted.brackets["pages"] + counted.brackets["worker"]
    made.also["besides"] = f"{brackets / n:.1f} statements that only begin or end transactions"
    (bench.house.notes / f"bench-{kind}.sql").write_text("\n".join(counted.texts) + "\n")


ROWS: dict[str, Callable[[Bench], Row | list[Row]]] = {
    "floor": floor,
    "hold": hold,
    "page": page,
    "purchase": purchase,
    "race": race,
}
