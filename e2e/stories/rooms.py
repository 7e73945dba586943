"""More rooms for the house: the hall of 300 with sofas, the club with nothing but floor."""

import datetime as dt

from django.utils import timezone

from core.accounts.models import Organizer
from core.catalog.actions import import_seat_map
from core.catalog.models import Category, Event, PriceTier, Room, Showtime, TicketType, Venue
from core.catalog.seatmap.samples import sample
from core.seating.actions import open_places
from e2e.cast import KEEPER, House


def strict_house() -> House:
    """Another organizer, who refuses single seats and lets visitors without proof hold three places."""
    organizer = Organizer.objects.create(
        name="Strenge Lichtspiele", slug="streng", refuse_orphans=True, places_per_address=3
    )
    venue = Venue.objects.create(
        organizer=organizer, name="Strenges Haus", slug="strenges-haus", kind="cinema", street="Ring 1", city="Graz"
    )
    now, category = timezone.now(), Category.objects.get(slug="film")
    room = Room.objects.create(venue=venue, name="Saal", slug="saal")
    rows = {"name": "stalls", "label": "Stalls", "defaults": {"counts": [10]}, "rows": [{"labels": "A-C"}]}
    document = {"format": "foyer-seat-map/1", "name": "Saal", "focus": {"kind": "screen", "y": -4}, "zones": [rows]}
    seat_map = import_seat_map(room=room, document=document, actor=KEEPER, now=now)
    event = Event.objects.create(
        organizer=organizer, category=category, title="Rules of the House", slug="rules-of-the-house",
        description="A film about order.", status=Event.Status.PUBLISHED,
    )  # fmt: skip
    starts_at = now + dt.timedelta(days=4)
    showtime = Showtime.objects.create(
        event=event, room=room, seat_map=seat_map, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=2),
        status=Showtime.Status.ON_SALE,
    )  # fmt: skip
    PriceTier.objects.create(showtime=showtime, ticket_type=TicketType.ADULT, amount=1000)
    open_places(showtime=showtime, actor=KEEPER, now=now)
    return House(organizer, venue, room, event, showtime)


def room_like(house: House, name: str, *, title: str, slug: str, prices: dict[TicketType, int]) -> House:
    """A room of the same venue, built after a sample, with an event and a first showtime in it."""
    now = timezone.now()
    room = Room.objects.create(venue=house.venue, name=name.replace("_", " ").title(), slug=slug)
    seat_map = import_seat_map(room=room, document=sample(name), actor=KEEPER, now=now)
    event = Event.objects.create(
        organizer=house.organizer,
        category=house.event.category,
        title=title,
        slug=slug,
        description=f"{title}, live in Graz.",
        status=Event.Status.PUBLISHED,
    )
    starts_at = house.showtime.starts_at + dt.timedelta(hours=1)
    showtime = Showtime.objects.create(
        event=event,
        room=room,
        seat_map=seat_map,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2),
        status=Showtime.Status.ON_SALE,
    )
    for kind, amount in prices.items():
        PriceTier.objects.create(showtime=showtime, ticket_type=kind, amount=amount)
    open_places(showtime=showtime, actor=KEEPER, now=now)
    return House(house.organizer, house.venue, room, event, showtime)
