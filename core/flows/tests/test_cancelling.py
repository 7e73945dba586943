"""A showtime that does not take place (OR4): nothing more is sold, and each holder is told and paid back once (R17)."""

import datetime as dt

import pytest
from django.core import mail

from core.bookings.models import Booking
from core.bookings.refusals import BookingEnded
from core.catalog.models import PriceTier, Showtime
from core.flows import cancelling, closing, purchase, refunds
from core.flows.tests.stage import LATER, PAGES, all_adds_up, begin, completed, pay, state, to_stripe
from core.kernel.actor import Actor
from core.ledger.models import Account
from core.ledger.queries import balance
from core.notifications.models import Delivery
from core.outbox.models import Message
from core.payments.models import PaymentAttempt, Refund
from core.seating import actions as seating
from core.seating.models import Place
from core.seating.refusals import NotOnSale
from e2e.cast import House, StripeDesk, tell, visitor

pytestmark = pytest.mark.django_db(transaction=True)
AMINA, BRUNO = visitor(), visitor("bruno")
OLGA = Actor(holder="user:1", label="Olga")
SOON = LATER + dt.timedelta(minutes=1)


@pytest.fixture
def paid(house: House, stripe_desk: StripeDesk, run_due) -> Booking:
    """Amina has two tickets of 12.00 EUR with a fee of 1.50 EUR each, which is kept when customers cancel."""
    house.organizer.fee_fixed = 150
    house.organizer.save()
    return pay(begin(house, "A1", "A2"), stripe_desk, run_due)


def cancel(house: House) -> Showtime:
    return cancelling.cancel_showtime(showtime=house.showtime, actor=OLGA, now=SOON)


def test_cancelling_a_showtime_refunds_each_holder_once_with_the_fees_r17(paid, house, stripe_desk, run_due):
    assert cancel(house).status == "cancelled"
    assert state(paid) == ("confirmed", 2, 2)
    assert run_due(now=SOON) == ["flows.refund_holders", "payments.send_refund"]
    assert (state(paid), paid.reason) == (("refunded", 0, 0), "The showtime was cancelled.")
    assert stripe_desk.money() == {"charged": 2700, "refunded": 2700, "disputed": 0}
    assert {account.kind: balance(account) for account in Account.objects.all()} == dict.fromkeys(
        ("clearing", "fees", "payable"), 0
    )
    cancel(house)
    assert run_due(now=SOON) == ["flows.refund_holders"]
    closing.complete_unfinished(now=SOON)
    assert list(Refund.objects.values_list("amount", "reason")) == [(2700, "showtime_cancelled")]
    assert Delivery.objects.filter(kind="showtime_cancelled").count() == 1
    assert all_adds_up()


def test_cancelling_a_showtime_refunds_what_was_not_given_back_before_r17(paid, house, stripe_desk, run_due):
    first = paid.tickets.first()
    refunds.cancel(booking=paid, ticket_codes=[first.code], actor=AMINA, now=LATER)
    cancel(house)
    run_due(now=SOON)
    assert state(paid) == ("refunded", 0, 0)
    assert list(Refund.objects.order_by("id").values_list("amount", flat=True)) == [1200, 1350]
    assert stripe_desk.money()["refunded"] == 2550
    assert all_adds_up()


def test_cancelling_a_showtime_tells_the_holder_what_goes_back_r17(paid, house, run_outbox):
    cancel(house)
    cancelling.refund_holders(now=SOON)
    run_outbox(now=SOON + dt.timedelta(days=1))
    told = next(message for message in mail.outbox if message.subject == "The Lantern Room does not take place")
    assert told.to == ["amina@foyer.example"]
    assert "Stalls, row A, seat 1" in told.body
    assert "27.00 EUR go back the way they came." in told.body


def test_cancelling_a_showtime_cancels_what_cost_nothing(house):
    PriceTier.objects.update(amount=0)
    booking = begin(house, "A1")
    cancel(house)
    cancelling.refund_holders(now=SOON)
    assert state(booking) == ("cancelled", 0, 0)
    assert Refund.objects.count() == 0
    assert Delivery.objects.filter(kind="showtime_cancelled").count() == 1
    assert all_adds_up()


def test_nothing_can_be_held_or_paid_when_the_showtime_was_cancelled_r3(house, stripe_desk):
    booking = begin(house, "A1")
    showtime = cancel(house)
    with pytest.raises(NotOnSale):
        seating.hold(showtime=showtime, seat_ids=house.seats("A2"), actor=BRUNO, now=SOON)
    with pytest.raises(BookingEnded):
        purchase.checkout(booking, pages=PAGES, now=SOON)
    assert PaymentAttempt.objects.get().status == "prepared"
    assert stripe_desk.requests("/v1/checkout") == 0


def test_the_completer_ends_payments_at_once_when_the_showtime_was_cancelled(house, stripe_desk):
    booking = begin(house, "A1")
    to_stripe(booking)
    cancel(house)
    assert closing.complete_unfinished(now=SOON) == 1
    assert (state(booking), booking.reason) == (("expired", 0, 0), "The showtime was cancelled.")
    assert "checkout.session.expired" in [event["type"] for event in stripe_desk.events()]
    assert all_adds_up()


def test_money_that_comes_after_the_showtime_was_cancelled_goes_back_r18(house, stripe_desk, run_due):
    booking = begin(house, "A1")
    stripe_desk.pay(to_stripe(booking))
    cancel(house)
    tell(completed(stripe_desk), now=SOON)
    run_due(now=SOON)
    assert state(booking) == ("expired", 0, 0)
    assert stripe_desk.money() == {"charged": 1200, "refunded": 1200, "disputed": 0}
    assert all_adds_up()


def test_the_completer_refunds_a_payment_completed_at_the_moment_of_the_cancellation_r17(paid, house):
    Showtime.objects.filter(pk=house.showtime.pk).update(status="cancelled")  # seen too late by who completed it
    closing.complete_unfinished(now=SOON)
    assert state(paid) == ("refunded", 0, 0)
    assert Place.objects.filter(sold=True).count() == 0
    assert all_adds_up()


def test_one_booking_that_cannot_be_refunded_keeps_no_other_waiting(paid, house, stripe_desk, run_due, monkeypatch):
    other = begin(house, "B1", actor=BRUNO, now=LATER)
    stripe_desk.pay(to_stripe(other, now=LATER))
    purchase.settle(other, actor=BRUNO, now=LATER)
    once = cancelling.give_back

    def fail_for_amina(booking, *arguments, **named):
        if booking == paid:
            raise RuntimeError("a fault")
        return once(booking, *arguments, **named)

    cancel(house)
    with monkeypatch.context() as broken:
        broken.setattr(cancelling, "give_back", fail_for_amina)
        assert cancelling.refund_holders(now=SOON) == 1
    assert (state(paid)[0], state(other)[0]) == ("confirmed", "refunded")
    assert cancelling.refund_holders(now=SOON) == 1
    assert state(paid)[0] == "refunded"
    assert Message.objects.filter(task="payments.send_refund").count() == 2
