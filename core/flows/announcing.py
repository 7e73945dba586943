"""What customers are told, and when: each thing once."""

import datetime as dt
from collections.abc import Sequence

from core.bookings.models import Booking
from core.notifications import actions as notifications
from core.tickets.models import Ticket


def booking_confirmed(booking: Booking, *, now: dt.datetime) -> None:
    """The tickets, with their PDF."""
    _say("booking_confirmed", booking, once=booking.code, now=now)


def payment_refunded(booking: Booking, *, amount: int, now: dt.datetime) -> None:
    """The money came for seats that were gone, and goes back."""
    _say("payment_refunded", booking, once=booking.code, now=now, amount=amount)


def tickets_cancelled(booking: Booking, tickets: Sequence[Ticket], *, amount: int, now: dt.datetime) -> None:
    """Tickets were given back; what is refunded for them."""
    codes = [ticket.code for ticket in tickets]
    _say("tickets_cancelled", booking, once=":".join(codes)[:80], now=now, amount=amount, tickets=",".join(codes))


def showtime_cancelled(booking: Booking, tickets: Sequence[Ticket], *, amount: int, now: dt.datetime) -> None:
    """The showtime does not take place; what goes back."""
    codes = ",".join(ticket.code for ticket in tickets)
    _say("showtime_cancelled", booking, once=booking.code, now=now, amount=amount, tickets=codes)


def _say(kind: str, booking: Booking, *, once: str, now: dt.datetime, amount: int = 0, tickets: str = "") -> None:
    showtime = booking.showtime
    venue = showtime.room.venue
    notifications.notify(
        kind,
        about=f"booking:{booking.pk}",
        once_key=f"{kind}:{once}",
        user=booking.user,
        to=booking.email,
        language=booking.language,
        now=now,
        booking=booking.code,
        event=showtime.event.title,
        venue=venue.name,
        starts=venue.local(showtime.starts_at).isoformat(),
        currency=booking.currency,
        amount=amount,
        tickets=tickets,
    )
