"""Small rooms for the tests of seat maps."""

from typing import Any

from core.catalog.seatmap.plan import SeatMapPlan
from core.catalog.seatmap.spots import SeatSpot


def room(*rows: dict[str, Any], **zone: Any) -> dict[str, Any]:
    """A cinema with one zone, "hall", four units behind the screen."""
    return {
        "format": "foyer-seat-map/1",
        "name": "Room",
        "focus": {"kind": "screen"},
        "zones": [{"name": "hall", "y": 4, "rows": list(rows), **zone}],
    }


def spots_of(plan: SeatMapPlan) -> list[SeatSpot]:
    """The plan as the choosers see it; a seat's id is "<row><number>"."""
    return [
        SeatSpot(
            id=f"{seat.row_label}{seat.seat_number}",
            zone=seat.zone,
            row_label=seat.row_label,
            row_rank=seat.row_rank,
            order_in_row=seat.order_in_row,
            block=seat.block,
            x=seat.x,
            y=seat.y,
            seat_type=seat.seat_type,
            step_free=seat.step_free,
            pair=seat.pair,
            restricted_view=seat.restricted_view,
        )
        for seat in plan.seats
    ]
