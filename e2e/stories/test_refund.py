"""Giving tickets back: the money goes where it came from, and the seats are free before everybody's eyes."""

from playwright.sync_api import Page, expect

from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.tickets.models import Ticket
from e2e.foyer import Foyer, until
from e2e.mailbox import pdfs_of, text_of
from e2e.stories import steps


def test_one_ticket_is_given_back_and_its_seat_is_free_in_another_page(
    foyer: Foyer, amina: Page, bruno: Page, showtime: Showtime
) -> None:
    """BO6, SE5: 12.00 of 12.50 come back, the fee is kept; the other ticket stays good."""
    code = steps.buy(amina, showtime, "B1", "B2", email="refund-one@foyer.example")
    [tickets] = foyer.mails_to("refund-one@foyer.example")
    steps.watch(bruno, showtime)
    steps.expect_seats(bruno, steps.SOLD, ["B1", "B2"])
    amina.goto(f"/bookings/{code}/")
    amina.get_by_role("link", name="Cancel tickets").click()
    amina.get_by_role("checkbox", name=steps.said("B2")).uncheck()
    amina.get_by_role("button", name="Cancel these tickets").click()
    expect(amina.get_by_text("Your tickets are cancelled.")).to_be_visible()
    steps.expect_seats(bruno, steps.FREE, ["B1"])
    steps.expect_seats(bruno, steps.SOLD, ["B2"])
    booking = Booking.objects.get(code=code)
    assert booking.payment is not None
    intent = booking.payment.intent_id
    until(lambda: foyer.till.money_of(intent)["refunded"] == 1200, "12.00 EUR back at Stripe")
    states = {ticket.place.label: ticket.status for ticket in Ticket.objects.filter(booking=booking)}
    assert states == {"B1": Ticket.Status.CANCELLED, "B2": Ticket.Status.VALID}
    _, refund = foyer.mails_to("refund-one@foyer.example", count=2)
    assert (len(pdfs_of(tickets)), len(pdfs_of(refund))) == (1, 0)
    assert "12.00" in text_of(refund)


def test_whole_booking_is_given_back_and_bruno_buys_the_seat(
    foyer: Foyer, amina: Page, bruno: Page, showtime: Showtime
) -> None:
    """BO6, R18: the seat is sold again, to somebody else; the old ticket opens no door."""
    code = steps.buy(amina, showtime, "C3", email="refund-all@foyer.example")
    amina.goto(f"/bookings/{code}/cancellation/")
    amina.get_by_role("button", name="Cancel these tickets").click()
    expect(amina.get_by_text("Your tickets are cancelled.")).to_be_visible()
    steps.buy(bruno, showtime, "C3", email="second-owner@foyer.example")
    ticket = Ticket.objects.get(booking__code=code)
    amina.goto(f"/tickets/{ticket.code}/")
    expect(amina.get_by_text("This ticket opens no door any more.")).to_be_visible()
    living = Ticket.objects.filter(showtime=showtime, status=Ticket.Status.VALID)
    assert [ticket.booking.email for ticket in living] == ["second-owner@foyer.example"]
