"""The file for a calendar."""

import datetime as dt

import pytest
from icalendar import Calendar

from core.bookings.models import Booking, BookingChange
from core.tickets.calendar import calendar_file
from core.tickets.tests import stage
from core.tickets.tests.stage import NOW

pytestmark = pytest.mark.django_db


def evening(booking: Booking) -> dict[str, object]:
    calendar = Calendar.from_ical(calendar_file(booking, now=NOW, url="https://foyer.example/b/key/"))
    assert [part.name for part in calendar.walk("VTIMEZONE")] == ["VTIMEZONE"]
    (event,) = calendar.walk("VEVENT")
    return event


def test_calendar_file_tells_the_evening_on_the_venues_clock() -> None:
    booking, tickets = stage.ticketed(places=2)
    event = evening(booking)
    assert event["DTSTART"].params["TZID"] == "Europe/Vienna"
    assert event.decoded("DTSTART").replace(tzinfo=None) == dt.datetime(2026, 11, 21, 20, 15)  # noqa: DTZ001
    assert event.decoded("DTSTART") == booking.showtime.starts_at
    assert event.decoded("DTEND") == booking.showtime.ends_at
    assert event["SUMMARY"] == "The Lighthouse Keeper"
    assert event["LOCATION"] == "Filmhaus am Kanal, Kanalgasse 12, 1050 Wien"
    assert event["STATUS"] == "CONFIRMED"
    assert event["UID"] == f"{booking.code}@testserver"
    assert event["DESCRIPTION"].split("\n") == [
        "2 tickets",
        *(ticket.label for ticket in tickets),
        "Saal 1",
        "Doors open at 19:45",
        f"Booking {booking.code}",
        "https://foyer.example/b/key/",
    ]


def test_calendar_file_replaces_itself_when_the_booking_changed() -> None:
    booking, _ = stage.ticketed(places=1)
    before = evening(booking)
    BookingChange.objects.create(booking=booking, at=NOW, status="cancelled")
    booking.status = Booking.Status.CANCELLED
    booking.save()
    after = evening(booking)
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
