"""What a place costs whom: plain values in, plain values out."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Tier(NamedTuple):
    """One price. An empty zone or seat type means every one; amounts are minor units."""

    ticket_type: str
    amount: int
    zone_id: int | None = None
    seat_type: str = ""


class PriceList:
    """The prices of one showtime. The most specific tier wins: zone and type, then zone, then type, then all."""

    def __init__(self, tiers: Iterable[Tier]) -> None:
        self._amounts = {(tier.zone_id, tier.seat_type, tier.ticket_type): tier.amount for tier in tiers}
        self._ticket_types = list(dict.fromkeys(key[2] for key in self._amounts))

    def price(self, *, zone_id: int, seat_type: str, ticket_type: str) -> int | None:
        """What `ticket_type` pays there; None where it is not sold. A standing place has the empty seat type."""
        for key in (
            (zone_id, seat_type, ticket_type),
            (zone_id, "", ticket_type),
            (None, seat_type, ticket_type),
            (None, "", ticket_type),
        ):
            if key in self._amounts:
                return self._amounts[key]
        return None

    def prices(self, *, zone_id: int, seat_type: str) -> dict[str, int]:
        """Every ticket type that is sold there with its price, in the order of the tiers; empty where none is."""
        found = {
            ticket_type: self.price(zone_id=zone_id, seat_type=seat_type, ticket_type=ticket_type)
            for ticket_type in self._ticket_types
        }
        return {ticket_type: amount for ticket_type, amount in found.items() if amount is not None}

    def span(self, kinds: Iterable[tuple[int, str]], ticket_type: str) -> tuple[int, int] | None:
        """The least and the most that `ticket_type` pays among those (zone, seat type); None where nothing is sold."""
        amounts = [
            amount
            for zone_id, seat_type in kinds
            if (amount := self.price(zone_id=zone_id, seat_type=seat_type, ticket_type=ticket_type)) is not None
        ]
        return (min(amounts), max(amounts)) if amounts else None


def in_order(tiers: Iterable[Tier], ticket_types: Sequence[str]) -> list[Tier]:
    """Tiers sorted as the ticket types are named, so that lists read adult, child, reduced everywhere."""
    rank = {ticket_type: n for n, ticket_type in enumerate(ticket_types)}
    return sorted(tiers, key=lambda tier: rank.get(tier.ticket_type, len(rank)))
