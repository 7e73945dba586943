"""Locks on rows of places, always in the order of their ids."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from core.catalog.models import Seat, Showtime
from core.kernel.actor import Actor
from core.seating.models import Place, PlaceQuerySet


def lock_seats(showtime: Showtime, seats: QuerySet[Seat, Any]) -> PlaceQuerySet:
    """The places of `seats`, locked as they are read."""
    return _locked(showtime).filter(seat__in=seats)


def lock_mine(
    showtime: Showtime, actor: Actor, now: dt.datetime, *, and_seats: QuerySet[Seat, Any] | None = None
) -> list[Place]:
    """The places that `actor` holds, not yet paying, locked; together with those of `and_seats` in one order."""
    mine = Q(holder=actor.holder, held_until__gt=now, under_payment=False)
    locked = list(_locked(showtime).filter(mine if and_seats is None else mine | Q(seat__in=and_seats)))
    return [place for place in locked if place.is_held_by(actor.holder, now)]


def with_halves(showtime: Showtime, seat_ids: Collection[int]) -> QuerySet[Seat, Any]:
    """The seats and the other halves of the sofas among them, as a query to lock by: one order for all of them."""
    sofas = Seat.objects.filter(seat_map_id=showtime.seat_map_id, seat_type=Seat.Type.SOFA).exclude(pair="")
    halves = sofas.filter(pair__in=sofas.filter(id__in=seat_ids).values("pair"))
    return Seat.objects.filter(id__in=seat_ids).values("id").union(halves.values("id"))


def _locked(showtime: Showtime) -> PlaceQuerySet:
    return (
        Place.objects.select_for_update(of=("self",))
        .select_related("seat", "zone")
        .filter(showtime=showtime)
        .order_by("id")
    )
