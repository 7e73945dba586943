"""The story: a house is built, people come, everything is killed, everybody goes home, and it all adds up."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from core.catalog.models import Seat
from e2e.cast import House, build_house
from e2e.chaos import reckoning
from e2e.chaos.buyers import Crowd, Hall
from e2e.chaos.strikes import Monkey, Timeline
from e2e.chaos.watchers import Audience
from e2e.topology import Topology

PEOPLE = 16
SEATS_FOR_EACH = 2.2  # of a purchase: some are left over, so that the last ones find seats too


@dataclass(frozen=True)
class Plan:
    """How long it goes on, and how wildly. `in_haste`: at the end a minute passes at once, as the rows are told."""

    seed: int
    purchases: int
    every: tuple[float, float] = (1.5, 4.5)
    away: tuple[float, float] = (0.5, 4.0)
    in_haste: bool = False
    most_seconds: float = 3600.0


@dataclass
class Report:
    """What came of it; `faults` is empty when nothing was lost."""

    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def build(*, showtimes: int, purchases: int) -> list[Hall]:
    """A house with holds and leases of a minute, and so many seats that people meet but do not starve."""
    now = timezone.now().replace(microsecond=0)
    seats = int(purchases * SEATS_FOR_EACH / showtimes / 20) + 1
    house = build_house(rows=20, seats_per_row=max(seats, 4), now=now)
    organizer = house.organizer
    organizer.hold_minutes = organizer.lease_minutes = 1
    organizer.places_per_address = 30_000  # everybody comes from this machine
    organizer.fee_fixed = 50
    organizer.save()
    return [_hall(house, number) for number in range(showtimes)]


def _hall(house: House, number: int) -> Hall:
    later = house.showtime.starts_at + dt.timedelta(hours=3 * number)
    showtime = house.another_showtime(starts_at=later) if number else house.showtime
    seats = Seat.objects.filter(seat_map=showtime.seat_map).order_by("id")
    return Hall(showtime.pk, tuple(seats.values_list("id", flat=True)))


def run(foyer: Topology, plan: Plan, *, halls: list[Hall], say: Callable[[str], None]) -> Report:
    """All of it, on a running Foyer with these showtimes."""
    reckoning.let_go()
    timeline, report = Timeline(say=say), Report()
    crowd = Crowd(foyer.url, foyer.till.url, halls, plan.seed, plan.purchases, lease_seconds=60.0)
    audience = Audience(foyer.url, [hall.showtime_id for hall in halls for _ in range(2)])
    monkey = Monkey(foyer, timeline, seed=plan.seed, every=plan.every, away=plan.away)
    timeline.note(f"seed {plan.seed}: {PEOPLE} people, {plan.purchases} purchases, {len(audience.watchers)} open pages")
    audience.start()
    crowd.start(PEOPLE)
    while crowd.is_shopping and timeline.seconds < plan.most_seconds:
        monkey.look()
        time.sleep(0.05)
    crowd.stopping.set()
    monkey.stop()
    shopping = timeline.seconds
    while crowd.is_shopping and timeline.seconds < shopping + 90:
        monkey.tend()
        time.sleep(0.1)
    patience = 60.0 if plan.in_haste else 900.0
    report.faults += reckoning.finish(
        foyer, patience=patience, in_haste=plan.in_haste, say=timeline.note, tend=monkey.tend
    )
    report.faults += [*monkey.faults, *crowd.seen.faults]
    for check in (
        lambda: reckoning.ready(foyer),
        lambda: reckoning.healed(foyer, audience),
        lambda: reckoning.verified(foyer),
        reckoning.nothing_hangs,
        lambda: reckoning.to_the_cent(foyer),
        lambda: reckoning.promises_kept(crowd.seen),
    ):
        report.faults += check()
    audience.stop()
    report.lines = summary(crowd, audience, monkey, foyer, shopping)
    for line in [*report.lines, *(f"FAULT: {fault}" for fault in report.faults)]:
        say(line)
    return report


def summary(crowd: Crowd, audience: Audience, monkey: Monkey, foyer: Topology, shopping: float) -> list[str]:
    """The figures."""
    counts = {
        "killed": monkey.timeline.kills,
        "ended by themselves": {name: len(words) for name, words in monkey.ended.items()},
        "purchases": crowd.seen.outcomes,
        "answers": crowd.seen.answers,
        "sockets": audience.did,
        **reckoning.figures(),
        "Stripe": foyer.till.ask("money")["totals"],
    }
    lines = [f"{crowd.purchases} purchases in {shopping:.0f} s, {monkey.timeline.seconds:.0f} s with the reckoning"]
    return lines + [f"  {what}: " + ", ".join(f"{n} {k}" for k, n in sorted(c.items())) for what, c in counts.items()]
