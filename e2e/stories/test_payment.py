"""Between the button and the tickets: what can go otherwise at Stripe, and what the person sees of it."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.accounts.models import Organizer
from core.bookings.models import Booking, BookingLine
from core.catalog.models import Showtime
from core.notifications.models import Delivery
from core.payments.models import PaymentAttempt
from core.seating.models import Place
from core.tickets.models import Ticket
from e2e.cast import House
from e2e.foyer import Foyer, until
from e2e.stories import steps


def at_till(page: Page, showtime: Showtime, *labels: str, email: str) -> Booking:
    """Somebody stands at Stripe's page; their booking."""
    steps.watch(page, showtime)
    steps.take(page, *labels)
    steps.to_checkout(page)
    steps.to_till(page, email=email)
    return PaymentAttempt.objects.get(session_id=steps.session_of(page)).payment.booking


def end_lease(booking: Booking) -> None:
    """The ten minutes to pay are over."""
    now = timezone.now() - dt.timedelta(seconds=1)
    Booking.objects.filter(pk=booking.pk).update(lease_until=now)


def confirmed(booking: Booking) -> bool:
    """Whether the booking is confirmed."""
    return Booking.objects.get(pk=booking.pk).status == Booking.Status.CONFIRMED


def assert_sold_once(foyer: Foyer, booking: Booking, *, total: int) -> None:
    """One confirmation, one set of tickets, one mail, charged once (R1)."""
    booking.refresh_from_db()
    lines = BookingLine.objects.filter(booking=booking).count()
    assert booking.status == Booking.Status.CONFIRMED
    assert booking.changes.filter(status=Booking.Status.CONFIRMED).count() == 1
    assert Ticket.objects.filter(booking=booking).count() == lines
    assert Delivery.objects.filter(about=f"booking:{booking.pk}").count() == 1
    assert booking.payment is not None
    money = foyer.till.money_of(booking.payment.intent_id)
    assert (money["charges"], money["charged"], money["refunded"]) == (1, total, 0)


