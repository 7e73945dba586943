import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from core.catalog.models import Showtime
from core.kernel.locks import lock_name
from core.seating import live
from core.seating.holding_time import WINDOW
from core.seating.models import Hold, Place


def lapse(*, now: dt.datetime, limit: int = 2_000) -> int:
    """Mark holds that have ended and tell the watchers; how many (SE11).

    It only tidies and tells: a lapsed hold is free for everybody from its last instant, whether this runs or not
    (R9). Rows that somebody is taking at this moment are skipped; the taker ends the old hold.
    """
    with transaction.atomic():
        ended = Hold.objects.filter(status=Hold.Status.ACTIVE, expires_at__lte=now).values("place_id")[:limit]
        places = list(
            Place.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("seat")
            .filter(id__in=ended, under_payment=False, sold=False, held_until__lte=now)
            .order_by("id")
        )
        ids = [place.id for place in places]
        count = Hold.objects.filter(place_id__in=ids, status=Hold.Status.ACTIVE).update(
            status=Hold.Status.LAPSED, ended_at=F("expires_at")
        )
        Place.objects.filter(id__in=ids).update(held_until=None, holder="")
        for showtime_id in {place.showtime_id for place in places}:
            live.places_changed(showtime_id, [place for place in places if place.showtime_id == showtime_id])
    return count


def forget_addresses(*, holder: str) -> int:
    """Take the network addresses out of what `holder` has held; of how many holds. What still runs is left alone."""
    return Hold.objects.filter(holder=holder).exclude(status__in=Hold.LIVING).exclude(address="").update(address="")


@transaction.atomic
def follow(*, visitor: str, holder: str, user_id: int | None, now: dt.datetime) -> int:
    """Hand what `visitor` holds to `holder`, who turned out to be the same person; how many places.

    What is more than one person may hold goes back (R22). Holds under payment keep their place for the booking;
    only whose they are changes. What has ended lately goes along: another name starts no new clock (R8).
    """
    holds = Hold.objects.filter(holder=visitor).exclude(status=Hold.Status.SOLD)
    recent = holds.filter(Q(expires_at__gt=now - WINDOW) | Q(status__in=Hold.LIVING))
    showtimes = Showtime.objects.filter(id__in=recent.values("showtime_id")).select_related("event__organizer")
    return sum(
        _follow(showtime, visitor=visitor, holder=holder, user_id=user_id, now=now)
        for showtime in showtimes.order_by("id")
    )


def _follow(showtime: Showtime, *, visitor: str, holder: str, user_id: int | None, now: dt.datetime) -> int:
    for person in sorted((visitor, holder)):
        lock_name(f"holder:{person}:{showtime.pk}")
    holds = Hold.objects.filter(showtime=showtime, holder=visitor).exclude(status=Hold.Status.SOLD)
    living = holds.filter(status__in=Hold.LIVING)
    # Those under payment are locked too, though their rows stay as they are: whoever ends the payment locks the
    # place before its hold, and so do we.
    locked = list(
        Place.objects.select_for_update(of=("self",))
        .select_related("seat")
        .filter(id__in=list(living.values_list("place_id", flat=True)))
        .order_by("id")
    )
    paying = living.filter(status=Hold.Status.UNDER_PAYMENT).count()
    had = Hold.objects.running(now).filter(showtime=showtime, holder=holder).count()
    mine = [place for place in locked if place.is_held_by(visitor, now)]
    kept = _within(mine, max(showtime.event.organizer.max_places - had - paying, 0))
    over = [place for place in mine if place not in kept]
    Place.objects.filter(id__in=[place.id for place in over]).update(holder="", held_until=None)
    living.filter(place__in=over).update(status=Hold.Status.RELEASED, ended_at=now)
    # A lapsed place that nobody has taken nor tidied names its last holder too.
    Place.objects.filter(id__in=[place.id for place in locked], holder=visitor).update(holder=holder)
    live.places_changed(showtime.pk, over)
    holds.update(holder=holder, user_id=user_id)
    return len(kept) + paying


def _within(places: list[Place], room: int) -> list[Place]:
    """As many as there is room for; what is joined stays together."""
    split = {place.pair for place in places[room:] if place.pair}
    return [place for place in places[:room] if place.pair not in split]
