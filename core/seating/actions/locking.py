"""Locks on rows of places, always in the order of their ids."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, QuerySet

from core.catalog.models import Showtime
from core.kernel.actor import Actor
from core.kernel.compiled import AnyOf, compiled
from core.seating.models import Place, PlaceQuerySet
from core.seating.queries import spots


def lock_seats(showtime: Showtime, seat_ids: Collection[int]) -> list[Place]:
    """The places of those seats, and of the other halves of the sofas among them, locked."""
    return _seats(showtime.pk, _with_halves(showtime, seat_ids))


def lock_places(showtime_id: int, place_ids: Collection[int]) -> list[Place]:
    """Those places of the showtime, locked."""
    return _places(showtime_id, list(place_ids))


def lock_mine(showtime: Showtime, actor: Actor, now: dt.datetime, *, and_seats: Collection[int] = ()) -> list[Place]:
    """The places that `actor` holds, not yet paying, locked; together with those of `and_seats` in one order."""
    if and_seats:
        locked = _mine_and_seats(showtime.pk, actor.holder, now, _with_halves(showtime, and_seats))
    else:
        locked = _mine(showtime.pk, actor.holder, now)
    return [place for place in locked if place.is_held_by(actor.holder, now)]


@compiled
def _seats(showtime_id: int, seat_ids: list[int]) -> QuerySet[Place]:
    return _locked(showtime_id).filter(AnyOf("seat", seat_ids))


@compiled
def _places(showtime_id: int, place_ids: list[int]) -> QuerySet[Place]:
    return _locked(showtime_id).filter(AnyOf("id", place_ids))


@compiled
def _mine(showtime_id: int, holder: str, now: dt.datetime) -> QuerySet[Place]:
    return _locked(showtime_id).filter(_held_by(holder, now))


@compiled
def _mine_and_seats(showtime_id: int, holder: str, now: dt.datetime, seat_ids: list[int]) -> QuerySet[Place]:
    return _locked(showtime_id).filter(_held_by(holder, now) | Q(AnyOf("seat", seat_ids)))


def _locked(showtime_id: int) -> PlaceQuerySet:
    places = Place.objects.select_for_update(of=("self",)).select_related("seat", "zone")
    return places.filter(showtime=showtime_id).order_by("id")


def _held_by(holder: str, now: dt.datetime) -> Q:
    return Q(holder=holder, held_until__gt=now, under_payment=False)


def _with_halves(showtime: Showtime, seat_ids: Collection[int]) -> list[int]:
    # Known before anything is locked, so that sofas are locked in the same order as everything else.
    known = spots(showtime)
    sofas = {known[seat_id].half_of for seat_id in seat_ids if seat_id in known} - {""}
    halves = [seat_id for seat_id, spot in known.items() if spot.half_of in sofas] if sofas else []
    return [*seat_ids, *halves]
