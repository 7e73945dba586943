"""More rooms for the house: the hall of 300 with sofas, the club with nothing but floor."""

import datetime as dt

from django.utils import timezone

from core.catalog.actions import import_seat_map
from core.catalog.models import Event, PriceTier, Room, Showtime, TicketType
from core.catalog.seatmap.samples import sample
from core.seating.actions import open_places
from e2e.cast import KEEPER, House


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
