import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from core.catalog.models import Seat, Showtime
from core.kernel.actor import Actor
from core.kernel.compiled import AnyOf, compiled_update, insert_all
from core.seating import live, refusals
from core.seating.actions.limits import Sitting, check_anonymous_caps
from core.seating.actions.locking import lock_mine, lock_seats
from core.seating.models import Hold, Place
from core.seating.queries import best_places, orphans_left

LEAST_HOLD = dt.timedelta(seconds=30)


def hold(
    *, showtime: Showtime, seat_ids: Collection[int], actor: Actor, now: dt.datetime, guard_orphans: bool = True
) -> list[Hold]:
    """Hold the seats for `actor`, all or none; the other half of a sofa comes with it.

    Raises NotOnSale, NothingChosen, TooManyPlaces, UnknownPlaces, PlacesTaken, NeedsProof, HoldingTimeUsedUp,
    CompanionAlone, and LeavesOrphans where the organizer refuses single seats. Seats that `actor` holds already
    are kept as they are.
    """
    wanted = set(seat_ids)
    _check_request(showtime, len(wanted), now)
    with transaction.atomic():
        sitting = Sitting.lock(showtime=showtime, actor=actor, now=now)
        places = lock_seats(showtime, wanted)
        if not wanted.issubset({place.seat_id for place in places}):
            raise refusals.UnknownPlaces
        new = [place for place in places if not place.is_held_by(actor.holder, now)]
        _check_free(new, now)
        _check_companions(showtime, new, actor, now)
        if guard_orphans and showtime.event.organizer.refuse_orphans:
            _check_orphans(showtime, new, now)
        return _take(showtime, new, sitting, actor, now)


def hold_standing(*, showtime: Showtime, zone_id: int, quantity: int, actor: Actor, now: dt.datetime) -> list[Hold]:
    """Hold `quantity` standing places of a zone for `actor`, all or none (SE9).

    Any free row will do, so rows that another buyer is taking at this moment are skipped, not waited for. Raises
    NotEnoughLeft, and what `hold` raises.
    """
    _check_request(showtime, quantity, now)
    with transaction.atomic():
        sitting = Sitting.lock(showtime=showtime, actor=actor, now=now)
        places = list(
            Place.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("zone")
            .filter(showtime=showtime, zone_id=zone_id, seat=None)
            .free(now)
            .order_by("number")[:quantity]
        )
        if len(places) < quantity:
            raise refusals.NotEnoughLeft(asked=quantity)
        return _take(showtime, places, sitting, actor, now)


def hold_best(
    *,
    showtime: Showtime,
    quantity: int,
    actor: Actor,
    now: dt.datetime,
    zone_id: int | None = None,
    together: bool = True,
    step_free: bool = False,
) -> list[Hold]:
    """Hold the best free seats: `quantity` of them, side by side unless `together` is off (SE10).

    The choice is made without a lock and then won like any other; where somebody was faster the next best is
    tried, three times. Raises NotEnoughLeft, and what `hold` raises.
    """
    _check_request(showtime, quantity, now)
    for _try in range(3):
        seat_ids = best_places(
            showtime, quantity=quantity, now=now, zone_id=zone_id, together=together, step_free=step_free
        )
        if not seat_ids:
            break
        try:
            return hold(showtime=showtime, seat_ids=seat_ids, actor=actor, now=now, guard_orphans=False)
        except refusals.PlacesTaken:
            continue
    raise refusals.NotEnoughLeft(asked=quantity)