def test_card_is_declined_and_the_next_one_succeeds(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """BO3: declined at Stripe, another card there, tickets here."""
    booking = at_till(amina, showtime, "A1", email="declined@foyer.example")
    steps.pay_at_till(amina, steps.DECLINED_CARD)
    expect(amina.get_by_role("alert")).to_contain_text("Your card was declined.")
    assert not confirmed(booking)
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    assert_sold_once(foyer, booking, total=1250)


def test_bank_asks_and_the_person_proves(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """BO3: 3-D Secure at Stripe."""
    booking = at_till(amina, showtime, "A1", email="bank@foyer.example")
    steps.pay_at_till(amina, steps.BANK_CARD)
    amina.click("#complete")
    steps.expect_success(amina)
    assert_sold_once(foyer, booking, total=1250)


def test_person_cancels_at_stripe_and_continues_the_payment(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """BO14: nothing is lost by coming back; the same session goes on while the lease lasts."""
    booking = at_till(amina, showtime, "A1", "A2", email="continues@foyer.example")
    session = steps.session_of(amina)
    amina.click("#cancel")
    expect(amina.get_by_role("heading", name="Not paid yet")).to_be_visible()
    amina.get_by_role("button", name=re.compile("^Continue payment of .*25.00")).click()
    amina.wait_for_url("**/c/pay/**")
    assert steps.session_of(amina) == session
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    assert_sold_once(foyer, booking, total=2500)


def test_person_cancels_at_stripe_and_gives_up(foyer: Foyer, amina: Page, bruno: Page, showtime: Showtime) -> None:
    """BO14, R3: giving up ends the session at Stripe, frees the seats, and everybody sees it."""
    booking = at_till(amina, showtime, "A1", email="gives-up@foyer.example")
    session = amina.url
    steps.watch(bruno, showtime)
    steps.expect_seats(bruno, steps.HELD, ["A1"])
    amina.click("#cancel")
    amina.get_by_role("button", name="Give up and free the seats").click()
    amina.wait_for_url(f"**{steps.path_of(showtime)}**")
    steps.expect_seats(amina, steps.FREE, ["A1"])
    steps.expect_seats(bruno, steps.FREE, ["A1"])
    amina.goto(session)
    expect(amina.locator("#cardNumber")).to_have_count(0)
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CANCELLED
    amina.goto("/bookings/")
    expect(amina.get_by_role("row", name=re.compile(booking.code))).to_contain_text(booking.reason)


def test_tab_is_closed_after_paying_and_the_webhook_completes(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """R1: nobody comes back to the success page; the tickets come all the same."""
    booking = at_till(amina, showtime, "A1", email="closed-tab@foyer.example")
    foyer.till.control(f"sessions/{steps.session_of(amina)}/pay", {})
    amina.close()
    until(lambda: confirmed(booking), "confirmed by the webhook")
    foyer.mails_to("closed-tab@foyer.example")
    assert_sold_once(foyer, booking, total=1250)


def test_tab_is_closed_and_the_webhook_is_lost_and_the_completer_completes(
    foyer: Foyer, amina: Page, showtime: Showtime
) -> None:
    """R2, R9: paid, but no word of it ever comes; Stripe is asked when the lease is over."""
    foyer.till.set(webhooks="lost")
    booking = at_till(amina, showtime, "A1", email="lost@foyer.example")
    foyer.till.control(f"sessions/{steps.session_of(amina)}/pay", {})
    amina.close()
    end_lease(booking)
    foyer.tick("flows.complete_unfinished")
    until(lambda: confirmed(booking), "confirmed by the completer")
    assert_sold_once(foyer, booking, total=1250)


def test_lease_ends_unpaid_and_the_page_says_so(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """R9, R20: the seats go back after Stripe's word; the booking stays visible with the reason."""
    booking = at_till(amina, showtime, "A1", email="lease@foyer.example")
    amina.click("#cancel")
    amina.goto(f"/bookings/{booking.code}/payment/")
    expect(amina.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
    end_lease(booking)
    foyer.tick("flows.complete_unfinished")
    expect(amina.get_by_role("heading", name="This booking has expired")).to_be_visible()
    expect(amina.locator("#state .lead")).to_contain_text("The payment was not finished in time.")
    assert Place.objects.get(showtime=showtime, seat__row_label="A", seat__seat_number="1").is_free(timezone.now())
    amina.goto(f"/bookings/{booking.code}/")
    expect(amina.get_by_text("The payment was not finished in time.").first).to_be_visible()


@pytest.mark.parametrize("webhooks", ["late:2", "twice", "out_of_order", "lost"])
def test_webhooks_come_as_they_please_and_the_person_sees_tickets_at_once(
    foyer: Foyer, amina: Page, showtime: Showtime, webhooks: str
) -> None:
    """R1: late, twice, in any order or never; the success page asks Stripe itself."""
    foyer.till.set(webhooks=webhooks)
    booking = at_till(amina, showtime, "A1", email=f"{webhooks.replace(':', '-')}@foyer.example")
    session = steps.session_of(amina)
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    if webhooks != "lost":
        many = 2 if webhooks == "twice" else 1
        until(
            lambda: len(foyer.till.deliveries("checkout.session.completed", session)) >= many, "the webhook delivered"
        )
    foyer.mails_to(booking.email)
    assert_sold_once(foyer, booking, total=1250)
    assert len(foyer.mailbox.to(booking.email)) == 1


def test_success_page_is_opened_late_twice_and_by_somebody_else(
    foyer: Foyer, amina: Page, bruno: Page, showtime: Showtime
) -> None:
    """R1: the same page tells the same truth however often it is opened; a stranger finds nothing."""
    code = steps.buy(amina, showtime, "A1", email="late-page@foyer.example")
    page = f"/bookings/{code}/payment/"
    amina.goto(page)
    steps.expect_success(amina)
    amina.reload()
    steps.expect_success(amina)
    answer = bruno.goto(page)
    assert answer is not None and answer.status == 404
    assert_sold_once(foyer, Booking.objects.get(code=code), total=1250)


def test_stripe_is_silent_and_the_seats_are_kept(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """R4: no session, no money; the person is told, the seats stay, and the payment goes on when Stripe is back."""
    steps.watch(amina, showtime)
    steps.take(amina, "A1")
    steps.to_checkout(amina)
    steps.give_contact(amina, email="silent@foyer.example")
    foyer.till.set(api_errors=20, only="POST /v1/checkout/sessions")
    steps.pay_button(amina).click()
    amina.wait_for_url("**/payment/")
    expect(amina.get_by_text("The payment service does not answer at the moment.").first).to_be_visible()
    foyer.till.heal()
    amina.get_by_role("button", name=re.compile("^Continue payment")).click()
    amina.wait_for_url("**/c/pay/**")
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    assert_sold_once(foyer, Booking.objects.get(code=steps.code_of(amina)), total=1250)


@pytest.fixture
def delayed(house: House) -> Iterator[None]:
    """The organizer takes bank debits for showtimes two days away or more."""
    organizers = Organizer.objects.filter(pk=house.organizer.pk)
    organizers.update(delayed_methods_days=2)
    yield
    organizers.update(delayed_methods_days=None)


@pytest.mark.parametrize("outcome", ["succeeded", "failed"])
def test_bank_debit_settles_days_later(
    foyer: Foyer, amina: Page, showtime: Showtime, delayed: None, outcome: str
) -> None:
    """R19, R24: the seats are kept while the bank takes its time; then tickets, or free seats."""
    booking = at_till(amina, showtime, "A1", email=f"debit-{outcome}@foyer.example")
    session = steps.session_of(amina)
    amina.locator("#m-sepa_debit").check()
    amina.fill("#iban", "DE89370400440532013000")
    amina.click("#submit")
    expect(amina.get_by_role("heading", name="Your payment is being settled")).to_be_visible()
    foyer.tick("flows.complete_unfinished")
    foyer.till.control(f"sessions/{session}/settle", {"outcome": outcome})
    if outcome == "succeeded":
        steps.expect_success(amina)
        assert_sold_once(foyer, booking, total=1250)
    else:
        expect(amina.get_by_role("heading", name="This booking has expired")).to_be_visible()
        place = Place.objects.get(showtime=showtime, seat__row_label="A", seat__seat_number="1")
        assert place.is_free(timezone.now())
