import datetime as dt

from django.db import transaction

from core.audit import actions as audit
from core.catalog.models import Showtime, Zone
from core.kernel.actor import Actor
from core.seating.models import Place


@transaction.atomic
def open_places(*, showtime: Showtime, actor: Actor, now: dt.datetime) -> int:
    """Make the row of every place of `showtime`, so that there is one to win; how many exist afterwards.

    Safe to run twice: a place that exists stays as it is.
    """
    places = [
        Place(showtime=showtime, zone_id=zone_id, seat_id=seat_id)
        for seat_id, zone_id in showtime.seat_map.seats.values_list("id", "zone_id")
    ]
    for zone in showtime.seat_map.zones.filter(kind=Zone.Kind.STANDING):
        places += [Place(showtime=showtime, zone=zone, number=n) for n in range(1, zone.capacity + 1)]
    Place.objects.bulk_create(places, ignore_conflicts=True, batch_size=2_000)
    audit.record("places.opened", showtime, actor=actor, now=now, count=len(places))
    return len(places)