@transaction.atomic
def extend(*, showtime: Showtime, actor: Actor, now: dt.datetime) -> dt.datetime:
    """Give `actor` one more hold time for all seats held in `showtime`; until when they are held then.

    Raises HoldLapsed if nothing is held, NoMoreExtensions after the organizer's number of extensions or when the
    total holding time is used up.
    """
    organizer = showtime.event.organizer
    sitting = Sitting.lock(showtime=showtime, actor=actor, now=now)
    places = lock_mine(showtime, actor, now)
    if not places:
        raise refusals.HoldLapsed
    until = min((sitting.expires_at or now) + dt.timedelta(minutes=organizer.hold_minutes), sitting.deadline)
    if sitting.extensions >= organizer.max_extensions or until <= (sitting.expires_at or now):
        raise refusals.NoMoreExtensions
    ids = [place.id for place in places]
    Place.objects.filter(id__in=ids).update(held_until=until)
    Hold.objects.filter(place_id__in=ids, status=Hold.Status.ACTIVE).update(
        expires_at=until, extensions=sitting.extensions + 1
    )
    live.places_changed(showtime.pk, places)
    return until


def _check_request(showtime: Showtime, quantity: int, now: dt.datetime) -> None:
    refusals.NotOnSale.check(showtime, now)
    if quantity < 1:
        raise refusals.NothingChosen
    most = showtime.event.organizer.max_places
    if quantity > most:
        raise refusals.TooManyPlaces(most=most, held=0)


def _check_free(places: Sequence[Place], now: dt.datetime) -> None:
    taken = [place for place in places if not place.is_free(now)]
    if taken:
        sold = [place for place in taken if place.sold or place.blocked]
        raise refusals.PlacesTaken(held=[place for place in taken if place not in sold], sold=sold)


def _check_companions(showtime: Showtime, new: Sequence[Place], actor: Actor, now: dt.datetime) -> None:
    companions = [place for place in new if place.is_companion]
    if not companions:
        return
    spaces = {place.pair for place in new if not place.is_companion}
    held = Place.objects.filter(showtime=showtime, holder=actor.holder, held_until__gt=now, under_payment=False)
    spaces |= set(held.filter(seat__seat_type=Seat.Type.WHEELCHAIR).values_list("seat__pair", flat=True))
    alone = [place for place in companions if place.pair not in spaces]
    if alone:
        raise refusals.CompanionAlone(alone)


def _check_orphans(showtime: Showtime, new: Sequence[Place], now: dt.datetime) -> None:
    orphans = orphans_left(showtime, [place for place in new if place.seat], now)
    if orphans:
        raise refusals.LeavesOrphans(orphans)


def _take(showtime: Showtime, places: Sequence[Place], sitting: Sitting, actor: Actor, now: dt.datetime) -> list[Hold]:
    """Win the locked, free `places`."""
    if not places:
        return []
    organizer = showtime.event.organizer
    if sitting.places + len(places) > organizer.max_places:
        raise refusals.TooManyPlaces(most=organizer.max_places, held=sitting.places)
    if sitting.deadline - now < LEAST_HOLD:
        raise refusals.HoldingTimeUsedUp(minutes=organizer.hold_minutes * (1 + organizer.max_extensions))
    check_anonymous_caps(showtime=showtime, quantity=len(places), actor=actor, now=now)
    # One clock for all seats of a person: another seat neither extends the first nor outlives it.
    until = sitting.expires_at or min(now + dt.timedelta(minutes=organizer.hold_minutes), sitting.deadline)
    ids = [place.id for place in places]
    if any(place.holder for place in places):
        ended = Hold.objects.filter(place_id__in=ids, status=Hold.Status.ACTIVE)
        ended.update(status=Hold.Status.LAPSED, ended_at=F("expires_at"))
    holds = insert_all(
        Hold(
            showtime=showtime,
            place=place,
            holder=actor.holder,
            user_id=actor.user_id,
            address=actor.network,
            held_at=now,
            expires_at=until,
            extensions=sitting.extensions,
        )
        for place in places
    )
    _hold_places(ids, actor.holder, until)
    live.places_changed(showtime.pk, places)
    return holds


@compiled_update
def _hold_places(ids: list[int], holder: str, until: dt.datetime) -> tuple[QuerySet[Place], dict[str, Any]]:
    return Place.objects.filter(AnyOf("id", ids)), {"held_until": until, "holder": holder}
