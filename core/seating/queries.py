"""Reading a showtime's places."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import takewhile
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q, QuerySet

from core.catalog.models import Seat, Showtime, Zone
from core.catalog.seatmap.best import best_available
from core.catalog.seatmap.nearest import nearest
from core.catalog.seatmap.orphans import leaves_orphans
from core.catalog.seatmap.spots import SeatSpot
from core.kernel.compiled import compiled
from core.kernel.violations import Violation
from core.seating.models import FREE, Hold, Place

OFFERED_AGAIN = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Held:
    """What one person has in one showtime just now.

    `places` are held and not yet under payment, in the order of the house; `until` is the one clock over them, None
    when there are none. `lapsed` are places that were lost a short while ago and are still free, to be offered again;
    `is_paying` where a payment was begun for others.
    """

    places: list[Place]
    until: dt.datetime | None
    extensions: int
    lapsed: list[Place]
    is_paying: bool


NOTHING_HELD = Held(places=[], until=None, extensions=0, lapsed=[], is_paying=False)


def held_by(holder: str, *, showtime: Showtime, now: dt.datetime) -> Held:
    """What `holder` holds in `showtime`, and what became of what they held a short while ago."""
    recent = _recent(showtime.pk, holder, now - OFFERED_AGAIN)
    held = [hold for hold in recent if hold.status == Hold.Status.ACTIVE and hold.expires_at > now]
    return Held(
        places=sorted((hold.place for hold in held), key=_house_order),
        until=min((hold.expires_at for hold in held), default=None),
        extensions=max((hold.extensions for hold in held), default=0),
        lapsed=_lapsed(recent, now),
        is_paying=any(hold.status == Hold.Status.UNDER_PAYMENT for hold in recent),
    )


@compiled
def _recent(showtime_id: int, holder: str, since: dt.datetime) -> QuerySet[Hold]:
    counts = Q(expires_at__gt=since) | Q(status=Hold.Status.UNDER_PAYMENT)
    recent = Hold.objects.filter(counts, showtime=showtime_id, holder=holder)
    return recent.select_related("place__seat", "place__zone").order_by("-id")


def _house_order(place: Place) -> tuple[int, bool, int, int]:
    return place.zone.rank, place.seat_id is None, place.seat_id or 0, place.number


def _lapsed(recent: Sequence[Hold], now: dt.datetime) -> list[Place]:
    """What was held last of all, where it has lapsed and is still free. The newest holds come first."""
    if not recent or recent[0].expires_at > now:
        return []
    ended = (Hold.Status.ACTIVE, Hold.Status.LAPSED)
    together = takewhile(lambda hold: hold.status in ended and hold.expires_at == recent[0].expires_at, recent)
    return sorted((hold.place for hold in together if hold.place.is_free(now)), key=lambda place: place.pk)


def my_holds(holder: str, *, now: dt.datetime, include_lapsed: bool = False) -> list[Hold]:
    """All holds of a person, newest first; on wish also those that ended unpaid (SE3)."""
    holds = Hold.objects.filter(holder=holder).select_related("showtime__event", "place__seat", "place__zone")
    if not include_lapsed:
        holds = holds.running(now)
    return list(holds.order_by("-held_at", "-id")[:200])


@dataclass(frozen=True, slots=True)
class State:
    """Every place of a showtime that is not free: seats by their ids, standing places as what is left of each zone.

    `held` says until when, None for a seat under payment: only the end of its payment frees it.
    """

    sold: list[int]
    blocked: list[int]
    held: dict[int, dt.datetime | None]
    standing: dict[int, int]


def state(showtime: Showtime, *, now: dt.datetime) -> State:
    """What is taken in `showtime` at that instant; the seats of one person are told by `held_by`."""
    [(sold, blocked, paying, held, until)] = _not_free(showtime.pk, now) or [(None, None, None, None, None)]
    return State(
        sold=sold or [],
        blocked=blocked or [],
        held=dict(zip(held or [], until or [], strict=True)) | dict.fromkeys(paying or []),
        standing=standing_left(showtime.pk, now=now) if _has_standing(showtime.seat_map_id) else {},
    )


@compiled
def _not_free(showtime_id: int, now: dt.datetime) -> QuerySet[Place, Any]:
    # Arrays, since a large hall would be thousands of rows; the last two are gathered from the same rows in one order.
    seats = Place.objects.filter(showtime=showtime_id, seat__isnull=False)
    kept = Q(sold=False, blocked=False)
    held = kept & Q(under_payment=False, held_until__gt=now)
    gathered = seats.values("showtime").annotate(
        all_sold=ArrayAgg("seat_id", filter=Q(sold=True)),
        all_blocked=ArrayAgg("seat_id", filter=Q(blocked=True, sold=False)),
        all_paying=ArrayAgg("seat_id", filter=kept & Q(under_payment=True)),
        all_held=ArrayAgg("seat_id", filter=held),
        all_until=ArrayAgg("held_until", filter=held),
    )
    return gathered.values_list("all_sold", "all_blocked", "all_paying", "all_held", "all_until").order_by()


@lru_cache(maxsize=64)
def _has_standing(seat_map_id: int) -> bool:
    # Kept in the process: a seat map never changes once a showtime uses it.
    return Zone.objects.filter(seat_map_id=seat_map_id, kind=Zone.Kind.STANDING).exists()


def standing_left(showtime_id: int, *, now: dt.datetime) -> dict[int, int]:
    """How many places each standing zone has left, also where it is none."""
    return dict(_standing_left(showtime_id, now))


@compiled
def _standing_left(showtime_id: int, now: dt.datetime) -> QuerySet[Place, tuple[int, int]]:
    free = FREE & (Q(held_until=None) | Q(held_until__lte=now))
    places = Place.objects.filter(showtime=showtime_id, seat=None)
    return places.values_list("zone_id").annotate(free=Count("id", filter=free)).order_by("zone_id")


def next_best(showtime: Showtime, seat_ids: Collection[int], *, now: dt.datetime) -> list[Place]:
    """As many free seats as were wanted, together and close to them; empty where there are none."""
    known = spots(showtime)
    wanted = [known[seat_id] for seat_id in seat_ids if seat_id in known]
    free = set(showtime.places.filter(seat__isnull=False).free(now).values_list("seat_id", flat=True))
    chosen = nearest(list(known.values()), free, wanted)
    places = showtime.places.filter(seat_id__in=chosen).select_related("seat", "zone")
    return list(places.order_by("seat__row_rank", "seat__order_in_row"))


def spots(showtime: Showtime) -> dict[int, SeatSpot]:
    """The seats of a showtime's map as plain values, by id, in the order of the house."""
    return _spots(showtime.seat_map_id)


