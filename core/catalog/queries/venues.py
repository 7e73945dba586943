"""The houses."""

import datetime as dt

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.catalog.models import Event, Room, SeatMap, Venue, Zone
from core.catalog.queries.search import matching_venues


def venues_to_visit(*, words: str = "", city: str = "", now: dt.datetime) -> QuerySet[Venue]:
    """Venues by name, with `events_ahead`: how many events are still to be seen there."""
    ahead = Q(
        rooms__showtimes__starts_at__gt=now,
        rooms__showtimes__status="on_sale",
        rooms__showtimes__event__status=Event.Status.PUBLISHED,
    )
    venues: QuerySet[Venue] = Venue.objects.annotate(
        events_ahead=Count("rooms__showtimes__event", filter=ahead, distinct=True)
    )
    if city:
        venues = venues.filter(city__iexact=city)
    if words:
        venues = matching_venues(venues, words)
    return venues.order_by("name", "id")


def cities_of_venues() -> list[str]:
    """Cities with a venue, by name."""
    return list(Venue.objects.order_by("city").values_list("city", flat=True).distinct())


def rooms_of(venue: Venue) -> QuerySet[Room]:
    """Its rooms with `seats` and `standing` of their newest plan, the largest first."""
    newest = SeatMap.objects.filter(room=OuterRef("pk")).order_by("-version")
    floors = Zone.objects.filter(seat_map=OuterRef("plan")).order_by().values("seat_map")
    return (
        Room.objects.filter(venue=venue)
        .annotate(plan=Subquery(newest.values("pk")[:1]))
        .annotate(
            seats=Coalesce(Subquery(newest.values("seat_count")[:1]), 0),
            standing=Coalesce(Subquery(floors.annotate(sum=Sum("capacity")).values("sum")), 0),
        )
        .order_by("-seats", "-standing", "name")
    )
