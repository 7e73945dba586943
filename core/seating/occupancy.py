"""How full a showtime is."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Count, Q

from core.seating.models import Place

FEW_PLACES = 8
FEW_PERCENT = 10


class Fullness(StrEnum):
    """How full, in as many steps as somebody choosing a showtime needs."""

    UNKNOWN = "unknown"
    PLENTY = "plenty"
    FILLING = "filling"
    FEW = "few"
    TAKEN = "taken"
    SOLD_OUT = "sold_out"


class Occupancy(NamedTuple):
    """Places that anybody could take, of all that are for sale; `held` are neither free nor sold."""

    free: int
    total: int
    held: int = 0

    @property
    def taken(self) -> int:
        """Sold, or in somebody's hands."""
        return self.total - self.free

    @property
    def sold(self) -> int:
        """Sold for good."""
        return self.taken - self.held

    @property
    def percent(self) -> int:
        """How full, from 0 to 100. Never 100 while a place is left, never 0 once one is gone."""
        if not self.total:
            return 0
        gone = self.total - self.free
        return gone * 100 // self.total or int(gone > 0)

    @property
    def fullness(self) -> Fullness:
        """TAKEN: nothing is free, but not everything is sold, so that something may come back."""
        if not self.total:
            return Fullness.UNKNOWN
        if not self.free:
            return Fullness.TAKEN if self.held else Fullness.SOLD_OUT
        if self.free * 100 <= self.total * FEW_PERCENT or self.free <= min(FEW_PLACES, self.total // 2):
            return Fullness.FEW
        return Fullness.PLENTY if self.free * 2 > self.total else Fullness.FILLING


def occupancy(showtime_ids: Iterable[int], *, now: dt.datetime) -> dict[int, Occupancy]:
    """How full each showtime is at that instant, in one query. One without places yet has none of anything."""
    wanted = list(showtime_ids)
    found = dict.fromkeys(wanted, Occupancy(0, 0))
    held = Q(under_payment=True) | Q(held_until__gt=now)
    rows = (
        Place.objects.filter(showtime_id__in=wanted, blocked=False)
        .values("showtime_id")
        .annotate(
            total=Count("id"),
            sold_places=Count("id", filter=Q(sold=True)),
            held=Count("id", filter=Q(sold=False) & held),
        )
        .values_list("showtime_id", "total", "sold_places", "held")
        .order_by()
    )
    for showtime_id, total, sold, taken in rows:
        found[showtime_id] = Occupancy(free=total - sold - taken, total=total, held=taken)
    return found
