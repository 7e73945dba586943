"""What showtimes cost."""

from collections.abc import Iterable

from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce

from core.catalog.models import PriceTier, Seat, Showtime, TicketType
from core.catalog.pricing import PriceList, Tier, in_order


def price_lists(showtime_ids: Iterable[int]) -> dict[int, PriceList]:
    """The prices of many showtimes, in one query."""
    wanted = list(showtime_ids)
    tiers: dict[int, list[Tier]] = {showtime_id: [] for showtime_id in wanted}
    rows = PriceTier.objects.filter(showtime_id__in=wanted).order_by("id")
    for row in rows:
        tiers[row.showtime_id].append(Tier(row.ticket_type, row.amount, row.zone_id, row.seat_type))
    return {showtime_id: PriceList(in_order(found, TicketType.values)) for showtime_id, found in tiers.items()}


def least_prices(showtimes: QuerySet[Showtime], *, by: str = "showtime_id") -> dict[int, int]:
    """From what amount each showtime can be had (or each event, with `by="showtime__event_id"`), in one query.

    It is an adult's price, so that "from" promises nobody a child's or a companion's; 0 only where everything is free.
    """
    adult = Q(ticket_type=TicketType.ADULT) & ~Q(seat_type=Seat.Type.COMPANION)
    least = Coalesce(Min("amount", filter=adult & Q(amount__gt=0)), Min("amount", filter=adult), Min("amount"))
    rows = PriceTier.objects.filter(showtime__in=showtimes).values(by).annotate(least=least)
    return dict(rows.values_list(by, "least").order_by())
