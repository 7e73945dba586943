"""One evening at the Filmhaus, sold: what the tests of tickets and mails stand on."""

import datetime as dt

from core.accounts.models import Organizer
from core.bookings.models import Booking, BookingLine
from core.catalog.models import Category, Event, Room, Seat, SeatMap, Showtime, TicketType, Venue, Zone
from core.kernel.actor import Actor
from core.payments.models import Payment
from core.seating.models import Place
from core.tickets import actions
from core.tickets.models import Ticket

NOW = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
STARTS = dt.datetime(2026, 11, 21, 19, 15, tzinfo=dt.UTC)
AMINA = Actor(holder="anon:amina", label="Amina", address="203.0.113.7")
BRUNO = Actor(holder="anon:bruno", label="Bruno", address="203.0.113.8")


def filmhaus() -> Venue:
    """The cinema and its organizer."""
    organizer = Organizer.objects.create(
        name="Filmhaus am Kanal",
        slug="filmhaus",
        legal_name="Filmhaus am Kanal GmbH",
        address="Kanalgasse 12\n1050 Wien",
        email="kassa@filmhaus.example",
    )
    return Venue.objects.create(
        organizer=organizer,
        name="Filmhaus am Kanal",
        slug="filmhaus",
        kind=Venue.Kind.CINEMA,
        street="Kanalgasse 12",
        postcode="1050",
        city="Wien",
        getting_there="U4 Pilgramgasse, three minutes on foot. The lift is left of the box office.",
    )


def showtime(venue: Venue | None = None, *, title: str = "The Lighthouse Keeper", seats: int = 3) -> Showtime:
    """A showtime with a row C of places, on sale."""
    venue = venue or filmhaus()
    category, _ = Category.objects.get_or_create(slug="film", defaults={"name": "Film"})
    count = Event.objects.count()
    event = Event.objects.create(
        organizer=venue.organizer,
        category=category,
        title=title,
        slug=f"event-{count}",
        description="A man, a lamp and a winter.",
        status=Event.Status.PUBLISHED,
        runtime_minutes=112,
        age_rating="12",
    )
    room = Room.objects.create(venue=venue, name=f"Saal {count + 1}", slug=f"saal-{count + 1}")
    plan = SeatMap.objects.create(room=room, version=1, document={}, width=10, height=10, created_at=NOW)
    zone = Zone.objects.create(seat_map=plan, name="stalls", label="Stalls")
    shown = Showtime.objects.create(
        event=event,
        room=room,
        seat_map=plan,
        starts_at=STARTS,
        ends_at=STARTS + dt.timedelta(minutes=112),
        doors_at=STARTS - dt.timedelta(minutes=30),
        status=Showtime.Status.ON_SALE,
        format="2D",
        language="English",
        subtitles="German",
    )
    for number in range(1, seats + 1):
        seat = Seat.objects.create(
            seat_map=plan, zone=zone, row_label="C", seat_number=str(number), x=number, y=1, order_in_row=number
        )
        Place.objects.create(showtime=shown, zone=zone, seat=seat)
    return shown


def booking(shown: Showtime | None = None, *, places: int = 2, **fields: object) -> Booking:
    """A booking of the first free places, paid and confirmed, without tickets yet."""
    shown = shown or showtime()
    taken = list(shown.places.filter(sold=False).order_by("id")[:places])
    total = 1450 * len(taken)
    organizer = shown.event.organizer
    made = Booking.objects.create(
        organizer=organizer,
        showtime=shown,
        **{
            "holder": AMINA.holder,
            "name": "Amina Haddad",
            "email": "amina@example.org",
            "status": Booking.Status.CONFIRMED,
            "currency": "EUR",
            "subtotal": total,
            "total": total,
            "payment": Payment.objects.create(organizer=organizer, amount=total, currency="EUR", created_at=NOW),
            "created_at": NOW,
            "lease_until": NOW + dt.timedelta(minutes=10),
            "confirmed_at": NOW,
        }
        | fields,
    )
    for place in taken:
        label = f"Stalls, row C, seat {place.seat.seat_number}" if place.seat else place.zone.label
        BookingLine.objects.create(booking=made, place=place, ticket_type=TicketType.ADULT, label=label, price=1450)
        place.sold = True
        place.save()
    return made


def ticketed(shown: Showtime | None = None, *, places: int = 2, **fields: object) -> tuple[Booking, list[Ticket]]:
    """The same with its tickets."""
    made = booking(shown, places=places, **fields)
    return made, actions.issue(booking=made, actor=AMINA, now=NOW)
