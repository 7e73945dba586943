"""The demo's rules, without a database."""

import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from core.catalog.actions import Price
from core.catalog.pricing import PriceList, Tier
from core.catalog.seatmap.format import load
from core.flows.demo import content
from core.flows.demo.demand import dice, share_sold
from core.flows.demo.programme import CLUB, EVENINGS, HALL, SALON, TURNOVER, WEEK, Slot, at, programme
from core.flows.demo.seats import Spot, groups, together
from core.flows.demo.tariffs import prices

TODAY = dt.date(2026, 11, 21)
NOON = at(TODAY, "12:00")
STATIC = Path(__file__).resolve().parents[3] / "static"
ROOMS = {f"{v['slug']}/{r['slug']}": r["plan"] for v in content.houses()["venue"] for r in v["room"]}


def by_room(slots: list[Slot]) -> dict[str, list[Slot]]:
    rooms = defaultdict(list)
    for slot in slots:
        rooms[slot.room].append(slot)
    return {room: sorted(found, key=lambda slot: slot.starts) for room, found in rooms.items()}


def test_stories_are_twenty_with_a_dozen_films_when_read() -> None:
    stories = content.stories().values()
    assert (len(stories), sum(1 for story in stories if story.film)) == (20, 12)
    assert all(story.fields["description"].count("\n\n") in (1, 2) for story in stories)
    assert len({story.fields["poster"] for story in stories}) == 20


def test_posters_exist_and_differ_when_named_by_a_story() -> None:
    pictures = [story.fields["poster"] for story in content.stories().values()]
    pictures += [venue["image"] for venue in content.houses()["venue"]]
    drawn = [(STATIC / picture).read_bytes() for picture in pictures]
    assert len(set(drawn)) == 23
    assert not [picture for picture, svg in zip(pictures, drawn, strict=True) if b"style=" in svg or b"<script" in svg]


@pytest.mark.parametrize("offset", range(14))
def test_programme_sweeps_every_room_when_seeded_on_any_day(offset: int) -> None:
    slots = list(programme(TODAY + dt.timedelta(days=offset)))
    assert set(by_room(slots)) == {*WEEK, HALL, CLUB}
    for found in by_room(slots).values():
        gaps = [later.starts - earlier.ends for earlier, later in pairwise(found)]
        assert min(gaps) >= TURNOVER


@pytest.mark.parametrize("offset", range(14))
def test_programme_has_each_special_case_to_come_when_seeded_on_any_day(offset: int) -> None:
    """A free, a cancelled, a sold out, a nearly sold out showtime and one whose sale has not opened."""
    now = NOON + dt.timedelta(days=offset)
    coming = [slot for slot in programme(now.date()) if slot.starts > now]
    assert {slot.story for slot in coming} == set(content.stories())
    assert sum(slot.cancelled for slot in coming) in (1, 2)
    assert [slot.format for slot in coming if slot.tariff == "free"] == ["Open rehearsal"]
    assert [slot.story for slot in coming if slot.sale_opens and slot.sale_opens > now] == ["late-schubert"]
    shares = Counter(share_sold(slot, now) for slot in coming)
    assert shares[1.0] >= 1
    assert shares[0.95] >= 2


def test_programme_agrees_with_itself_when_seeded_a_day_later() -> None:
    today, tomorrow = set(programme(TODAY)), set(programme(TODAY + dt.timedelta(days=1)))
    first, last = TODAY - dt.timedelta(days=2), TODAY + dt.timedelta(days=14)
    both = [{slot for slot in slots if first <= slot.starts.date() <= last} for slots in (today, tomorrow)]
    assert both[0] == both[1]


def test_programme_shows_children_films_in_the_afternoon_when_looked_at() -> None:
    children = [slot for slot in programme(TODAY) if slot.tariff in ("children", "salon-children")]
    assert {slot.starts.hour for slot in children} <= set(range(11, 17))
    assert len(children) > 10


@pytest.mark.parametrize("tariff", sorted({slot.tariff for slot in programme(TODAY)} | {e.tariff for e in EVENINGS}))
def test_prices_cover_every_place_when_a_tariff_is_used(tariff: str) -> None:
    rooms = {slot.room for slot in programme(TODAY) if slot.tariff == tariff}
    for room in rooms:
        plan = load(content.plan_of(ROOMS[room]))
        names = [zone.name for zone in plan.zones]
        listed: list[Price] = prices(tariff)
        tiers = [Tier(p.ticket_type, p.amount, names.index(p.zone) if p.zone else None, p.seat_type) for p in listed]
        kinds = {(names.index(seat.zone), seat.seat_type) for seat in plan.seats}
        kinds |= {(n, "") for n, zone in enumerate(plan.zones) if zone.capacity}
        found = PriceList(tiers)
        assert all("adult" in found.prices(zone_id=zone, seat_type=kind) for zone, kind in kinds)


def test_share_sold_grows_when_the_day_comes_near() -> None:
    slot = next(
        slot for slot in programme(TODAY) if slot.room == SALON and slot.starts.date() > TODAY and not slot.fill
    )
    shares = [share_sold(slot, slot.starts - dt.timedelta(days=days)) for days in (14, 8, 5, 2, 0)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def row_of(length: int, rank: int = 1) -> list[Spot]:
    return [
        Spot(100 * rank + n, 1, "standard", (1, str(rank), 0), n, rank, n - length / 2, "", f"{n}")
        for n in range(length)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_groups_leave_no_single_seats_when_a_house_is_half_sold(seed: int) -> None:
    spots = [spot for rank in range(1, 9) for spot in row_of(14, rank)]
    chosen = groups(spots, 56, dice(seed))
    taken = [spot.place_id for group in chosen for spot in group]
    assert len(taken) == len(set(taken)) == 56
    assert all([spot.order for spot in g] == list(range(g[0].order, g[0].order + len(g))) for g in chosen)
    free = {spot.place_id for spot in spots} - set(taken)
    assert not [place for place in free if place - 1 not in free and place + 1 not in free]


def test_groups_take_every_place_when_it_is_sold_out() -> None:
    sofa = [Spot(n, 2, "sofa", (2, "L", 0), n, 9, 0.0, f"p{n // 2}", "L") for n in range(6)]
    spots = row_of(7) + row_of(12, 2) + sofa
    assert sorted(spot for group in groups(spots, 25, dice("all")) for spot in group) == sorted(spots)


def test_groups_keep_pairs_together_when_sofas_are_sold() -> None:
    sofas = [Spot(n, 2, "sofa", (2, "L", 0), n, 9, 0.0, f"p{n // 2}", "L") for n in range(20)]
    chosen = groups(sofas, 10, dice("sofas"))
    assert [len({spot.pair for spot in group}) for group in chosen] == [1] * len(chosen)
    assert {len(group) for group in chosen} == {2}


def test_groups_stay_in_their_zone_when_people_stand() -> None:
    floor = [Spot(n, 1 + n // 30, "", (1 + n // 30, "", 0), n, 0, 0.0, "", "Floor") for n in range(60)]
    chosen = groups(floor, 41, dice("standing"))
    assert sum(map(len, chosen)) == 41
    assert {len({spot.zone_id for spot in group}) for group in chosen} == {1}


def test_together_is_empty_when_no_row_is_long_enough() -> None:
    assert together(row_of(2), 3, dice("none")) == []
    assert len(together(row_of(9), 3, dice("some"))) == 3
