import datetime as dt

from django.db import transaction

from core.seating import live
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
            status=Hold.Status.LAPSED, ended_at=now
        )
        Place.objects.filter(id__in=ids).update(held_until=None, holder="")
        for showtime_id in {place.showtime_id for place in places}:
            live.places_changed(showtime_id, [place for place in places if place.showtime_id == showtime_id])
    return count


@transaction.atomic
def follow(*, visitor: str, holder: str, user_id: int | None, now: dt.datetime) -> int:
    """Hand what `visitor` holds to `holder`, who turned out to be the same person; how many places.

    Holds under payment keep their place for the booking; only whose they are changes.
    """
    holds = Hold.objects.filter(holder=visitor, status__in=Hold.LIVING)
    place_ids = list(holds.values_list("place_id", flat=True))
    places = Place.objects.select_for_update(of=("self",)).filter(id__in=place_ids, holder=visitor, held_until__gt=now)
    mine = [place.id for place in places.order_by("id")]
    Place.objects.filter(id__in=mine).update(holder=holder)
    moved = holds.filter(place_id__in=mine) | holds.filter(status=Hold.Status.UNDER_PAYMENT)
    return moved.update(holder=holder, user_id=user_id)
