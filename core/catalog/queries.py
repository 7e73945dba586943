"""Reading the catalogue."""

from collections.abc import Iterable
from typing import Any

from core.catalog.models import PriceTier, SeatMap, Showtime, TicketType
from core.catalog.pricing import PriceList, Tier, in_order
from core.catalog.seatmap.format import dump, load


def price_list(showtime: Showtime) -> PriceList:
    """The prices of a showtime."""
    return price_lists([showtime.pk])[showtime.pk]


def price_lists(showtime_ids: Iterable[int]) -> dict[int, PriceList]:
    """The prices of many showtimes, in one query."""
    wanted = list(showtime_ids)
    tiers: dict[int, list[Tier]] = {showtime_id: [] for showtime_id in wanted}
    rows = PriceTier.objects.filter(showtime_id__in=wanted).order_by("id")
    for row in rows:
        tiers[row.showtime_id].append(Tier(row.ticket_type, row.amount, row.zone_id, row.seat_type))
    return {showtime_id: PriceList(in_order(found, TicketType.values)) for showtime_id, found in tiers.items()}


def export_seat_map(seat_map: SeatMap, *, explicit: bool = False) -> dict[str, Any]:
    """The document of a seat map, as it was written; `explicit` spells out every seat instead of whole rows."""
    document: dict[str, Any] = seat_map.document
    return dump(load(document)) if explicit else document