@lru_cache(maxsize=64)
def _spots(seat_map_id: int) -> dict[int, SeatSpot]:
    # Kept in the process: a seat map never changes once a showtime uses it.
    rows = (
        Seat.objects.filter(seat_map_id=seat_map_id)
        .order_by("zone__rank", "row_rank", "order_in_row")
        .values_list(
            "id", "zone_id", "row_label", "row_rank", "order_in_row", "block", "x", "y", "seat_type", "step_free",
            "pair", "restricted_view",
        )
    )  # fmt: skip
    return {row[0]: SeatSpot(row[0], str(row[1]), *row[2:]) for row in rows}


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
    rows = sorted({(str(place.zone_id), place.seat.row_label) for place in chosen if place.seat})
    if not rows:
        return []
    seats = {seat_id: spot for seat_id, spot in spots(showtime).items() if (spot.zone, spot.row_label) in rows}
    found = showtime.places.filter(seat_id__in=seats).select_related("seat", "zone")
    places = {place.seat_id: place for place in found if place.seat_id}
    free = {seat_id for seat_id, place in places.items() if place.is_free(now)}
    taken = {place.seat_id for place in chosen if place.seat_id}
    left: list[Place] = []
    for zone_id, row_label in rows:
        row = [spot for spot in seats.values() if spot.zone == zone_id and spot.row_label == row_label]
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
    taken = Place.objects.filter(Q(sold=True) | Q(under_payment=True), blocked=True)
    for place_id, holder in taken.values_list("id", "holder"):
        yield Violation("a blocked place is nobody's", f"seating.place {place_id}", f"{holder} has it")
