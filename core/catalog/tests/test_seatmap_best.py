"""Best available (SE10): together, best first, whole sofas, wheelchair places for who needs them."""

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.seatmap.best import best_available
from core.catalog.seatmap.format import load
from core.catalog.seatmap.samples import sample
from core.catalog.seatmap.spots import SeatSpot
from core.catalog.tests.seatmap_documents import room, spots_of


def seats_in(*rows: dict[str, Any], kind: str = "stage", **zone: Any) -> list[SeatSpot]:
    document = room(*rows, **zone)
    document["focus"]["kind"] = kind
    return spots_of(load(document))


def everybody(seats: list[SeatSpot]) -> set[int | str]:
    return {seat.id for seat in seats}


def test_best_is_the_middle_of_the_best_row() -> None:
    seats = seats_in({"labels": "A-E", "count": 9})
    assert best_available(seats, everybody(seats), 3) == ["A4", "A5", "A6"]


def test_best_prefers_the_middle_of_a_row_behind_to_the_far_end_of_the_front_row() -> None:
    seats = seats_in({"labels": "A-B", "count": 15})
    assert best_available(seats, {"A1", "A2", "A3", "B7", "B8", "B9"}, 2) == ["B7", "B8"]


def test_best_seats_together_means_no_aisle_and_nobody_between() -> None:
    seats = seats_in({"label": "A", "counts": [2, 3]}, {"label": "B", "count": 5})
    assert best_available(seats, everybody(seats) - {"A2", "A4", "B3"}, 2) == ["B1", "B2"]
    assert best_available(seats, {"A1", "A2", "A3", "A4"}, 3) is None
    assert best_available(seats, {"B1", "B2", "B4", "B5"}, 3) is None


def test_best_avoids_leaving_a_single_seat_and_a_restricted_view() -> None:
    seats = seats_in({"label": "A", "count": 6}, {"label": "B", "count": 6, "restricted_view": True})
    assert best_available(seats, {"A2", "A3", "A4", "A5"}, 2) == ["A2", "A3"]
    assert best_available(seats, {"A1", "A2", "B3", "B4"}, 2) == ["A1", "A2"]
    assert best_available(seats, {"A1", "B3", "B4"}, 2) == ["B3", "B4"]


def test_best_stays_in_the_zone_that_was_asked_for() -> None:
    document = room({"label": "A", "count": 4})
    document["zones"].append({"name": "circle", "y": 20, "rows": [{"label": "K", "count": 6}]})
    seats = spots_of(load(document))
    assert best_available(seats, everybody(seats), 2, zone="circle") == ["K3", "K4"]
    assert best_available(seats, everybody(seats), 2, zone="attic") is None


def test_best_takes_sofas_as_pairs_only() -> None:
    seats = seats_in({"label": "A", "count": 6, "type": "sofa"})
    free = everybody(seats)
    assert best_available(seats, free, 2) == ["A3", "A4"]
    assert best_available(seats, free - {"A3"}, 2) == ["A1", "A2"]
    assert best_available(seats, free, 4) == ["A1", "A2", "A3", "A4"]
    assert best_available(seats, free, 3) is None
    assert best_available(seats, free, 3, together=False) is None


WITH_PLACES = {"seats": {"1,6": {"type": "wheelchair"}, "2": {"type": "companion"}}, "step_free": True}


def test_best_keeps_wheelchair_places_for_those_who_ask() -> None:
    seats = seats_in({"label": "A", "count": 6, **WITH_PLACES})
    free = everybody(seats)
    assert best_available(seats, free, 4) is None
    assert best_available(seats, free, 3) == ["A3", "A4", "A5"]
    assert best_available(seats, free, 2, step_free=True) == ["A3", "A4"]
    assert best_available(seats, {"A1", "A2"}, 2) is None
    assert best_available(seats, {"A1", "A2"}, 2, step_free=True) == ["A1", "A2"]
    assert best_available(seats, {"A2", "A3"}, 2, step_free=True) is None


