"""The pages of the payment tell the truth at each moment, however often, late or by whom they are opened (BO14)."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from core.bookings.models import Booking
from core.flows import closing, purchase
from core.payments.models import Payment, PaymentAttempt, Refund
from core.seating import actions as seating
from core.seating.models import Place
from core.tickets.models import Ticket
from e2e.cast import House, user_actor
from portals.customer.tests.shop import HTMX, book, buy, heading, pay, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def booking(clock, client: Client, house: House, stripe_desk) -> Booking:
    """Amina has seats A1 and A2 under payment; Stripe's page is open."""
    return book(client, house, "A1", "A2")


def url(name: str, booking: Booking) -> str:
    return reverse(f"customer:{name}", args=[booking.code])


def state(booking: Booking) -> tuple[str, int, int]:
    booking.refresh_from_db()
    free = 40 - Place.objects.filter(sold=True).count() - Place.objects.filter(under_payment=True).count()
    return booking.status, Ticket.objects.filter(status="valid").count(), free


def session(booking: Booking) -> str:
    return PaymentAttempt.objects.get(payment=booking.payment_id).session_id


# --- the booking's own link


@pytest.mark.parametrize(
    ("to", "name"), [("payment", "payment"), ("cancelled", "payment_left"), ("", "booking"), ("//evil", "booking")]
)
def test_the_link_opens_the_booking_in_another_browser_bo13(booking, to, name):
    other = Client()
    response = other.get(reverse("customer:by_key", args=[booking.access_key]), {"to": to})
    assert response["Location"] == url(name, booking)
    assert other.get(response["Location"]).status_code == 200


def test_the_link_answers_programs_that_only_look(booking):
    assert Client().head(reverse("customer:by_key", args=[booking.access_key])).status_code == 302


def test_a_wrong_link_is_not_found_and_opens_nothing(booking):
    other = Client()
    assert other.get(reverse("customer:by_key", args=[booking.code])).status_code == 404
    assert other.get(url("booking", booking)).status_code == 404
    assert dict(other.session) == {}


@pytest.mark.parametrize("name", ["by_key", "booking", "payment", "tickets_file", "ticket", "ticket_image"])
def test_an_address_that_no_code_can_have_is_not_found(name, booking):
    """The database refuses NUL in a text, so it must never get there."""
    customer = Client()
    customer.force_login(User.objects.create_user("bruno@example.org"))
    address = reverse(f"customer:{name}", args=["XX"]).replace("XX", "%00")
    assert customer.get(address).status_code == 404


# --- the payment's page


def test_the_page_waits_and_offers_to_go_on_while_nobody_paid(client, booking):
    page = client.get(url("payment", booking))
    assert (page.status_code, heading(page)) == (200, "Waiting for your payment")
    assert "Continue payment of 24.00 EUR" in page.text
    assert 'data-expires-at="2026-11-21T17:10:00Z"' in page.text
    assert state(booking) == ("awaiting_payment", 0, 38)


def test_the_page_confirms_when_stripe_has_the_money_and_the_webhook_is_late_bo1(client, booking, stripe_desk):
    stripe_desk.pay(session(booking))
    page = client.get(url("payment", booking))
    assert heading(page) == "Enjoy the show"
    assert "amina@foyer.example" in page.text
    assert url("ticket", Ticket.objects.first()) in page.text
    assert state(booking) == ("confirmed", 2, 38)


def test_the_page_opened_twice_and_late_says_the_same(client, booking, stripe_desk, clock):
    pay(client, stripe_desk, booking)
    clock.shift(dt.timedelta(days=1))
    assert [heading(client.get(url("payment", booking))) for _ in range(2)] == ["Enjoy the show"] * 2
    assert Ticket.objects.count() == 2


def test_the_part_is_sent_only_when_something_is_new_and_does_not_ask_stripe(client, booking, stripe_desk):
    known = client.get(url("payment", booking)).context["known"]
    asked = stripe_desk.requests("/v1/checkout/sessions/")
    same = client.get(url("payment", booking), {"known": known}, headers=HTMX)
    assert (same.status_code, same.content) == (204, b"")
    stripe_desk.pay(session(booking))
    assert client.get(url("payment", booking), {"known": known}, headers=HTMX).status_code == 204
    assert stripe_desk.requests("/v1/checkout/sessions/") == asked
    client.get(url("payment", booking))
    part = client.get(url("payment", booking), {"known": known}, headers=HTMX)
    assert part.text.lstrip().startswith('<div id="state"')
    assert "Enjoy the show" in part.text
    assert "hx-get" not in part.text


def test_the_page_says_so_when_stripe_does_not_answer(client, booking, stripe_desk):
    stripe_desk.control("faults", {"api_errors": 5})
    page = client.get(url("payment", booking))
    assert page.status_code == 200
    assert "The payment service does not answer at the moment." in page.text
    assert state(booking) == ("awaiting_payment", 0, 38)


def test_the_page_says_that_the_time_is_over_until_stripe_has_spoken(client, booking, clock):
    clock.shift(11 * MINUTE)
    page = client.get(url("payment", booking))
    assert heading(page) == "The time to pay is over"
    assert "Continue payment" not in page.text
    assert state(booking) == ("awaiting_payment", 0, 38)


def test_the_page_says_why_a_booking_has_expired_r20(client, booking, clock):
    clock.shift(11 * MINUTE)
    closing.complete_unfinished(now=booking.created_at + 11 * MINUTE)
    page = client.get(url("payment", booking))
    assert heading(page) == "This booking has expired"
    assert "The payment was not finished in time." in page.text
    assert "Nothing was charged, and the seats are free again." in page.text


