import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence

from django.db import transaction

from core.catalog.models import Showtime
from core.kernel.actor import Actor
from core.seating import live, refusals
from core.seating.actions.holding import hold, hold_standing
from core.seating.actions.limits import lock_person
from core.seating.actions.locking import lock_mine
from core.seating.models import Hold, Place
from core.seating.queries import held_by


@transaction.atomic
def release(
    *, showtime: Showtime, actor: Actor, now: dt.datetime, seat_ids: Collection[int] | None = None
) -> list[Place]:
    """Give back seats that `actor` holds in `showtime`, all of them when none are named; which were given back.

    The other half of a sofa, and the companion seat of a wheelchair space, go with it. What is not held by `actor`
    any more is no error: releasing is what the person wanted.
    """
    lock_person(showtime, actor)
    going = mine = lock_mine(showtime, actor, now)
    if seat_ids is not None:
        named = [place for place in mine if place.seat_id in set(seat_ids)]
        # A companion seat may go alone; a sofa's half or a wheelchair space takes what is joined to it along.
        joined = {place.pair for place in named if place.pair and not place.is_companion}
        going = [place for place in mine if place in named or place.pair in joined]
    _give_back(showtime, going, now)
    return going


@transaction.atomic
def choose(
    *,
    showtime: Showtime,
    seat_ids: Collection[int],
    actor: Actor,
    now: dt.datetime,
    zone_id: int | None = None,
) -> list[Hold]:
    """Hold exactly `seat_ids`: what `actor` holds beyond them goes back, what is new is taken, all or nothing.

    With `zone_id` only seats of that zone go back: the person was shown no other. Raises what `hold` raises, and
    then nothing has changed.
    """
    wanted = set(seat_ids)
    lock_person(showtime, actor)
    # Everything that will be given back or taken is locked here at once, in one order.
    mine = [place for place in lock_mine(showtime, actor, now, and_seats=wanted) if place.seat]
    going = {p.seat_id for p in mine if p.seat_id not in wanted and zone_id in (None, p.zone_id)}
    new = wanted - {place.seat_id for place in mine}
    if not mine and not new:
        raise refusals.NothingChosen
    if going:
        release(showtime=showtime, actor=actor, now=now, seat_ids=[seat_id for seat_id in going if seat_id])
    return hold(showtime=showtime, seat_ids=new, actor=actor, now=now) if new else []


@transaction.atomic
def choose_standing(*, showtime: Showtime, zone_id: int, quantity: int, actor: Actor, now: dt.datetime) -> int:
    """Hold exactly `quantity` standing places of a zone: more are taken, or some go back; how many are held then.

    Raises UnknownPlaces for a zone that has none, NothingChosen, and what `hold_standing` raises.
    """
    lock_person(showtime, actor)
    mine = [place for place in lock_mine(showtime, actor, now) if place.seat_id is None and place.zone_id == zone_id]
    quantity = max(quantity, 0)
    more = quantity - len(mine)
    if more > 0:
        if not showtime.places.filter(zone_id=zone_id, seat=None).exists():
            raise refusals.UnknownPlaces
        hold_standing(showtime=showtime, zone_id=zone_id, quantity=more, actor=actor, now=now)
    elif not mine:
        raise refusals.NothingChosen
    else:
        _give_back(showtime, mine[quantity:], now)
    return quantity


@transaction.atomic
def hold_again(*, showtime: Showtime, actor: Actor, now: dt.datetime) -> list[Hold]:
    """Hold what `actor` lost a moment ago, as far as it is still free. Raises NotEnoughLeft if nothing is."""
    lost = held_by(actor.holder, showtime=showtime, now=now).lapsed
    if not lost:
        raise refusals.NotEnoughLeft(asked=1)
    seats = [place.seat_id for place in lost if place.seat_id]
    holds = hold(showtime=showtime, seat_ids=seats, actor=actor, now=now, guard_orphans=False) if seats else []
    for zone_id, count in Counter(place.zone_id for place in lost if place.seat_id is None).items():
        holds += hold_standing(showtime=showtime, zone_id=zone_id, quantity=count, actor=actor, now=now)
    return holds


def _give_back(showtime: Showtime, places: Sequence[Place], now: dt.datetime) -> None:
    ids = [place.id for place in places]
    if not ids:
        return
    Hold.objects.filter(place_id__in=ids, status=Hold.Status.ACTIVE).update(status=Hold.Status.RELEASED, ended_at=now)
    Place.objects.filter(id__in=ids).update(held_until=None, holder="")
    live.places_changed(showtime.pk, places)
