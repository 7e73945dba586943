"""A showtime at which nobody can choose anything now: whether that is for good, and when else the event can be seen."""

import datetime as dt
from dataclasses import dataclass

from core.catalog.models import Showtime
from core.catalog.queries import showtimes_of_event
from core.seating.occupancy import Fullness, occupancy
from portals.customer.showings import Showing, showings

MOST_OTHERS = 8


@dataclass(frozen=True, slots=True)
class NothingFree:
    """`is_sold_out`, or all that is not sold is held just now. `others` are times at which there is something left."""

    is_sold_out: bool
    others: list[Showing]


def nothing_free(showtime: Showtime, *, now: dt.datetime) -> NothingFree:
    """What there is to say about a showtime without a free place."""
    full = occupancy([showtime.pk], now=now)[showtime.pk]
    told = showings(showtimes_of_event(showtime.event, now=now), now=now)
    others = [showing for showing in told if showing.can_be_had and showing.showtime.pk != showtime.pk]
    return NothingFree(full.fullness == Fullness.SOLD_OUT, others[:MOST_OTHERS])
