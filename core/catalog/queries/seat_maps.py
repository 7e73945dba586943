"""Reading seat maps."""

from typing import Any

from core.catalog.models import SeatMap
from core.catalog.seatmap.format import dump, load


def export_seat_map(seat_map: SeatMap, *, explicit: bool = False) -> dict[str, Any]:
    """The document of a seat map, as it was written; `explicit` spells out every seat instead of whole rows."""
    document: dict[str, Any] = seat_map.document
    return dump(load(document)) if explicit else document
