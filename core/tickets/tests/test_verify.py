"""Rows corrupted by hand, and what `verify` says of them."""

import pytest
from django.db import connection

from core.bookings.models import Booking
from core.seating.models import Place
from core.tickets import actions, queries
from core.tickets.models import Ticket
from core.tickets.tests import stage
from core.tickets.tests.stage import AMINA, NOW

pytestmark = pytest.mark.django_db


def found() -> list[tuple[str, str]]:
    return [(violation.invariant, violation.where) for violation in queries.violations()]


def test_violations_finds_nothing_when_all_is_well() -> None:
    booking, (first, _second) = stage.ticketed(places=2)
    assert found() == []
    actions.cancel(tickets=[first], actor=AMINA, now=NOW)
    booking.lines.filter(pk=first.line_id).update(cancelled_at=NOW)
    Place.objects.filter(pk=first.place_id).update(sold=False)
    assert found() == []


def test_violations_names_a_valid_ticket_when_its_place_is_not_sold() -> None:
    _, (first, _second) = stage.ticketed()
    Place.objects.filter(pk=first.place_id).update(sold=False)
    assert found() == [("valid tickets = sold places", f"tickets.ticket {first.pk}")]


def test_violations_names_a_sold_place_when_it_has_no_ticket() -> None:
    shown = stage.showtime(seats=3)
    stage.ticketed(shown, places=2)
    place = shown.places.get(sold=False)
    Place.objects.filter(pk=place.pk).update(sold=True)
    assert found() == [("valid tickets = sold places", f"seating.place {place.pk}")]


def test_violations_names_a_place_when_it_is_sold_twice_se6() -> None:
    shown = stage.showtime(seats=2)
    booking, (first,) = stage.ticketed(shown, places=1)
    other, (second,) = stage.ticketed(shown, places=1)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ticket_one_living")
    freed = second.place_id
    Ticket.objects.filter(pk=second.pk).update(place_id=first.place_id)
    other.lines.update(place_id=first.place_id)
    Place.objects.filter(pk=freed).update(sold=False)
    assert list(queries.violations()) == [
        queries.Violation(
            "no place sold twice",
            f"seating.place {first.place_id}",
            f"has valid tickets {first.pk}, {second.pk}",
        )
    ]
    assert booking.pk != other.pk


def test_violations_names_a_ticket_when_its_showtime_is_another_than_its_place_and_booking() -> None:
    _, (ticket,) = stage.ticketed(places=1)
    other = stage.showtime(stage.Venue.objects.get())
    Ticket.objects.filter(pk=ticket.pk).update(showtime=other)
    assert found() == [("tickets fit their booking", f"tickets.ticket {ticket.pk}")] * 2


def test_violations_names_a_ticket_when_its_place_or_booking_is_not_its_lines() -> None:
    shown = stage.showtime(seats=3)
    _, (ticket,) = stage.ticketed(shown, places=1)
    other, _tickets = stage.ticketed(shown, places=1)
    free = shown.places.get(sold=False)
    Place.objects.filter(pk=ticket.place_id).update(sold=False)
    Place.objects.filter(pk=free.pk).update(sold=True)
    Ticket.objects.filter(pk=ticket.pk).update(place=free)
    assert found() == [("tickets fit their booking", f"tickets.ticket {ticket.pk}")]
    ticket.line.place = free
    ticket.line.save()
    Ticket.objects.filter(pk=ticket.pk).update(booking=other)
    assert found() == [("tickets fit their booking", f"tickets.ticket {ticket.pk}")]


def test_violations_names_a_ticket_when_its_line_is_cancelled_and_it_is_not() -> None:
    booking, (ticket,) = stage.ticketed(places=1)
    booking.lines.update(cancelled_at=NOW)
    assert found() == [("tickets follow their lines", f"tickets.ticket {ticket.pk}")]


def test_violations_names_a_ticket_when_it_is_cancelled_and_its_line_is_not() -> None:
    _, (ticket,) = stage.ticketed(places=1)
    actions.cancel(tickets=[ticket], actor=AMINA, now=NOW)
    Place.objects.filter(pk=ticket.place_id).update(sold=False)
    assert found() == [("tickets follow their lines", f"tickets.ticket {ticket.pk}")]


def test_violations_names_a_valid_ticket_when_its_booking_was_never_paid() -> None:
    booking, (ticket,) = stage.ticketed(places=1)
    Booking.objects.filter(pk=booking.pk).update(status="expired")
    assert found() == [("tickets follow their lines", f"tickets.ticket {ticket.pk}")]


def test_violations_names_a_line_when_its_booking_is_confirmed_without_ticket() -> None:
    booking = stage.booking(places=1)
    line = booking.lines.get()
    assert found() == [
        ("valid tickets = sold places", f"seating.place {line.place_id}"),
        ("tickets follow their lines", f"bookings.bookingline {line.pk}"),
    ]
