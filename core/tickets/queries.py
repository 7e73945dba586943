"""Reading tickets, and proving that they and the sold places are the same thing."""

import base64
from collections.abc import Iterator

from django.db.models import Count, F, Q

from core.bookings.models import Booking, BookingLine
from core.kernel.violations import Violation
from core.seating.models import Place
from core.tickets.models import SigningKey, Ticket

# What the person of a booking gets to see, and a document needs, in one query.
WITH_EVENING = (
    "booking__organizer",
    "line",
    "showtime__event",
    "showtime__room__venue",
    "place__zone",
    "place__seat",
)


def public_keys() -> dict[int, bytes]:
    """Every key that a ticket may be signed with, retired ones too: what `qr.verify` needs."""
    return {key: base64.b64decode(public) for key, public in SigningKey.objects.values_list("id", "public_key")}


def living_tickets(booking: Booking) -> list[Ticket]:
    """The tickets of a booking that open a door, with everything that is printed on them."""
    return list(booking.tickets.valid().select_related(*WITH_EVENING))


def violations() -> Iterator[Violation]:
    """Every ticket that says something else than its place, its booking or its line."""
    yield from _sold_and_ticketed()
    yield from _sold_twice()
    yield from _misplaced()
    yield from _out_of_step()


def _sold_and_ticketed() -> Iterator[Violation]:
    name = "valid tickets = sold places"
    for ticket, place in Ticket.objects.valid().filter(place__sold=False).values_list("id", "place_id"):
        yield Violation(name, f"tickets.ticket {ticket}", f"is valid, but place {place} is not sold")
    valid = Count("tickets", filter=Q(tickets__status=Ticket.Status.VALID))
    untold = Place.objects.filter(sold=True).annotate(valid=valid).filter(valid=0)
    for place in untold.values_list("id", flat=True):
        yield Violation(name, f"seating.place {place}", "is sold, but has no valid ticket")


def _sold_twice() -> Iterator[Violation]:
    twice = Ticket.objects.valid().order_by().values("place_id").annotate(tickets=Count("id")).filter(tickets__gt=1)
    for row in twice:
        ids = Ticket.objects.valid().filter(place_id=row["place_id"]).values_list("id", flat=True)
        told = ", ".join(str(ticket) for ticket in ids)
        yield Violation("no place sold twice", f"seating.place {row['place_id']}", f"has valid tickets {told}")


def _misplaced() -> Iterator[Violation]:
    name = "tickets fit their booking"
    tellings = {
        "place__showtime_id": ("showtime_id", "the showtime of its place"),
        "booking__showtime_id": ("showtime_id", "the showtime of its booking"),
        "line__booking_id": ("booking_id", "the booking of its line"),
        "line__place_id": ("place_id", "the place of its line"),
    }
    for theirs, (ours, meaning) in tellings.items():
        for ticket, is_, should in Ticket.objects.exclude(**{theirs: F(ours)}).values_list("id", ours, theirs):
            yield Violation(name, f"tickets.ticket {ticket}", f"{meaning} is {should}, the ticket says {is_}")


def _out_of_step() -> Iterator[Violation]:
    name = "tickets follow their lines"
    valid = Q(status=Ticket.Status.VALID)
    for ticket in Ticket.objects.filter(valid, line__cancelled_at__isnull=False).values_list("id", flat=True):
        yield Violation(name, f"tickets.ticket {ticket}", "is valid, but its line is cancelled")
    for ticket in Ticket.objects.filter(~valid, line__cancelled_at=None).values_list("id", flat=True):
        yield Violation(name, f"tickets.ticket {ticket}", "is cancelled, but its line is not")
    never_sold = (Booking.Status.AWAITING_PAYMENT, Booking.Status.EXPIRED, Booking.Status.CANCELLED)
    for ticket, status in Ticket.objects.filter(valid, booking__status__in=never_sold).values_list(
        "id", "booking__status"
    ):
        yield Violation(name, f"tickets.ticket {ticket}", f"is valid, but its booking is {status}")
    without = BookingLine.objects.filter(booking__status__in=Booking.LIVING, cancelled_at=None, ticket=None)
    for line in without.values_list("id", flat=True):
        yield Violation(name, f"bookings.bookingline {line}", "is living, but has no ticket")
