"""The row `growth`: what an operation costs where there is ten and a hundred times as much of something.

Each of the curves grows one thing while all else stays; operations are done one after the other. Counted is the CPU
of what answers (`SERVES`); beat and the workers, which go on beside, are told apart.
"""

from typing import Any

from e2e.bench.measuring import APART, Bench, Load, Row, alone, divide, row, together

SERVES = ("web", "front", "sockets", "relay", "database", "valkey", "inside")
HALLS = {200: "two-hundred", 2_000: "two-thousand", 20_000: "large"}
SIZES = {
    "sold": (1_000, 10_000, 100_000),
    "showtimes": (200, 2_000, 20_000),
    "holds": (50, 500, 5_000),
    "seats": tuple(HALLS),
    "watchers": (20, 200, 2_000),
}
SMALL = {"sold": (40,), "showtimes": (40,), "holds": (5,), "seats": (200,), "watchers": (5,)}
HOLDS, FEW = 16, 3  # held before three times as many are counted; tickets of the person who looks at them
WARM = 0.5  # seconds that are not counted: what a process keeps it has afterwards


def halls(*, small: bool) -> dict[str, int]:
    """How many showtimes of each hall the curves need."""
    if small:
        return {"small": 3, HALLS[200]: 1}
    return {"small": 2} | dict.fromkeys(HALLS.values(), 1) | {"large": 2}


def growth(bench: Bench) -> list[Row]:
    """All curves."""
    inside = Load(bench.house, "inside", group="inside")
    sizes = SMALL if bench.small else SIZES
    rows = [made for size in sizes["sold"] for made in sold(bench, inside, size)]
    with bench.house.database() as database:  # their showtimes would stand on the pages of the next curve
        database.execute("UPDATE catalog_event SET status = 'draft' WHERE slug = 'sold'")
    rows += [made for size in sizes["showtimes"] for made in showtimes(bench, inside, size)]
    hall = bench.take_showtime("small" if bench.small else "large")
    rows += [holds(bench, inside, size, hall) for size in sizes["holds"]]
    rows += [made for size in sizes["seats"] for made in seats(bench, size)]
    hall = bench.take_showtime("small")
    rows += [watchers(bench, size, hall) for size in sizes["watchers"]]
    inside.close()
    return rows


def sold(bench: Bench, inside: Load, size: int) -> list[Row]:
    """So many tickets sold: what customers do, what runs by itself, and the proof of everything."""
    hall = _make(bench, inside, "sold", size)["showtime"]
    cookie = _make(bench, inside, "customer", FEW)["cookie"]
    name = f"sold {size}"
    ticks = {"completer": "complete", "lapsing": "lapse", "sealing": "seal", "snapshot": "snapshot"}
    return [
        _visit(bench, f"{name} page", f"/showtimes/{hall}/"),
        _visit(bench, f"{name} tickets", "/tickets/", session=cookie),
        _hold(bench, f"{name} hold", hall, _free_seats(bench, hall)),
        *(_inside(inside, f"{name} {told}", act, 3 if bench.small else 20) for told, act in ticks.items()),
        _inside(inside, f"{name} verify", "verify"),
    ]


def showtimes(bench: Bench, inside: Load, size: int) -> list[Row]:
    """So many upcoming showtimes: the pages that look for them."""
    found = _make(bench, inside, "showtimes", size)
    paths = {
        "home": "/", "event": f"/events/{found['slug']}/", "word": f"/?q={found['word']}", "words": "/?q=lake",
        "day": f"/?day={found['day']}",
    }  # fmt: skip
    return [_visit(bench, f"showtimes {size} {name}", path) for name, path in paths.items()]


def holds(bench: Bench, inside: Load, size: int, showtime: int) -> Row:
    """So many running holds of other visitors in the same showtime."""
    _make(bench, inside, "holds", showtime, size)
    return _hold(bench, f"holds {size} hold", showtime, _free_seats(bench, showtime))


def seats(bench: Bench, size: int) -> list[Row]:
    """A hall of so many seats; a third of them sold and a twentieth held when it is looked at."""
    hall = HALLS[size]
    showtime = bench.take_showtime(hall)
    rows = [_hold(bench, f"seats {size} hold", showtime, bench.seats(hall))]
    bench.fill(showtime)
    paths = {"page": "", "plan": "?part=hall", "state": "places/"}
    return rows + [
        _visit(bench, f"seats {size} {name}", f"/showtimes/{showtime}/{tail}") for name, tail in paths.items()
    ]


