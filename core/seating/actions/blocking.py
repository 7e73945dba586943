"""Places that the organizer keeps back from the sale: for guests, the sound desk, a broken seat."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction

from core.audit import actions as audit
from core.catalog.models import Showtime
from core.kernel.actor import Actor
from core.kernel.locks import lock_name
from core.seating import live, refusals
from core.seating.actions.locking import lock_seats
from core.seating.models import Place


@transaction.atomic
def block(*, showtime: Showtime, seat_ids: Collection[int], actor: Actor, now: dt.datetime) -> list[Place]:
    """Keep seats back from the sale, all or none; which of them were not kept back before (OR4).

    The other half of a sofa goes along. Nothing is taken away from anybody: raises PlacesTaken with the seats that
    are held, under payment or sold, UnknownPlaces, NothingChosen.
    """
    new = [place for place in _named(showtime, seat_ids) if not place.blocked]
    taken = [place for place in new if not place.is_free(now)]
    if taken:
        sold = [place for place in taken if place.sold]
        raise refusals.PlacesTaken(held=[place for place in taken if not place.sold], sold=sold)
    _set(showtime, new, blocked=True, actor=actor, now=now)
    return new


@transaction.atomic
def unblock(*, showtime: Showtime, seat_ids: Collection[int], actor: Actor, now: dt.datetime) -> list[Place]:
    """Put seats on sale again; which of them were kept back. Raises UnknownPlaces, NothingChosen."""
    back = [place for place in _named(showtime, seat_ids) if place.blocked]
    _set(showtime, back, blocked=False, actor=actor, now=now)
    return back


@transaction.atomic
def block_standing(*, showtime: Showtime, zone_id: int, quantity: int, actor: Actor, now: dt.datetime) -> int:
    """Keep exactly `quantity` standing places of a zone back from the sale; how many of them are new, or go back.

    Places that somebody has stay theirs: raises NotEnoughLeft if fewer than that are free, so that a capacity is
    never set below what is sold (R17).
    """
    lock_name(f"blocking:{zone_id}:{showtime.pk}")
    places = Place.objects.select_for_update(skip_locked=True).filter(showtime=showtime, zone_id=zone_id, seat=None)
    more = max(quantity, 0) - places.filter(blocked=True).count()
    wanted = places.free(now) if more > 0 else places.filter(blocked=True)
    going = list(wanted.order_by("-number")[: abs(more)])
    if len(going) < abs(more):
        raise refusals.NotEnoughLeft(asked=more)
    _set(showtime, going, blocked=more > 0, actor=actor, now=now)
    return more


def _named(showtime: Showtime, seat_ids: Collection[int]) -> list[Place]:
    wanted = set(seat_ids)
    if not wanted:
        raise refusals.NothingChosen
    places = lock_seats(showtime, wanted)
    if not wanted.issubset({place.seat_id for place in places}):
        raise refusals.UnknownPlaces
    return places


def _set(showtime: Showtime, places: Sequence[Place], *, blocked: bool, actor: Actor, now: dt.datetime) -> None:
    if not places:
        return
    Place.objects.filter(id__in=[place.id for place in places]).update(blocked=blocked)
    live.places_changed(showtime.pk, places)
    audit.record(
        "places.blocked" if blocked else "places.unblocked",
        showtime,
        actor=actor,
        now=now,
        organizer_id=showtime.event.organizer_id,
        places=[place.pk for place in places],
    )
