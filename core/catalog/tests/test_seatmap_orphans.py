"""Single seats left alone (SE10): found, excused where there is no other way."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.seatmap.best import best_available
from core.catalog.seatmap.format import load
from core.catalog.seatmap.orphans import OrphanRule, leaves_orphans
from core.catalog.seatmap.spots import SeatSpot
from core.catalog.tests.seatmap_documents import room, spots_of


def row_of(count: int = 6, **row: Any) -> list[SeatSpot]:
    return spots_of(load(room({"label": "A", "count": count, **row})))


def ids(*numbers: int) -> set[str]:
    return {f"A{number}" for number in numbers}


def test_orphan_is_a_seat_left_between_taken_seats_or_at_the_wall() -> None:
    row, free = row_of(), ids(1, 2, 3, 4, 5, 6)
    assert leaves_orphans(row, free, ids(2, 3)) == ["A1"]
    assert leaves_orphans(row, free - ids(2, 3), ids(2, 3)) == ["A1"]
    assert leaves_orphans(row, free, ids(1, 2)) == []
    assert leaves_orphans(row, free, ids(3, 4)) == []
    assert leaves_orphans(row, free, ids(1, 3)) == ["A2"]
    assert leaves_orphans(row, free, ids(2, 5)) == ["A1", "A6"]


def test_orphan_is_a_seat_left_at_an_aisle() -> None:
    row = row_of(aisles=[3])
    assert leaves_orphans(row, ids(1, 2, 3, 4, 5, 6), ids(1, 2, 3)) == []
    assert leaves_orphans(row, ids(1, 2, 3, 4, 5, 6), ids(4)) == []
    assert leaves_orphans(row, ids(1, 2, 3, 4, 5, 6), ids(2)) == ["A1", "A3"]


def test_orphan_that_was_alone_before_is_nobodys_fault() -> None:
    row = row_of(8)
    assert leaves_orphans(row, ids(1, 3, 4, 5, 6), ids(3, 4)) == []


def test_orphan_is_excused_when_the_row_offers_nothing_better() -> None:
    row = row_of()
    assert leaves_orphans(row, ids(1, 2, 3), ids(1, 2)) == []
    assert leaves_orphans(row, ids(1, 2, 3), ids(2)) == ["A1", "A3"]
    assert leaves_orphans(row, ids(1, 2, 3, 5, 6), ids(1, 2)) == ["A3"]


def test_orphans_are_neither_wheelchair_places_nor_halves_of_sofas() -> None:
    places = {"seats": {"1,6": {"type": "wheelchair"}, "2": {"type": "companion"}}}
    assert leaves_orphans(row_of(**places), ids(1, 2, 3, 4, 5, 6), ids(3, 4, 5)) == []
    assert leaves_orphans(row_of(**places), ids(1, 2, 3, 4, 5, 6), ids(4)) == ["A3", "A5"]
    assert leaves_orphans(row_of(type="sofa"), ids(1, 2, 3, 4, 5, 6), ids(1, 2, 5, 6)) == []


def test_orphans_are_looked_for_in_every_row_that_was_touched() -> None:
    seats = spots_of(load(room({"labels": "A-C", "count": 5})))
    rule = OrphanRule(seats, {seat.id for seat in seats})

    def orphans(*chosen: str) -> list[Any]:
        return rule.orphans([seat for seat in seats if seat.id in chosen])

    assert orphans("A2", "A3", "C3") == ["A1"]
    assert orphans("A2", "A3", "A4", "C4") == ["A1", "A5", "C5"]
    assert orphans() == []


@given(st.sets(st.integers(1, 12)), st.sets(st.integers(1, 12)), st.integers(1, 5), st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_best_available_never_offers_what_the_orphan_rule_refuses(
    taken: set[int], taken_behind: set[int], count: int, together: bool, step_free: bool
) -> None:
    row = {"count": 12, "aisles": [4], "seats": {"5": {"type": "wheelchair"}, "1-8": {"step_free": True}}}
    seats = spots_of(load(room({"labels": "A-B", **row})))
    free = {seat.id for seat in seats} - ids(*taken) - {f"B{number}" for number in taken_behind}
    offer = best_available(seats, free, count, together=together, step_free=step_free, no_orphans=True)
    if offer is not None:
        assert OrphanRule(seats, free).orphans([seat for seat in seats if seat.id in offer]) == []


def test_best_available_offers_worse_seats_when_the_best_would_leave_one_alone() -> None:
    row = row_of(30)
    assert best_available(row, ids(14, 15, 16, 1, 2), 2) == ["A15", "A16"]
    assert best_available(row, ids(14, 15, 16, 1, 2), 2, no_orphans=True) == ["A1", "A2"]
    assert best_available(row, ids(14, 15, 16), 2, no_orphans=True) == ["A15", "A16"]