def watchers(bench: Bench, size: int, showtime: int) -> Row:
    """So many sockets, and two changes a second; what the sockets cost without any change is taken off."""
    seconds = bench.seconds("growth", 12)
    sockets = Load(
        bench.house, "watchers", group="watchers", port=bench.house.place.port, showtime=showtime, count=size
    )  # fmt: skip
    others = Load(
        bench.house, "load", kind="pace", port=bench.house.place.port, showtimes=[showtime], per_s=2,
        seats=_free_seats(bench, showtime), most=int(seconds * 2) + 8, arrival=bench.arrival,
    )  # fmt: skip
    _, idle = together(seconds, sockets)
    (heard, told), cost = together(seconds, sockets, others)
    for load in (sockets, others):
        load.close()
    cost = {group: max(spent - idle.get(group, 0), 0) for group, spent in cost.items()}
    made = _row(f"watchers {size} change", told, cost)
    least, most = heard["messages"]
    made.errors += size - heard["alive"] + (least != most)
    made.p50_ms = made.p95_ms = heard["spread_ms"]  # from the first who hears of a change to the last
    return made


def _visit(bench: Bench, name: str, path: str, session: str = "") -> Row:
    job = {"kind": "visit", "port": bench.house.place.port, "path": path, "session": session}
    load = Load(bench.house, "load", **job)
    together(WARM, load)
    return _row(name, *alone(bench.seconds("growth", 3), load))


def _hold(bench: Bench, name: str, showtime: int, seats: list[int]) -> Row:
    job = {"kind": "hold", "port": bench.house.place.port, "showtimes": [showtime], "arrival": bench.arrival}
    few = 4 if bench.small else HOLDS
    alone(60, Load(bench.house, "load", seats=seats[:few], most=few, at_once=1, **job))
    seats = seats[few : 4 * few]
    return _row(name, *alone(60, Load(bench.house, "load", seats=seats, most=len(seats), at_once=1, **job)))


def _inside(inside: Load, name: str, act: str, times: int = 1) -> Row:
    if times > 1:
        together(f"{act} 1", inside)
    (told,), cost = together(f"{act} {times}", inside)
    return _row(name, told, cost)


def _row(name: str, told: dict[str, Any], cost: dict[str, float]) -> Row:
    made = row(name, told, {})
    serves = {group: seconds for group, seconds in cost.items() if group in SERVES}
    divide(made, serves, operations=made.n)
    made.apart = {group: seconds * 1000 / max(made.n, 1) for group, seconds in cost.items() if group in APART}
    print(f"{name:<28}{made.cpu_ms or 0:>9.1f} ms CPU", flush=True)  # it takes long
    return made


def _make(bench: Bench, inside: Load, *order: str | int) -> dict[str, Any]:
    """More rows, and PostgreSQL is told of them, as it would have noticed by itself."""
    inside.begin(" ".join(map(str, order)))
    told: dict[str, Any] = inside.told()
    with bench.house.database() as database:
        database.execute("VACUUM ANALYZE")
    return told


def _free_seats(bench: Bench, showtime: int) -> list[int]:
    """Seats that nobody has, those first that were made last."""
    free = "SELECT seat_id FROM seating_place WHERE showtime_id = %s AND holder = '' ORDER BY seat_id DESC LIMIT 200"
    with bench.house.database() as database:
        return [seat for (seat,) in database.execute(free, [showtime]).fetchall()]


def curves(rows: list[Row]) -> str:
    """CPU and median milliseconds of each operation by size, as a table."""
    found: dict[tuple[str, str], list[Row]] = {}
    for one in rows:
        what, _size, operation = one.name.split()
        found.setdefault((what, operation), []).append(one)
    lines = []
    for (what, operation), sizes in found.items():
        figures = [f"{one.name.split()[1]}: {one.cpu_ms or 0:.1f} / {one.p50_ms:.0f}" for one in sizes]
        lines.append(f"{what:<10}{operation:<10}" + "   ".join(figures))
    return "\n".join(lines)
