"""Places while their payment is under way, and after it.

Under payment a place belongs to the booking, not to the clock: only the end of its payment frees it.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from core.kernel.actor import Actor
from core.kernel.compiled import AnyOf, compiled_update
from core.seating import live, refusals
from core.seating.actions.locking import lock_places
from core.seating.models import Hold, Place


def lease(
    *, showtime_id: int, place_ids: Collection[int], lessee: str, until: dt.datetime, actor: Actor, now: dt.datetime
) -> list[Place]:
    """Turn the holds of `actor` into a lease for `lessee` ("booking:12"); inside the caller's transaction.

    `until` is when the payment is given up; the places stay taken until `give_back` or `sell`. Raises HoldLapsed
    with the places if any of them is not held by `actor` any more, CompanionAlone and PairSplit if what goes
    together is not among them; nothing is changed then.
    """
    places = lock_places(showtime_id, place_ids)
    if len(places) != len(set(place_ids)):
        raise refusals.UnknownPlaces
    if not all(place.is_held_by(actor.holder, now) for place in places):
        raise refusals.HoldLapsed(places)
    _check_together(places)
    ids = [place.id for place in places]
    _lease_holds(ids, until, now)
    _lease_places(ids, until, lessee)
    live.places_changed(showtime_id, places)
    return places


@compiled_update
def _lease_holds(place_ids: list[int], until: dt.datetime, now: dt.datetime) -> tuple[QuerySet[Hold], dict[str, Any]]:
    become = {"status": Hold.Status.UNDER_PAYMENT, "expires_at": until, "leased_at": now}
    return Hold.objects.filter(AnyOf("place", place_ids), status=Hold.Status.ACTIVE), become


@compiled_update
def _lease_places(ids: list[int], until: dt.datetime, lessee: str) -> tuple[QuerySet[Place], dict[str, Any]]:
    return Place.objects.filter(AnyOf("id", ids)), {"under_payment": True, "held_until": until, "holder": lessee}


@transaction.atomic
def give_back(*, showtime_id: int, place_ids: Collection[int], lessee: str, now: dt.datetime) -> list[Place]:
    """Free what `lessee` still has under payment; call it only when its payment cannot complete any more."""
    places = [p for p in lock_places(showtime_id, place_ids) if p.under_payment and p.holder == lessee]
    Hold.objects.filter(place__in=places, status=Hold.Status.UNDER_PAYMENT).update(
        status=Hold.Status.RELEASED, ended_at=now
    )
    Place.objects.filter(id__in=[p.id for p in places]).update(under_payment=False, held_until=None, holder="")
    live.places_changed(showtime_id, places)
    return places


def sell(*, showtime_id: int, place_ids: Collection[int], lessee: str, now: dt.datetime) -> list[Place]:
    """Make the places `lessee`'s for good, inside the caller's transaction; returns those that were gone.

    A place counts as gone if somebody else has it. One that was given back and is still free is taken: money that
    comes late gets its seats if it can (R18). If any is gone, none is sold.
    """
    places = lock_places(showtime_id, place_ids)
    gone = [p for p in places if not (p.under_payment and p.holder == lessee) and not p.is_free(now)]
    if gone:
        return gone
    ids = [place.id for place in places]
    _sell_holds(ids, now)
    _sell_places(ids, lessee)
    live.places_changed(showtime_id, places)
    return []


@compiled_update
def _sell_holds(place_ids: list[int], now: dt.datetime) -> tuple[QuerySet[Hold], dict[str, Any]]:
    # A hold that still runs is nobody's who pays: its end was over when the place was found free.
    over = {"status": Hold.Status.ACTIVE}
    become = {
        "status": Case(When(**over, then=Value(Hold.Status.LAPSED)), default=Value(Hold.Status.SOLD)),
        "ended_at": Case(When(**over, then=F("expires_at")), default=now),
    }
    return Hold.objects.filter(AnyOf("place", place_ids), status__in=Hold.LIVING), become


@compiled_update
def _sell_places(ids: list[int], lessee: str) -> tuple[QuerySet[Place], dict[str, Any]]:
    become = {"sold": True, "under_payment": False, "held_until": None, "holder": lessee}
    return Place.objects.filter(AnyOf("id", ids)), become


def unsell(*, showtime_id: int, place_ids: Collection[int]) -> None:
    """Free sold places whose tickets were cancelled, inside the caller's transaction."""
    places = [place for place in lock_places(showtime_id, place_ids) if place.sold]
    Place.objects.filter(id__in=[place.id for place in places]).update(sold=False, holder="")
    live.places_changed(showtime_id, places)


def _check_together(places: Sequence[Place]) -> None:
    """However the places were come by: a sofa is sold whole, a companion seat with its wheelchair space."""
    spaces = {place.pair for place in places if not place.is_companion}
    alone = [place for place in places if place.is_companion and place.pair not in spaces]
    if alone:
        raise refusals.CompanionAlone(alone)
    halves = Counter(place.pair for place in places if place.is_half)
    split = [place for place in places if place.is_half and halves[place.pair] < 2]
    if split:
        raise refusals.PairSplit(split)
