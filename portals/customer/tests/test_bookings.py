"""BO4, BO5, BO6, BO14: the bookings of a person, their history, and the way back."""

import datetime as dt
import email
from io import BytesIO

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pypdf import PdfReader

from core.bookings.models import Booking
from core.catalog.models import PriceTier, Showtime
from core.flows import closing, verification
from core.payments.models import Refund
from core.seating.models import Place
from core.tickets.models import Ticket
from e2e.cast import House
from portals.customer.tests.shop import arrive, arrive_known, book, buy, heading, pay, pay_button, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
LIST = reverse("customer:bookings")


@pytest.fixture
def booking(clock, client: Client, house: House, stripe_desk) -> Booking:
    """Amina has bought A1 and A2 as a guest, for 25.00 EUR with fees."""
    house.organizer.fee_fixed = 50
    house.organizer.save()
    return buy(client, stripe_desk, house, "A1", "A2")


def url(name: str, booking: Booking) -> str:
    return reverse(f"customer:{name}", args=[booking.code])


def state(booking: Booking) -> tuple[str, int, int]:
    booking.refresh_from_db()
    valid = Ticket.objects.filter(booking=booking, status="valid").count()
    return booking.status, valid, Place.objects.filter(sold=True).count()


# --- the list


def test_the_list_shows_what_was_booked_in_this_browser_newest_first_bo14(client, house, booking, clock):
    clock.shift(60)
    expired = book(client, house, "B1", who="amina")
    clock.shift(11 * 60)
    closing.complete_unfinished(now=expired.created_at + dt.timedelta(minutes=11))
    page = client.get(LIST)
    assert [found.code for found in page.context["page"]] == [expired.code, booking.code]
    assert "The payment was not finished in time." in page.text
    assert "These are the bookings made in this browser." in page.text


def test_the_list_takes_the_same_number_of_queries_for_one_and_for_three(
    client, house, amina, stripe_desk, django_assert_num_queries
):
    arrive_known(client, house, amina, "A1")
    pay_button(client, house)
    with django_assert_num_queries(5):
        assert len(client.get(LIST).context["page"]) == 1
    for label in ("A2", "A3"):
        arrive_known(client, house, amina, label)
        pay_button(client, house)
    with django_assert_num_queries(5):
        assert len(client.get(LIST).context["page"]) == 3


def test_the_list_of_somebody_new_says_what_will_be_there(client):
    page = client.get(LIST)
    assert page.status_code == 200
    assert "No bookings yet" in page.text
    assert dict(client.session) == {}


def test_the_list_of_a_stranger_shows_nothing_of_aminas(booking, bruno):
    stranger = Client()
    stranger.force_login(bruno)
    assert list(stranger.get(LIST).context["page"]) == []


# --- the page


def test_the_page_shows_places_money_history_and_contact_bo4(client, booking):
    page = client.get(url("booking", booking))
    assert (page.status_code, heading(page)) == (200, "The Lantern Room")
    steps = [(step.what, step.why) for step in page.context["history"]]
    assert steps == [("Awaiting payment", ""), ("Confirmed", "")]
    for words in (booking.code, "Stalls, row A, seat 1", "25.00 EUR", "amina@foyer.example", "Tickets as PDF"):
        assert words in page.text
    assert "Tickets can be given back until Mon 23 Nov 18:00." in page.text


def test_the_page_takes_the_same_number_of_queries_for_one_ticket_and_for_three(
    client, house, stripe_desk, django_assert_num_queries
):
    one = buy(client, stripe_desk, house, "A1", who="amina")
    with django_assert_num_queries(6):
        client.get(url("booking", one))
    other = Client()
    three = buy(other, stripe_desk, house, "B1", "B2", "B3", who="three")
    with django_assert_num_queries(6):
        other.get(url("booking", three))


def test_the_page_offers_to_go_on_while_the_payment_is_open_bo14(client, house, stripe_desk):
    booking = book(client, house, "A1")
    page = client.get(url("booking", booking))
    assert "Continue payment of 12.00 EUR" in page.text
    assert "Your seats are kept until 18:10." in page.text
    assert "Mail them again" not in page.text


