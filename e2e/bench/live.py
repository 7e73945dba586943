"""The row `live`: from one person's click to the change in the other's page, while many look on."""

import time
from typing import Any

from e2e.bench.measuring import Bench, Load, Row, divide, quantile, row, together

Cost = dict[str, float]
Event = tuple[int, str, float]  # a seat, what others see of it, and when (milliseconds)


def live(bench: Bench) -> list[Row]:
    """Five hundred sockets, two browsers: a click a second, then ten changes a second with other people's."""
    showtime, seats, seconds = bench.take_showtime("small"), bench.seats("small"), bench.seconds("live", 15)
    house, count = bench.house, 20 if bench.small else 500
    watchers = Load(house, "watchers", group="watchers", port=house.place.port, showtime=showtime, count=count)
    url = f"{house.url}/showtimes/{showtime}/"
    browsers = Load(house, "browsers", group="browsers", url=url, seats=seats[-8:])
    others = Load(
        house, "load", kind="pace", port=house.place.port, showtimes=[showtime], seats=seats[:-8],
        most=int(seconds * 9) + 16, arrival=bench.arrival,
    )  # fmt: skip
    (clicks, heard), cost = together(seconds, browsers, watchers)
    one = _row("live 1/s", seconds, [clicks], _seen(browsers), heard | {"opened": count}, cost)
    (clicks, heard, told), cost = together(seconds, browsers, watchers, others)
    ten = _row("live 10/s", seconds, [clicks, told["events"]], _seen(browsers), heard | {"opened": count}, cost)
    ten.errors += sum(1 for outcome in told["outcomes"] if outcome)
    for load in (watchers, browsers, others):
        load.close()
    return [one, ten]


def _seen(browsers: Load) -> list[Event]:
    """What the watched page has shown, up to the last change."""
    time.sleep(1.5)
    browsers.begin("look")
    seen: list[Event] = browsers.told()
    return seen


def _row(name: str, seconds: float, made: list[list[Event]], seen: list[Event], heard: Any, cost: Cost) -> Row:
    """The figures of a span: every change that somebody made and when the watched page showed it."""
    delays = [_delays(changes, seen) for changes in made]
    shown = [ms for some in delays for ms in some if ms is not None]
    missed = sum(len(some) for some in delays) - len(shown)
    measured = row(name, {"ms": shown, "outcomes": [""] * len(shown), "seconds": seconds}, {})
    divide(measured, cost, operations=len(shown))
    least, most = heard["messages"]
    measured.errors = missed + heard["opened"] - heard["alive"] + (least != most)
    clicks = [ms for ms in delays[0] if ms is not None]
    measured.also = {
        "clicks": {"n": len(clicks), "p50_ms": quantile(clicks, 0.5), "p95_ms": quantile(clicks, 0.95)},
        "sockets": heard,
        "missed": missed,
    }
    return measured


def _delays(changes: list[Event], seen: list[Event]) -> list[float | None]:
    """For each change: milliseconds until it was seen; None if it never was."""
    times: dict[tuple[int, str], list[float]] = {}
    for seat, state, at in seen:
        times.setdefault((seat, state), []).append(at)
    return [
        min((at - began for at in times.get((seat, state), []) if at >= began), default=None)
        for seat, state, began in changes
    ]
