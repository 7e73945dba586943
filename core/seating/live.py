"""What the watchers of a showtime are told when places change."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from core.kernel import broadcast
from core.kernel.compiled import AnyOf, compiled
from core.seating.models import Place
from core.seating.queries import standing_left

_State = tuple[int | None, bool, bool, bool, dt.datetime | None]


def topic(showtime_id: int) -> str:
    """The name of the group of everybody who looks at the showtime."""
    return f"showtime.{showtime_id}"


def places_changed(showtime_id: int, places: Collection[Place]) -> None:
    """Announce, after this transaction's commit, that the state of `places` changed."""

    def render(place_ids: set[int]) -> dict[str, Any] | None:
        return message(showtime_id, place_ids, now=dt.datetime.now(dt.UTC))

    broadcast.announce(topic(showtime_id), {place.id for place in places}, render)


def message(showtime_id: int, place_ids: Collection[int], *, now: dt.datetime) -> dict[str, Any] | None:
    """The message about the present state of the places: `seat_update` for one seat, `bulk_seat_update` for several.

    Standing places have no seat to name: how many are left of each zone is told as `availability_changed`, or along
    with the seats. Says nothing of who holds a seat: that would tell everybody who is who.
    """
    rows = _states(list(place_ids))
    if not rows:
        return None
    stamp = iso(now)
    updates = [_update(row, now=now) for row in rows if row[0] is not None]
    zones: dict[str, Any] = {}
    if len(updates) < len(rows):
        left = standing_left(showtime_id, now=now)
        zones = {"zones": [{"zone_id": zone_id, "free": free} for zone_id, free in left.items()]}
    if not updates:
        return {"type": "availability_changed", **zones, "timestamp": stamp}
    if len(updates) == 1 and not zones:
        return {"type": "seat_update", **updates[0], "timestamp": stamp}
    return {"type": "bulk_seat_update", "updates": updates, **zones, "timestamp": stamp}


@compiled
def _states(ids: list[int]) -> "QuerySet[Place, _State]":
    told = ("seat_id", "sold", "blocked", "under_payment", "held_until")
    return Place.objects.filter(AnyOf("id", ids)).order_by("seat_id").values_list(*told)


def _update(row: _State, *, now: dt.datetime) -> dict[str, Any]:
    seat_id, sold, blocked, under_payment, held_until = row
    if sold or blocked:
        return {"seat_id": seat_id, "status": "booked"}
    if under_payment:
        # No end is told: only Stripe's word ends it, so the page must not lapse the seat by itself.
        return {"seat_id": seat_id, "status": "reserved"}
    if held_until is not None and held_until > now:
        return {"seat_id": seat_id, "status": "reserved", "expires_at": iso(held_until)}
    return {"seat_id": seat_id, "status": "available"}


def iso(instant: dt.datetime) -> str:
    """2026-01-26T18:30:00Z, milliseconds where there are any."""
    return instant.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")
