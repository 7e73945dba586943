"""What is offered instead of seats that went to somebody faster."""

import pytest

from core.catalog.seatmap.nearest import nearest
from core.catalog.seatmap.spots import SeatSpot


def row(label, count, *, y, zone="stalls", seat_type="standard", first=1, block=0, pairs=False, restricted=()):
    return [
        SeatSpot(
            id=f"{label}{number}",
            zone=zone,
            row_label=label,
            row_rank=int(y),
            order_in_row=number,
            block=block,
            x=float(number),
            y=y,
            seat_type=seat_type,
            step_free=False,
            pair=f"{label}{(number + 1) // 2}" if pairs else "",
            restricted_view=number in restricted,
        )
        for number in range(first, first + count)
    ]


def offered(seats, taken, wanted):
    known = {seat.id: seat for seat in seats}
    free = {seat.id for seat in seats} - set(taken)
    return nearest(seats, free, [known[seat_id] for seat_id in wanted])


@pytest.mark.parametrize(
    ("taken", "wanted", "expected"),
    [
        (["A3"], ["A3"], ["A2"]),
        (["A2", "A3", "A4"], ["A3"], ["B3"]),
        (["A3", "A4"], ["A3", "A4"], ["B3", "B4"]),
        (["A3", "A4", "B3", "B4"], ["A3", "A4"], ["A1", "A2"]),
        (["A1"], [], []),
    ],
)
def test_nearest_is_as_many_seats_side_by_side_as_close_as_can_be(taken, wanted, expected):
    seats = row("A", 6, y=1.0) + row("B", 6, y=2.0)
    assert offered(seats, taken, wanted) == expected


def test_nearest_stays_in_the_zone_and_is_empty_when_nothing_is_left_there():
    seats = row("A", 2, y=1.0) + row("B", 2, y=2.0, zone="circle")
    assert offered(seats, ["A1", "A2"], ["A1"]) == []


def test_nearest_prefers_the_same_type_and_a_whole_view():
    seats = row("A", 1, y=1.0, seat_type="premium") + row("A", 3, y=1.0, first=2, restricted=(2,))
    seats += row("B", 4, y=3.0, seat_type="premium")
    assert offered(seats, ["A1"], ["A1"]) == ["B1"]
    assert offered(seats, ["A3"], ["A3"]) == ["A4"]


def test_nearest_offers_sofas_whole_and_nothing_kept_for_wheelchairs():
    sofas = row("S", 4, y=1.0, seat_type="sofa", pairs=True)
    assert offered(sofas, ["S1", "S2"], ["S1", "S2"]) == ["S3", "S4"]
    assert offered(sofas, ["S1"], ["S1"]) == []
    spaces = row("W", 2, y=1.0, seat_type="wheelchair")
    assert offered(spaces, ["W1"], ["W1"]) == []


def test_nearest_does_not_reach_over_an_aisle():
    seats = row("A", 2, y=1.0) + row("A", 2, y=1.0, first=3, block=1)
    assert offered(seats, ["A1"], ["A1", "A2"]) == ["A3", "A4"]
    assert offered(seats, ["A1", "A4"], ["A1", "A2"]) == []