def test_the_page_says_that_the_money_goes_back_when_the_seats_were_gone_r18(
    client, house, booking, stripe_desk, bruno, clock
):
    clock.shift(11 * MINUTE)
    later = booking.created_at + 11 * MINUTE
    stripe_desk.pay(session(booking))
    PaymentAttempt.objects.update(status="expired", session_id="")
    closing.complete_unfinished(now=later)
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=user_actor(bruno), now=later)
    purchase.complete(
        payment_id=booking.payment_id, intent_id="pi_late", amount=2400, actor=user_actor(bruno), now=later
    )
    page = client.get(url("payment", booking))
    assert heading(page) == "Your seats were gone, your money is going back"
    assert "24.00 EUR go back the way they came." in page.text
    assert Refund.objects.get().amount == 2400


def test_the_page_says_how_much_went_back_in_all_and_whether_it_got_stuck(client, booking, stripe_desk):
    pay(client, stripe_desk, booking)
    for ticket in booking.tickets.all():
        client.post(url("cancellation", booking), {"ticket": [ticket.code]})
    assert "24.00 EUR go back the way they came." in client.get(url("payment", booking)).text
    Refund.objects.filter(pk=Refund.objects.last().pk).update(status=Refund.Status.FAILED)
    assert "The bank has refused to take them back the way they came" in client.get(url("payment", booking)).text


def test_the_page_says_that_a_payment_settles(client, house, stripe_desk):
    house.organizer.delayed_methods_days = 1
    house.organizer.save()
    booking = book(client, house, "A1")
    stripe_desk.pay(session(booking), card="sepa_debit")
    page = client.get(url("payment", booking))
    assert heading(page) == "Your payment is being settled"
    assert "until Mon 23 Nov 18:00" in page.text
    assert "Give up" not in page.text


# --- going on, leaving, giving up


def test_going_on_leads_to_the_same_page_of_stripe_bo14(client, booking, stripe_desk):
    response = client.post(url("payment", booking))
    assert response["Location"] == PaymentAttempt.objects.get().session_url
    assert client.post(url("payment", booking))["Location"] == response["Location"]
    assert PaymentAttempt.objects.count() == 1


def test_going_on_is_refused_when_the_time_is_over(client, booking, clock):
    clock.shift(11 * MINUTE)
    response = client.post(url("payment", booking))
    assert response["Location"] == url("payment", booking)
    assert told(response) == ["This booking has ended in the meantime. Nothing was charged for it."]
    assert PaymentAttempt.objects.count() == 1


def test_leaving_changes_nothing_and_offers_to_go_on_bo14(client, booking, stripe_desk):
    asked = stripe_desk.requests("/v1/checkout/sessions/")
    page = client.get(url("payment_left", booking))
    assert (page.status_code, heading(page)) == (200, "Not paid yet")
    assert "Continue payment of 24.00 EUR" in page.text
    assert state(booking) == ("awaiting_payment", 0, 38)
    assert stripe_desk.requests("/v1/checkout/sessions/") == asked


def test_leaving_says_that_the_time_is_over_when_it_is(client, booking, clock):
    clock.shift(11 * MINUTE)
    page = client.get(url("payment_left", booking))
    assert "The time to pay is over." in page.text
    assert "Continue payment" not in page.text


def test_leaving_leads_to_how_it_stands_when_it_was_paid_after_all(client, booking, stripe_desk):
    pay(client, stripe_desk, booking)
    assert client.get(url("payment_left", booking))["Location"] == url("payment", booking)


def test_giving_up_ends_the_session_and_frees_the_seats(client, house, booking, stripe_desk):
    response = client.post(url("payment_end", booking))
    assert response["Location"] == reverse("customer:showtime", args=[house.showtime.pk])
    assert state(booking) == ("cancelled", 0, 40)
    assert stripe_desk.pay(session(booking))["session"]["status"] == "expired"
    assert stripe_desk.money()["charged"] == 0


def test_giving_up_twice_gives_up_once(client, booking):
    client.post(url("payment_end", booking))
    client.post(url("payment_end", booking))
    assert list(booking.changes.values_list("status", flat=True)) == ["awaiting_payment", "cancelled"]


def test_giving_up_is_honoured_as_paid_when_the_money_came_first(client, booking, stripe_desk):
    stripe_desk.pay(session(booking))
    assert client.post(url("payment_end", booking))["Location"] == url("payment", booking)
    assert state(booking) == ("confirmed", 2, 38)


def test_giving_up_keeps_the_seats_when_stripe_does_not_answer(client, booking, stripe_desk):
    stripe_desk.control("faults", {"api_errors": 5})
    response = client.post(url("payment_end", booking))
    assert response["Location"] == url("payment", booking)
    assert told(response) == ["The payment service does not answer at the moment. Your seats are kept; try again."]
    assert state(booking) == ("awaiting_payment", 0, 38)


def test_giving_up_takes_a_button_and_not_a_link(client, booking):
    assert client.get(url("payment_end", booking)).status_code == 405
    assert state(booking) == ("awaiting_payment", 0, 38)


# --- strangers


@pytest.mark.parametrize("name", ["payment", "payment_left", "payment_end"])
@pytest.mark.parametrize("knows", ["nothing", "a login", "a purchase"])
def test_a_stranger_finds_no_payment_and_changes_nothing(house, booking, stripe_desk, bruno, name, knows):
    stranger = Client()
    if knows == "a login":
        stranger.force_login(bruno)
    elif knows == "a purchase":
        buy(stranger, stripe_desk, house, "D1", who="bruno")
    before = state(booking)
    methods = [stranger.post] if name == "payment_end" else [stranger.get, stranger.post]
    answers = {method(url(name, booking)).status_code for method in methods}
    assert answers <= {404, 405} and 404 in answers
    assert state(booking) == before
    assert Payment.objects.get(pk=booking.payment_id).status == "pending"
