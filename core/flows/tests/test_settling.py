"""Methods that settle days later, and what is too small to be charged at all."""

import datetime as dt

import pytest

from core.bookings.models import Booking, PromoCode
from core.bookings.refusals import PaymentTooSmall, PromoRefused
from core.catalog.models import PriceTier
from core.flows import closing, purchase
from core.flows.tests.stage import LATER, LEASE_OVER, all_adds_up, begin, completed, state, to_stripe
from core.kernel.actor import Actor
from core.payments.models import MoneyIncident, Payment, PaymentAttempt
from core.seating import actions as seating
from core.seating.models import Place
from e2e.cast import NOW, House, StripeDesk, tell, visitor

pytestmark = pytest.mark.django_db(transaction=True)
OLGA = Actor(holder="user:1", label="Olga")


@pytest.fixture
def agreed(house: House, stripe_desk: StripeDesk) -> Booking:
    """The customer has agreed to a debit that settles in some days; no event has arrived yet."""
    house.organizer.delayed_methods_days = 1
    house.organizer.save()
    booking = begin(house, "A1")
    stripe_desk.pay(to_stripe(booking), card="sepa_debit")
    return booking


def test_settling_keeps_the_seats_when_the_webhook_is_lost_and_the_lease_is_over_r24(agreed):
    assert closing.complete_unfinished(now=LEASE_OVER) == 0
    assert state(agreed) == ("awaiting_payment", 0, 0)
    assert Payment.objects.get().status == "processing"
    assert agreed.lease_until == agreed.showtime.starts_at - dt.timedelta(days=1)


def test_the_success_page_says_that_the_payment_settles_when_the_webhook_is_late(agreed):
    booking = purchase.settle(agreed, actor=visitor(), now=LATER)
    assert booking.lease_until == agreed.showtime.starts_at - dt.timedelta(days=1)
    assert Payment.objects.get().status == "processing"


def test_giving_up_changes_nothing_while_the_payment_settles(agreed, stripe_desk, run_due):
    tell(completed(stripe_desk), now=LATER)
    run_due(now=LATER)
    booking = purchase.give_up(agreed, by_customer=True, actor=visitor(), now=LATER)
    assert booking.status == "awaiting_payment"
    assert state(agreed) == ("awaiting_payment", 0, 0)
    assert Place.objects.free(LEASE_OVER).filter(seat_id__isnull=False, seat__row_label="A").count() == 9


def test_giving_up_waits_for_the_settling_when_its_webhook_is_late(agreed):
    purchase.give_up(agreed, by_customer=True, actor=visitor(), now=LATER)
    assert state(agreed) == ("awaiting_payment", 0, 0)
    assert Payment.objects.get().status == "processing"


def test_a_settled_payment_confirms_bo1(agreed, stripe_desk, run_due):
    tell(completed(stripe_desk), now=LATER)
    run_due(now=LATER)
    session = PaymentAttempt.objects.get().session_id
    stripe_desk.control(f"sessions/{session}/settle", {"outcome": "succeeded"})
    paid = next(e for e in stripe_desk.events() if e["type"] == "checkout.session.async_payment_succeeded")
    tell(paid, now=LEASE_OVER)
    run_due(now=LEASE_OVER)
    assert state(agreed) == ("confirmed", 1, 1)
    assert all_adds_up()


def test_beginning_is_refused_when_the_total_is_less_than_stripe_charges(house):
    PriceTier.objects.update(amount=49)
    with pytest.raises(PaymentTooSmall) as refusal:
        begin(house, "A1")
    assert str(refusal.value) == "Less than 0.50 EUR cannot be charged. Add a ticket, or take the code out."
    assert (Booking.objects.count(), Payment.objects.count(), PaymentAttempt.objects.count()) == (0, 0, 0)


def test_beginning_takes_the_least_that_stripe_charges(house, stripe_desk):
    PriceTier.objects.update(amount=50)
    booking = begin(house, "A1")
    assert to_stripe(booking) == PaymentAttempt.objects.get().session_id


def test_a_promo_code_is_counted_when_booked_and_given_back_when_the_booking_expires(house, stripe_desk):
    promo = PromoCode.objects.create(organizer=house.organizer, word="HALF", percent=50, most_uses=1)
    booking = begin(house, "A1", promo=promo)
    assert (booking.subtotal, booking.discount, booking.total) == (1200, 600, 600)
    assert PromoCode.objects.get().used == 1
    closing.complete_unfinished(now=LEASE_OVER)
    assert state(booking) == ("expired", 0, 0)
    assert PromoCode.objects.get().used == 0


def test_late_money_counts_its_promo_code_again_r18(house, stripe_desk, run_due):
    promo = PromoCode.objects.create(organizer=house.organizer, word="HALF", percent=50, most_uses=1)
    booking = begin(house, "A1", promo=promo)
    stripe_desk.pay(to_stripe(booking))
    PaymentAttempt.objects.update(status="expired")
    purchase.ending.release(booking.pk, status="expired", reason="late", actor=visitor(), now=LEASE_OVER)
    assert PromoCode.objects.get().used == 0
    tell(completed(stripe_desk), now=LEASE_OVER)
    run_due(now=LEASE_OVER)
    assert state(booking) == ("confirmed", 1, 1)
    assert PromoCode.objects.get().used == 1
    assert MoneyIncident.objects.get().kind == "late"


def test_a_promo_code_that_is_used_up_is_refused_and_nothing_is_written(house):
    promo = PromoCode.objects.create(organizer=house.organizer, word="ONCE", percent=50, most_uses=1)
    begin(house, "A1", promo=promo)
    with pytest.raises(PromoRefused):
        begin(house, "A2", actor=visitor("bruno"), promo=promo)
    assert Booking.objects.count() == 1
    assert Place.objects.filter(under_payment=True).count() == 1
    assert PromoCode.objects.get().used == 1


def test_two_buyers_at_once_use_a_promo_code_once_when_it_holds_once(house, monkeypatch):
    promo = PromoCode.objects.create(organizer=house.organizer, word="ONCE", percent=50, most_uses=1)
    # Both have passed the check of the code; only the count itself decides.
    monkeypatch.setattr("core.flows.purchase.beginning.queries.promo_by_word", lambda *_, **__: promo)
    begin(house, "A1", promo=promo)
    with pytest.raises(PromoRefused):
        begin(house, "A2", actor=visitor("bruno"), promo=promo)
    assert Booking.objects.count() == 1
    assert PromoCode.objects.get().used == 1
    assert Booking.objects.get().lease_until > NOW


def test_money_that_settles_after_the_deadline_goes_back_though_its_webhook_is_lost_r24(agreed, stripe_desk, run_due):
    closing.complete_unfinished(now=LEASE_OVER)
    agreed.refresh_from_db()
    assert closing.complete_unfinished(now=agreed.lease_until) == 1
    assert closing.ask_again(now=agreed.lease_until) == 0
    assert state(agreed) == ("expired", 0, 0)
    seating.block(showtime=agreed.showtime, seat_ids=[agreed.lines.get().place.seat_id], actor=OLGA, now=LEASE_OVER)
    session = PaymentAttempt.objects.get().session_id
    stripe_desk.control(f"sessions/{session}/settle", {"outcome": "succeeded"})
    tomorrow = agreed.lease_until + dt.timedelta(days=1)
    assert closing.ask_again(now=tomorrow) == 1
    run_due(now=tomorrow)
    assert stripe_desk.money() == {"charged": 1200, "refunded": 1200, "disputed": 0}
    assert closing.ask_again(now=tomorrow) == 0
    assert all_adds_up()
