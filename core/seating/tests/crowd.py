"""Places of a showtime in the states that a test needs."""

import datetime as dt

from core.catalog.models import Showtime
from core.seating.models import Place


def fill(
    showtime: Showtime,
    *,
    free: int = 0,
    sold: int = 0,
    paying: int = 0,
    blocked: int = 0,
    held_until: dt.datetime | None = None,
    held: int = 0,
) -> None:
    """Standing places in the only zone of the showtime's plan."""
    states = (
        [{}] * free
        + [{"sold": True}] * sold
        + [{"blocked": True}] * blocked
        + [{"under_payment": True, "holder": "anon:bruno"}] * paying
        + [{"held_until": held_until, "holder": "anon:bruno"}] * held
    )
    zone = showtime.seat_map.zones.get()
    Place.objects.bulk_create(
        Place(showtime=showtime, zone=zone, number=number, **state) for number, state in enumerate(states, start=1)
    )