def test_best_gives_as_many_wheelchair_places_as_needed_with_their_companions() -> None:
    seats = seats_in({"label": "A", "count": 6, **WITH_PLACES}, {"label": "B", "count": 6})
    free = everybody(seats)
    assert best_available(seats, free, 2, wheelchairs=1) == ["A1", "A2"]
    assert best_available(seats, free, 1, wheelchairs=1) == ["A1"]
    assert best_available(seats, free, 2, wheelchairs=2) is None
    assert best_available(seats, free, 2, wheelchairs=2, together=False) == ["A1", "A6"]
    assert best_available(seats, free, 1, wheelchairs=2) is None


def test_best_reaches_every_seat_without_steps_when_asked() -> None:
    seats = seats_in({"label": "A", "count": 6}, {"label": "B", "count": 6, "step_free": True})
    assert best_available(seats, everybody(seats), 2, step_free=True) == ["B3", "B4"]


def test_best_falls_back_to_neighbouring_rows_only_when_asked() -> None:
    seats = seats_in({"labels": "A-D", "count": 4})
    free = {"A2", "A3", "B2", "B3", "D1", "D4"}
    assert best_available(seats, free, 4) is None
    assert best_available(seats, free, 4, together=False) == ["A2", "A3", "B2", "B3"]
    assert best_available(seats, free, 2, together=False) == ["A2", "A3"]
    assert best_available(seats, free, 7, together=False) is None


def test_best_falls_back_within_one_zone() -> None:
    document = room({"label": "A", "count": 1})
    document["zones"].append({"name": "circle", "y": 20, "rows": [{"labels": ["L", "K"], "count": 1}]})
    seats = spots_of(load(document))
    assert best_available(seats, everybody(seats), 2, together=False) == ["K1", "L1"]
    assert best_available(seats, everybody(seats), 3, together=False) is None


@pytest.mark.parametrize("count", [0, -1])
def test_best_gives_nothing_for_nobody(count: int) -> None:
    seats = seats_in({"label": "A", "count": 3})
    assert best_available(seats, everybody(seats), count) is None
    assert best_available([], set(), 1) is None


SAAL = spots_of(load(sample("saal_300")))
BY_ID = {seat.id: seat for seat in SAAL}


@given(st.integers(0, 10**6), st.floats(0.02, 1), st.integers(1, 8), st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_best_offers_only_what_may_be_sold_together(
    seed: int, share: float, count: int, together: bool, step_free: bool
) -> None:
    chance = random.Random(seed)
    free = {seat.id for seat in SAAL if chance.random() < share}
    offer = best_available(SAAL, free, count, together=together, step_free=step_free)
    if offer is None:
        assert not together or not _has_plain_stretch(free, count, step_free)
        return
    seats = [BY_ID[seat_id] for seat_id in offer]
    assert (len(offer), len(set(offer)), set(offer) <= free) == (count, count, True)
    assert all(seat.step_free if step_free else not seat.accessible for seat in seats)
    for seat in seats:
        partners = {other.id for other in SAAL if seat.pair and other.pair == seat.pair} - {seat.id}
        assert not seat.bound or partners <= set(offer)
    if together:
        assert len({(seat.zone, seat.row_label, seat.block) for seat in seats}) == 1
        assert [seat.order_in_row for seat in seats] == list(
            range(seats[0].order_in_row, seats[0].order_in_row + count)
        )


def _has_plain_stretch(free: set[int | str], count: int, step_free: bool) -> bool:
    """Ordinary seats side by side, looked for in the plainest way."""
    fit = {
        (seat.zone, seat.row_label, seat.block, seat.order_in_row)
        for seat in SAAL
        if seat.id in free and not seat.bound and not seat.accessible and (seat.step_free or not step_free)
    }
    return any(all((*key[:3], key[3] + n) in fit for n in range(count)) for key in fit)


@pytest.mark.parametrize(("rows", "limit"), [(20, 0.020), (200, 0.200)])
@pytest.mark.parametrize("no_orphans", [True, False])
@pytest.mark.parametrize("together", [True, False])
def test_best_is_found_quickly_in_large_halls(rows: int, limit: float, together: bool, no_orphans: bool) -> None:
    seats = spots_of(load(room({"labels": f"1-{rows}", "counts": [30, 40, 30]})))
    chance = random.Random(7)
    free = {seat.id for seat in seats if chance.random() < 0.4}
    taken = []
    for _attempt in range(7):
        start = time.thread_time()
        best_available(seats, free, 14, together=together, no_orphans=no_orphans)
        taken.append(time.thread_time() - start)
    assert min(taken) < limit