def test_the_page_offers_no_cancelling_when_it_is_too_late(client, booking, clock):
    clock.shift(dt.timedelta(days=2, minutes=1))
    page = client.get(url("booking", booking))
    assert "Cancel tickets" not in page.text
    assert "Tickets could be given back until 18:00." in page.text


# --- giving back


def test_cancelling_says_first_what_it_means_and_changes_nothing(client, booking):
    page = client.get(url("cancellation", booking))
    assert [(ticket.label, amount) for ticket, amount in page.context["going"]] == [
        ("Stalls, row A, seat 1", 1200),
        ("Stalls, row A, seat 2", 1200),
    ]
    assert "The service fee is kept." in page.text
    assert state(booking) == ("confirmed", 2, 2)


def test_cancelling_frees_the_seats_and_the_refund_reaches_stripe_bo6(client, booking, stripe_desk, run_due, house):
    codes = list(booking.tickets.values_list("code", flat=True))
    response = client.post(url("cancellation", booking), {"ticket": codes})
    assert response["Location"] == url("booking", booking)
    assert told(response) == ["Your tickets are cancelled. A mail says what happens with the money."]
    run_due(now=booking.created_at)
    assert state(booking) == ("refunded", 0, 0)
    assert stripe_desk.money() == {"charged": 2500, "refunded": 2400, "disputed": 0}
    page = client.get(url("booking", booking))
    assert ("Refund of 24.00 EUR", "Refunded") in [(step.what, step.why) for step in page.context["history"]]
    assert "cancelled, 12.00 EUR sent back" in page.text
    assert list(verification.violations()) == []


def test_cancelling_some_keeps_the_others_bo6(client, booking, stripe_desk, run_due):
    first, second = booking.tickets.all()
    client.post(url("cancellation", booking), {"ticket": [first.code]})
    run_due(now=booking.created_at)
    assert state(booking) == ("partly_refunded", 1, 1)
    assert stripe_desk.money()["refunded"] == 1200
    page = client.get(url("booking", booking))
    assert ("Partly refunded", "Cancelled by you.") in [(step.what, step.why) for step in page.context["history"]]
    assert '<span>Sent back</span><span class="money">−12.00 EUR</span>' in page.text
    assert page.text.count("Cancelled by you.") == 1  # in the history, and not over the tickets that are good
    assert [ticket for ticket, _amount in client.get(url("cancellation", booking)).context["going"]] == [second]


def test_cancelling_some_of_what_cost_nothing_speaks_of_no_money(client, house):
    PriceTier.objects.update(amount=0)
    arrive(client, house, "A1", "A2")
    pay_button(client, house)
    booking = Booking.objects.get()
    assert "Nothing goes back" not in client.get(url("cancellation", booking)).text
    answer = client.post(url("cancellation", booking), {"ticket": [booking.tickets.first().code]})
    assert told(answer)[-1] == "Your tickets are cancelled. A mail confirms it."
    page = client.get(url("booking", booking))
    assert [step.what for step in page.context["history"]] == ["Confirmed", "Partly cancelled"]
    assert "efunded" not in page.text


def test_cancelling_with_the_fee_given_back_too(client, booking, house, stripe_desk, run_due):
    house.organizer.keep_fee = False
    house.organizer.save()
    assert [amount for _ticket, amount in client.get(url("cancellation", booking)).context["going"]] == [1250, 1250]
    client.post(url("cancellation", booking), {"ticket": list(booking.tickets.values_list("code", flat=True))})
    run_due(now=booking.created_at)
    assert stripe_desk.money()["refunded"] == 2500


def test_cancelling_twice_cancels_once(client, booking):
    codes = {"ticket": list(booking.tickets.values_list("code", flat=True))}
    client.post(url("cancellation", booking), codes)
    again = client.post(url("cancellation", booking), codes)
    assert again.status_code == 400
    assert "These tickets are cancelled already, or not yours to cancel." in again.text
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("chosen", [[], ["ABCDEFGHJK"]])
def test_cancelling_nothing_or_something_unknown_is_refused_with_the_reason(client, booking, chosen):
    page = client.post(url("cancellation", booking), {"ticket": chosen})
    said = "These tickets are cancelled already" if chosen else "Choose at least one ticket to give back."
    assert (page.status_code, said in page.text) == (400, True)
    assert state(booking) == ("confirmed", 2, 2)
    assert Refund.objects.count() == 0


