"""How quick a click is: on the page that was clicked, and on somebody else's."""

import statistics
from typing import Any

from playwright.sync_api import Page

from core.catalog.models import Showtime
from e2e.cast import House
from e2e.stories import steps
from e2e.stories.conftest import MakeShowtime

# What is promised is 150 ms to be confirmed and a second to be seen; a busy machine of two cores gets room.
CONFIRMED_MS, SEEN_MS = 400, 1_000
LABELS = [f"G{number}" for number in range(5, 15)]

# From the click to the answer: the seat is mine, and waits for nothing.
CLICK = """seat => new Promise((done) => {
  const from = performance.timeOrigin + performance.now();
  const look = () => {
    if (seat.dataset.s !== "m" || seat.hasAttribute("aria-busy")) return;
    watcher.disconnect();
    done({from, at: performance.timeOrigin + performance.now()});
  };
  const watcher = new MutationObserver(look);
  watcher.observe(seat, {attributes: true});
  seat.click();
  window.shownAfter = performance.timeOrigin + performance.now() - from;
})"""
WATCH = """seat => { window.seen = new Promise((done) => {
  new MutationObserver(() => {
    if (seat.dataset.s === "h") done(performance.timeOrigin + performance.now());
  }).observe(seat, {attributes: true});
}); }"""


def click_each(amina: Page, bruno: Page, showtime: Showtime) -> tuple[list[float], list[float]]:
    """Ten clicks, one after the other: milliseconds until confirmed, and until seen by Bruno."""
    confirmed, seen = [], []
    for label in LABELS:
        steps.seat(bruno, label).evaluate(WATCH)
        times: dict[str, Any] = steps.seat(amina, label).evaluate(CLICK)
        confirmed.append(times["at"] - times["from"])
        seen.append(bruno.evaluate("window.seen") - times["from"])
    return confirmed, seen


def test_click_is_confirmed_within_150_ms_and_seen_within_a_second(
    amina: Page, bruno: Page, saal: House, make_showtime: MakeShowtime, record_property: Any
) -> None:
    """SE1, SE5: the median of ten clicks in a hall of 300; the run tells the figures at its end."""
    showtime = make_showtime(of=saal)
    steps.watch(amina, showtime)
    steps.watch(bruno, showtime)
    confirmed, seen = click_each(amina, bruno, showtime)
    for name, values in (("a click is confirmed", confirmed), ("and seen by others", seen)):
        told = f"median {statistics.median(values):.0f} ms, from {min(values):.0f} to {max(values):.0f} ms"
        record_property(name, told)
    assert statistics.median(confirmed) < CONFIRMED_MS
    assert max(seen) < SEEN_MS
