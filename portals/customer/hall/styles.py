"""The style sheet that puts everything of a seat map in its place."""

from functools import lru_cache

from core.catalog.seatmap.geometry import css
from portals.customer.hall.plan import hall_of

# Part of the address, so that browsers fetch it again when what it says changes.
VERSION = 1


@lru_cache(maxsize=24)
def style_sheet(seat_map_id: int) -> str:
    """Where each seat and each label is. It never changes, so browsers keep it for ever."""
    hall = hall_of(seat_map_id)
    seats = [(seat.pk, seat.x, seat.y, seat.rotation) for seat in hall.seats]
    labels = [(label.id.removeprefix("s"), label.x, label.y, 0.0) for label in hall.labels]
    return css([*seats, *labels], width=hall.seat_map.width, height=hall.seat_map.height)
