"""Reading a showtime's places."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Count, F, Q

from core.catalog.models import Seat, Showtime
from core.catalog.seatmap.best import best_available
from core.catalog.seatmap.orphans import leaves_orphans
from core.catalog.seatmap.spots import SeatSpot
from core.kernel.violations import Violation
from core.seating.models import Hold, Place


@dataclass(frozen=True, slots=True)
class Held:
    """What one person has in one showtime just now.

    `places` are held and not yet under payment; `until` is the one clock over them, None when there are none.
    """

    places: list[Place]
    until: dt.datetime | None
    extensions: int


def held_by(holder: str, *, showtime: Showtime, now: dt.datetime) -> Held:
    """The places that `holder` holds in `showtime`, in the order of the house."""
    holds = (
        Hold.objects.filter(showtime=showtime, holder=holder, status=Hold.Status.ACTIVE, expires_at__gt=now)
        .select_related("place__seat", "place__zone")
        .order_by("place__zone__rank", "place__seat__row_rank", "place__seat__order_in_row", "place__number")
    )
    found = list(holds)
    return Held(
        places=[hold.place for hold in found],
        until=min((hold.expires_at for hold in found), default=None),
        extensions=max((hold.extensions for hold in found), default=0),
    )


def my_holds(holder: str, *, now: dt.datetime, include_lapsed: bool = False) -> list[Hold]:
    """All holds of a person, newest first; on wish also those that ended unpaid (SE3)."""
    holds = Hold.objects.filter(holder=holder).select_related("showtime__event", "place__seat", "place__zone")
    if not include_lapsed:
        holds = holds.running(now)
    return list(holds.order_by("-held_at", "-id")[:200])


def spots(showtime: Showtime, *, rows: Sequence[tuple[int, str]] | None = None) -> dict[int, SeatSpot]:
    """The seats of a showtime's map as plain values, by id; on wish only some rows (zone id, row label)."""
    seats = Seat.objects.filter(seat_map_id=showtime.seat_map_id)
    if rows is not None:
        wanted = Q(pk__in=[])
        for zone_id, row_label in rows:
            wanted |= Q(zone_id=zone_id, row_label=row_label)
        seats = seats.filter(wanted)
    return {
        seat.pk: SeatSpot(
            id=seat.pk,
            zone=str(seat.zone_id),
            row_label=seat.row_label,
            row_rank=seat.row_rank,
            order_in_row=seat.order_in_row,
            block=seat.block,
            x=seat.x,
            y=seat.y,
            seat_type=seat.seat_type,
            step_free=seat.step_free,
            pair=seat.pair,
            restricted_view=seat.restricted_view,
        )
        for seat in seats.order_by("zone__rank", "row_rank", "order_in_row")
    }


def best_places(
    showtime: Showtime, *, quantity: int, now: dt.datetime, zone_id: int | None, together: bool, step_free: bool
) -> list[int]:
    """Ids of the best free seats, or an empty list if there are not so many. Takes no lock."""
    free = set(showtime.places.filter(seat__isnull=False).free(now).values_list("seat_id", flat=True))
    choose = partial(
        best_available,
        list(spots(showtime).values()),
        free,
        quantity,
        zone=str(zone_id) if zone_id else None,
        together=together,
        step_free=step_free,
    )
    # Better a choice that leaves a single seat than none at all.
    chosen = (showtime.event.organizer.refuse_orphans and choose(no_orphans=True)) or choose()
    return [int(seat_id) for seat_id in chosen or []]


def orphans_left(showtime: Showtime, chosen: Sequence[Place], now: dt.datetime) -> list[Place]:
    """The places that would be left single if `chosen` were taken, row by row."""
    rows = sorted({(place.zone_id, place.seat.row_label) for place in chosen if place.seat})
    if not rows:
        return []
    seats = spots(showtime, rows=rows)
    found = showtime.places.filter(seat_id__in=seats).select_related("seat", "zone")
    places = {place.seat_id: place for place in found if place.seat_id}
    free = {seat_id for seat_id, place in places.items() if place.is_free(now)}
    taken = {place.seat_id for place in chosen if place.seat_id}
    left: list[Place] = []
    for zone_id, row_label in rows:
        row = [spot for spot in seats.values() if spot.zone == str(zone_id) and spot.row_label == row_label]
        left += [places[int(orphan)] for orphan in leaves_orphans(row, free, taken & {spot.id for spot in row})]
    return left


def violations() -> Iterator[Violation]:
    """Places and holds that contradict each other."""
    living = Count("holds", filter=Q(holds__status__in=Hold.LIVING))
    leased = Place.objects.annotate(living=living).filter(under_payment=True).exclude(living=1)
    for place_id, count in leased.values_list("id", "living"):
        yield Violation("a place under payment has its hold", f"seating.place {place_id}", f"{count} holds")
    strays = Hold.objects.filter(status=Hold.Status.UNDER_PAYMENT, place__under_payment=False)
    for hold_id in strays.values_list("id", flat=True):
        yield Violation("a place under payment has its hold", f"seating.hold {hold_id}", "its place is not leased")
    active = Hold.objects.filter(status=Hold.Status.ACTIVE)
    wrong = active.exclude(place__holder=F("holder")) | active.exclude(place__held_until=F("expires_at"))
    for hold_id in wrong.values_list("id", flat=True):
        yield Violation("a hold and its place say the same", f"seating.hold {hold_id}", "holder or end differ")
    bare = Place.objects.filter(sold=False, under_payment=False, held_until__isnull=False).exclude(
        holds__status=Hold.Status.ACTIVE
    )
    for place_id in bare.values_list("id", flat=True):
        yield Violation("a hold and its place say the same", f"seating.place {place_id}", "held without a hold")
