"""The prices of a hall, a line for each kind of place."""

from dataclasses import dataclass

from core.catalog.models import Seat, Showtime, TicketType
from portals.customer.hall.drawing import TYPES
from portals.customer.hall.plan import Hall


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What one kind of place costs whom. `kind` is the seat's shape in the legend, empty for standing places."""

    kind: str
    label: str
    zones: str
    prices: tuple[tuple[str, int], ...]


def price_rows(showtime: Showtime, hall: Hall) -> list[PriceRow]:
    """Seats of one type at one price share a line, with the zones where they are if there are several."""
    found: dict[tuple[str, tuple[tuple[str, int], ...]], list[str]] = {}
    prices = showtime.prices
    kinds = dict.fromkeys((seat.zone_id, seat.seat_type) for seat in hall.seats)
    names = {zone.pk: zone.label for zone in hall.zones}
    for zone_id, seat_type in [*kinds, *((zone.pk, "") for zone in hall.standing)]:
        costs = prices.prices(zone_id=zone_id, seat_type=seat_type)
        told = tuple((str(TicketType(kind).label), amount) for kind, amount in costs.items())
        found.setdefault((seat_type, told), []).append(names[zone_id])
    several = len(hall.zones) > 1
    rank = {seat_type: n for n, seat_type in enumerate([*Seat.Type.values, ""])}
    return [
        PriceRow(
            kind=TYPES[Seat.Type(seat_type)][0] if seat_type else "",
            label=str(Seat.Type(seat_type).label) if seat_type else ", ".join(zones),
            zones=", ".join(zones) if several and seat_type else "",
            prices=told,
        )
        for (seat_type, told), zones in sorted(found.items(), key=lambda item: rank[item[0][0]])
    ]
