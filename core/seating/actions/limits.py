"""Caps on holding: per person, per client address, per share of a showtime."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.db.models import Count, Q, QuerySet, Sum

from core.catalog.models import Showtime
from core.kernel.actor import Actor
from core.kernel.compiled import compiled
from core.kernel.locks import lock_name
from core.seating import refusals
from core.seating.holding_time import WINDOW, time_held
from core.seating.models import Hold


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one person holds in one showtime just now, and how much longer they may.

    `places` counts held places and those under payment; `expires_at` is the one clock of the held ones (None when
    nothing is held); `deadline` is the last instant to which anything may be held.
    """

    places: int
    expires_at: dt.datetime | None
    extensions: int
    deadline: dt.datetime

    @classmethod
    def lock(cls, *, showtime: Showtime, actor: Actor, now: dt.datetime) -> Self:
        """Read it under the person's named lock: twenty requests of one person wait for each other (R22)."""
        lock_person(showtime, actor)
        organizer = showtime.event.organizer
        longest = dt.timedelta(minutes=organizer.hold_minutes) * (1 + organizer.max_extensions)
        since = now - WINDOW
        recent = _unsold(showtime.pk, actor.holder, since)
        held = [hold for hold in recent if hold.status == Hold.Status.ACTIVE and hold.expires_at > now]
        paying = [hold for hold in recent if hold.status == Hold.Status.UNDER_PAYMENT]
        unpaid = [(hold.held_at, hold.leased_at or hold.ended_at or hold.expires_at) for hold in recent]
        kept = [(hold.held_at, hold.ended_at or hold.expires_at) for hold in recent]
        left = min(
            longest - time_held(unpaid, since=since, now=now),
            longest + dt.timedelta(minutes=organizer.lease_minutes) - time_held(kept, since=since, now=now),
        )
        return cls(
            places=len(held) + len(paying),
            expires_at=min((hold.expires_at for hold in held), default=None),
            extensions=max((hold.extensions for hold in held), default=0),
            deadline=now + max(left, dt.timedelta()),
        )


def check_anonymous_caps(*, showtime: Showtime, quantity: int, actor: Actor, now: dt.datetime) -> None:
    """Raise NeedsProof if visitors without proof would hold too much together (R23).

    The cap per client address is exact: requests of one address wait for each other here. The cap on the share of
    the showtime is read without a lock, since that would be a lock per showtime; a few seats more do no harm.
    """
    if not actor.is_anonymous:
        return
    lock_name(f"address:{actor.network}:{showtime.pk}")
    _check_counts(showtime, _running(showtime.pk, actor.network, now), quantity)


def check_given_away(*, showtime: Showtime, actor: Actor, now: dt.datetime) -> None:
    """Raise NeedsProof if visitors without proof would have too much of a showtime for nothing (R23).

    What is paid for has proved itself. Where nothing is to pay the caps on holding would end with each booking, and
    one script with fresh cookies could take a whole hall: what they have already is counted as well.
    """
    if not actor.is_anonymous:
        return
    lock_name(f"address:{actor.network}:{showtime.pk}")
    _check_counts(showtime, _running_or_sold(showtime.pk, actor.network, now), 0)


def _check_counts(showtime: Showtime, counts: list[tuple[int, int]], quantity: int) -> None:
    [(everybody, of_address)] = counts or [(0, 0)]
    organizer = showtime.event.organizer
    if of_address + quantity > organizer.places_per_address:
        raise refusals.NeedsProof
    # Standing places are counted only where the seats alone would not do: that saves a query nearly always.
    share, seats = organizer.anonymous_share, showtime.seat_map.seat_count
    wanted = everybody + quantity
    if wanted > seats * share // 100 and wanted > max((seats + _standing(showtime)) * share // 100, 1):
        raise refusals.NeedsProof


@compiled
def _unsold(showtime_id: int, holder: str, since: dt.datetime) -> QuerySet[Hold]:
    # Under payment a place is kept beyond every clock, for days where the money settles later.
    counts = Q(expires_at__gt=since) | Q(status=Hold.Status.UNDER_PAYMENT)
    return Hold.objects.filter(counts, showtime=showtime_id, holder=holder).exclude(status=Hold.Status.SOLD)


@compiled
def _running(showtime_id: int, network: str, now: dt.datetime) -> QuerySet[Hold, tuple[int, int]]:
    return _counted(Hold.objects.running(now), showtime_id, network)


@compiled
def _running_or_sold(showtime_id: int, network: str, now: dt.datetime) -> QuerySet[Hold, tuple[int, int]]:
    return _counted(Hold.objects.running(now) | Hold.objects.filter(status=Hold.Status.SOLD), showtime_id, network)


def _counted(holds: QuerySet[Hold], showtime_id: int, network: str) -> QuerySet[Hold, tuple[int, int]]:
    nameless = holds.filter(showtime=showtime_id, user_id=None, holder__startswith="anon:")
    counted = nameless.values("showtime").annotate(all=Count("id"), address=Count("id", filter=Q(address=network)))
    return counted.values_list("all", "address").order_by()


def lock_person(showtime: Showtime, actor: Actor) -> None:
    """Make the requests of one person for one showtime wait for each other."""
    lock_name(f"holder:{actor.holder}:{showtime.pk}")


def _standing(showtime: Showtime) -> int:
    return showtime.seat_map.zones.aggregate(sum=Sum("capacity"))["sum"] or 0
