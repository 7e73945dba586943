"""The rows of the bench."""

import math
import re
import statistics
import subprocess
import time
from collections.abc import Callable
from typing import Any

from e2e.bench.grid import grid
from e2e.bench.growth import growth
from e2e.bench.live import live
from e2e.bench.measuring import PROBES, Bench, Load, Row, alone, probe, row
from e2e.foyer import until
from project.embedded import processes

CLAIM = """\\set id random(1, {rows})
BEGIN;
SELECT id FROM bench_claim WHERE id = :id FOR UPDATE;
UPDATE bench_claim SET holder = :client_id, held_until = now() WHERE id = :id;
COMMIT;
"""


HOLD_SECONDS, HOLDS_PER_S = 15, 300  # as many seats and people are made ready as that rate would need
HELD = "SELECT count(*) FROM seating_hold WHERE showtime_id = ANY(%s) AND status = 'active'"
TICKETS = "SELECT count(*) FROM tickets_ticket WHERE showtime_id = ANY(%s) AND status = 'valid'"
MAILS = """SELECT extract(epoch FROM sent_at - created_at) * 1000 FROM notifications_delivery
WHERE status = 'sent' ORDER BY id"""


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
    return row("floor", {"ms": times, "outcomes": [""] * len(times), "seconds": lasted}, cost)


def _lines(bench: Bench, pattern: str) -> list[str]:
    logs = [path for path in bench.house.folder.glob(pattern) if path.suffix != ".sql"]
    return [line for log in logs for line in log.read_text().splitlines()]


def hold(bench: Bench) -> Row:
    """Hold one seat after the other, each its own, 8 people at a time."""
    seconds, seats = bench.seconds("hold", HOLD_SECONDS), bench.seats("middle")
    showtimes = [bench.take_showtime("middle") for _ in range(hold_showtimes(seconds))]
    job = _job(bench, "hold", showtimes, most=int(seconds * HOLDS_PER_S) + 32, seats=seats[:-PROBES])
    told, cost = alone(seconds, Load(bench.house, "load", **job))
    made = row("hold", told, cost)
    _check_count(bench, made, HELD, showtimes)
    probe(bench, made, **_job(bench, "hold", showtimes, seats=seats[-PROBES:]))
    return made


def hold_showtimes(seconds: float) -> int:
    """How many showtimes of 5,000 seats the holds of so many seconds need."""
    return math.ceil(seconds * HOLDS_PER_S / 4_900)


def page(bench: Bench) -> Row:
    """The showtime page of 300 seats, a third of them taken, by returning visitors, 8 at a time."""
    showtime = bench.take_showtime("small")
    bench.fill(showtime)
    job = _job(bench, "page", [showtime])
    told, cost = alone(bench.seconds("page", 10), Load(bench.house, "load", **job))
    made = row("page", told, cost)
    probe(bench, made, **job)
    return made


def race(bench: Bench) -> Row:
    """Two hundred people want one of twenty seats at the same moment."""
    racers, prizes = (20, 4) if bench.small else (200, 20)
    job = _job(bench, "race", [bench.take_showtime("small")], seats=bench.seats("small")[:prizes], racers=racers)
    told, cost = alone(600, Load(bench.house, "load", **job))
    made = row("race", told, cost, good=("won", "lost"))
    winners = told["outcomes"].count("won")
    made.also |= {"all answered after": f"{told['seconds']:.2f} s", "winners": winners}
    made.errors += abs(winners - prizes)
    return made


def purchase(bench: Bench) -> list[Row]:
    """Whole purchases of one seat, all in one showtime, 8 at a time; then what their mails and papers took."""
    seconds, showtimes = bench.seconds("purchase", 60), [bench.take_showtime("middle")]
    seats = bench.seats("middle")
    few = {"most": 4, "at_once": 2} if bench.small else {"most": int(seconds * 25) + 8}
    job = _job(bench, "purchase", showtimes, seats=seats[:-PROBES], **few)
    if not bench.small:
        _warm_up(bench)
    load, before = Load(bench.house, "load", **job), bench.house.cost()
    told, cost = alone(seconds, load)
    papers = cost.pop("documents")
    made = row("purchase", told, cost)
    made.apart["documents"] = papers * 1000 / max(made.n, 1)
    made.also["steps, median ms"] = {name: round(statistics.median(ms)) for name, ms in told["steps"].items()}
    _check_count(bench, made, TICKETS, showtimes)
    drained = documents(bench, before["documents"], made.n, told["seconds"])
    job = _job(bench, "purchase", showtimes, seats=seats[-PROBES:])
    probe(bench, made, by=("pages", "worker"), seconds=0.5 if bench.small else 5, **job)
    drain(bench)
    return [made, drained]


def _warm_up(bench: Bench) -> None:
    """Every process has bought and drawn something before: the libraries for Stripe and PDF take seconds to load."""
    job = _job(bench, "purchase", [bench.arrival], most=16, seats=bench.seats("small"))
    alone(60, Load(bench.house, "load", **job))
    drain(bench)


def _job(bench: Bench, kind: str, showtimes: list[int], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "port": bench.house.place.port, "showtimes": showtimes, "arrival": bench.arrival} | more


def _check_count(bench: Bench, made: Row, query: str, showtimes: list[int]) -> None:
    """What people were told must be what the tables say."""
    with bench.house.database() as database:
        found = database.execute(query, [showtimes]).fetchone()
    if found != (made.n - made.errors,):
        made.errors += 1
        made.also["not as told"] = f"{made.n - made.errors + 1} times it was said to be done, the tables say {found}"


def documents(bench: Bench, before: float, n: int, lasted: float) -> Row:
    """How long the mails with their tickets took, and what each of them costs."""
    drained = drain(bench)
    with bench.house.database() as database:
        waits = [float(ms) for (ms,) in database.execute(MAILS).fetchall()]
    told = {"ms": waits[-n:], "outcomes": [""] * n, "seconds": lasted + drained}
    made = row("documents", told, {"documents": bench.house.cost()["documents"] - before})
    made.also["drained after"] = f"{drained:.1f} s"
    return made


def drain(bench: Bench) -> float:
    """Wait until nothing is left to do; how many seconds."""
    began = time.perf_counter()
    with bench.house.database() as database:
        left = "SELECT count(*) FROM outbox_message WHERE done_at IS NULL"
        until(lambda: database.execute(left).fetchone() == (0,), "every mail has gone", seconds=1200, every=0.2)
    return time.perf_counter() - began


ROWS: dict[str, Callable[[Bench], Row | list[Row]]] = {
    "growth": growth,  # first: others fill halls in the tables of places alone, which its proof would find
    "floor": floor,
    "hold": hold,
    "page": page,
    "purchase": purchase,
    "race": race,
    "live": live,
    "grid": grid,
}
LONG = ("growth",)  # measured when they are named
