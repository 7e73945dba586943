"""The evening as a file for a calendar."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event

from core.bookings.models import Booking
from core.tickets.queries import living_tickets


def calendar_file(booking: Booking, *, now: dt.datetime, url: str = "") -> bytes:
    """An iCalendar file with the one evening of the booking.

    Asked for again after a change it has the same UID and a higher SEQUENCE, so that calendars replace what they
    have; the evening of a booking without living tickets is cancelled there too. `url` leads to the booking.
    """
    shown = booking.showtime
    venue = shown.room.venue
    evening = Event()
    evening.add("uid", f"{booking.code}@{urlsplit(settings.SITE_URL).hostname}")
    evening.add("sequence", booking.changes.count())
    evening.add("dtstamp", now.astimezone(dt.UTC))
    evening.add("dtstart", venue.local(shown.starts_at))
    evening.add("dtend", venue.local(shown.ends_at))
    evening.add("summary", shown.event.title)
    evening.add("location", f"{venue.name}, {venue.street}, {venue.postcode} {venue.city}".replace("  ", " "))
    evening.add("status", "CONFIRMED" if booking.is_living else "CANCELLED")
    with translation.override(booking.language):
        evening.add("description", _description(booking, url))
    if url:
        evening.add("url", url)
    calendar = Calendar()
    calendar.add("prodid", "-//Foyer//Tickets//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(evening)
    year = shown.starts_at.year
    calendar.add_missing_timezones(dt.date(year - 1, 1, 1), dt.date(year + 2, 1, 1))
    written: bytes = calendar.to_ical()
    return written


def _description(booking: Booking, url: str) -> str:
    tickets = living_tickets(booking)
    shown = booking.showtime
    lines = [
        ngettext("%(count)s ticket", "%(count)s tickets", len(tickets)) % {"count": len(tickets)},
        *(ticket.label for ticket in tickets),
        shown.room.name,
    ]
    if shown.doors_at:
        doors = shown.room.venue.local(shown.doors_at)
        lines.append(_("Doors open at %(time)s") % {"time": f"{doors:%H:%M}"})
    lines.append(_("Booking %(code)s") % {"code": booking.code})
    return "\n".join([*lines, url] if url else lines)
