"""A small town with something on: what the tests of the programme are made of."""

import datetime as dt
from typing import Any

from django.utils.text import slugify

from core.accounts.models import Organizer
from core.catalog.models import (
    CastMember,
    Category,
    Event,
    FilmDetails,
    PriceTier,
    Room,
    SeatMap,
    Showtime,
    TicketType,
    Venue,
    Zone,
)

NOW = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def a_venue(name: str = "Palace", *, city: str = "Graz", time_zone: str = "Europe/Vienna", **fields: Any) -> Venue:
    """A cinema with its own organizer and one room with one zone."""
    slug = slugify(name)
    organizer = Organizer.objects.create(name=f"{name} Ltd", slug=slug)
    venue = Venue.objects.create(
        organizer=organizer,
        name=name,
        slug=slug,
        kind=fields.pop("kind", Venue.Kind.CINEMA),
        street=fields.pop("street", "Hauptplatz 1"),
        city=city,
        time_zone=time_zone,
        **fields,
    )
    a_room(venue)
    return venue


def a_room(venue: Venue, name: str = "Hall 1", *, seats: int = 40, standing: int = 0) -> Room:
    """A room with the first version of its plan."""
    room = Room.objects.create(venue=venue, name=name, slug=slugify(name))
    plan = SeatMap.objects.create(
        room=room, version=1, document={}, width=10, height=10, seat_count=seats, created_at=NOW
    )
    Zone.objects.create(seat_map=plan, name="all", label="All", capacity=standing)
    return room


def an_event(title: str = "Ninth Orbit", *, venue: Venue | None = None, category: str = "Film", **fields: Any) -> Event:
    """A published event without a showtime; `director` and `cast` make it a film."""
    kind, _ = Category.objects.get_or_create(slug=slugify(category), defaults={"name": category})
    venue = venue or Venue.objects.first() or a_venue()
    director, cast = fields.pop("director", None), fields.pop("cast", ())
    event = Event.objects.create(
        organizer=venue.organizer,
        category=kind,
        title=title,
        slug=fields.pop("slug", slugify(title)),
        description=fields.pop("description", "Somebody leaves, somebody stays."),
        status=fields.pop("status", Event.Status.PUBLISHED),
        **fields,
    )
    if director is not None:
        FilmDetails.objects.create(event=event, director=director, year=2026)
    for rank, name in enumerate(cast):
        CastMember.objects.create(event=event, name=name, rank=rank)
    return event


def a_showtime(event: Event, starts_at: dt.datetime, *, venue: Venue | None = None, **fields: Any) -> Showtime:
    """A showtime of two hours, on sale, 9.50 for adults and 6.50 for children; `prices` changes that."""
    room = (venue or Venue.objects.get(organizer=event.organizer)).rooms.earliest("id")
    prices = fields.pop("prices", {TicketType.ADULT: 950, TicketType.CHILD: 650})
    showtime = Showtime.objects.create(
        event=event,
        room=room,
        seat_map=room.seat_maps.latest("version"),
        starts_at=starts_at,
        ends_at=starts_at + 2 * HOUR,
        status=fields.pop("status", Showtime.Status.ON_SALE),
        **fields,
    )
    for ticket_type, amount in prices.items():
        PriceTier.objects.create(showtime=showtime, ticket_type=ticket_type, amount=amount)
    return showtime