def test_cancelling_somebody_elses_ticket_through_ones_own_booking_is_refused(client, booking, house, stripe_desk):
    bruno = Client()
    theirs = buy(bruno, stripe_desk, house, "B1", who="bruno")
    page = bruno.post(url("cancellation", theirs), {"ticket": [booking.tickets.first().code]})
    assert page.status_code == 400
    assert (state(booking)[:2], state(theirs)[:2]) == (("confirmed", 2), ("confirmed", 1))


def test_cancelling_too_late_is_refused_and_changes_nothing(client, booking, clock):
    codes = list(booking.tickets.values_list("code", flat=True))
    clock.shift(dt.timedelta(days=2, minutes=1))
    page = client.post(url("cancellation", booking), {"ticket": codes})
    assert page.status_code == 400
    assert "These tickets could be given back until Mon 23 Nov 18:00." in page.text
    assert state(booking) == ("confirmed", 2, 2)


# --- mailing again


def test_resending_mails_the_tickets_with_their_file_bo5(client, booking, run_outbox):
    run_outbox()
    mail.outbox.clear()
    response = client.post(url("resending", booking))
    assert told(response) == ["The tickets are on their way to amina@foyer.example."]
    run_outbox()
    [message] = mail.outbox
    assert message.to == ["amina@foyer.example"]
    parts = email.message_from_bytes(message.message().as_bytes()).walk()
    assert "application/pdf" in [part.get_content_type() for part in parts]


def test_resending_is_limited(client, booking):
    client.post(url("resending", booking))
    response = client.post(url("resending", booking))
    assert told(response)[-1].startswith("The tickets were mailed a moment ago.")
    assert client.get(url("resending", booking)).status_code == 405


# --- files


def test_all_tickets_come_as_one_file(client, booking):
    response = client.get(url("tickets_file", booking))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="tickets-{booking.code}.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    assert len(PdfReader(BytesIO(response.content)).pages) == 2


def test_only_valid_tickets_are_in_the_file(client, booking):
    client.post(url("cancellation", booking), {"ticket": [booking.tickets.first().code]})
    response = client.get(url("tickets_file", booking))
    assert len(PdfReader(BytesIO(response.content)).pages) == 1


def test_without_valid_tickets_there_is_no_file(client, house, stripe_desk):
    booking = book(client, house, "A1")
    response = client.get(url("tickets_file", booking))
    assert response["Location"] == url("booking", booking)


def test_the_evening_comes_as_a_file_for_the_calendar(client, booking):
    response = client.get(url("calendar", booking))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{booking.code}.ics"'
    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "The Lantern Room"
    assert event.decoded("DTSTART") == booking.showtime.starts_at
    assert str(event["URL"]) == f"http://testserver/bookings/{booking.code}/"


# --- whose it is


def test_a_login_finds_its_bookings_in_any_browser(house, amina, stripe_desk):
    first, second = Client(), Client()
    arrive_known(first, house, amina, "A1")
    pay_button(first, house)
    booking = pay(first, stripe_desk, Booking.objects.get())
    second.force_login(amina)
    assert second.get(url("booking", booking)).status_code == 200
    assert [found.code for found in second.get(LIST).context["page"]] == [booking.code]


@pytest.mark.parametrize(
    "name", ["booking", "cancellation", "resending", "tickets_file", "calendar", "payment", "payment_left"]
)
@pytest.mark.parametrize("knows", ["nothing", "a login"])
def test_a_stranger_finds_no_booking_and_changes_nothing(booking, bruno, name, knows):
    stranger = Client()
    if knows == "a login":
        stranger.force_login(bruno)
    codes = {"ticket": list(booking.tickets.values_list("code", flat=True))}
    mails = mail.outbox[:]
    answers = {stranger.get(url(name, booking)).status_code, stranger.post(url(name, booking), codes).status_code}
    assert answers <= {404, 405} and 404 in answers
    assert state(booking) == ("confirmed", 2, 2)
    assert mail.outbox == mails


def test_a_cancelled_showtimes_booking_is_still_found(client, booking):
    Showtime.objects.update(status="cancelled")
    assert client.get(url("booking", booking)).status_code == 200
