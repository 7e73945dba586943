"""The row `grid`: what the showtime page costs in halls of 300, 5,000 and 20,000 seats."""

import statistics

from e2e.bench.measuring import Bench, Load, Row, alone, probe, row

HALLS = {"small": "300", "middle": "5000", "large": "20000"}


def grid(bench: Bench) -> list[Row]:
    """The page, its plan and its style sheet, one visitor after the other."""
    return [_one(bench, hall) for hall in HALLS if hall in bench.halls]


def _one(bench: Bench, hall: str) -> Row:
    showtime = bench.take_showtime(hall)
    bench.fill(showtime)
    job = {"kind": "grid", "port": bench.house.place.port, "showtimes": [showtime], "at_once": 1}
    told, cost = alone(bench.seconds("grid", 8), Load(bench.house, "load", **job))
    made = row(f"grid {HALLS[hall]}", told, cost)
    del job["at_once"]
    probe(bench, made, **job)
    sizes, times = told["sizes"], {name: statistics.median(ms) for name, ms in told["steps"].items()}
    first = sum(sizes[name] for name in ("page", "plan", "styles") if name in sizes)
    made.also |= {
        "bytes": {"first": first, "state": sizes["state"]} | sizes,
        "ms": {name: round(ms, 1) for name, ms in times.items()},
        "the first of all, ms": round(told["cold_ms"], 1),
    }
    return made
