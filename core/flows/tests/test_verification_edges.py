"""`verify` finds what only two apps together can know, and is quiet in every state that is right."""

import datetime as dt

import pytest

from core.audit import actions as audit
from core.bookings.models import Booking, BookingLine
from core.flows import guests, purchase, refunds, verification, webhooks
from core.flows.tests.stage import LATER, LEASE_OVER, begin, completed, pay, to_stripe
from core.kernel.actor import Actor
from core.payments import actions as payments
from core.payments.models import Payment, PaymentAttempt, Refund, StripeEvent
from core.seating import actions as seating
from e2e.cast import NOW, House, StripeDesk, tell, user_actor, visitor

pytestmark = pytest.mark.django_db(transaction=True)
AMINA = visitor()
SYSTEM = Actor.system("test")


def found() -> list[str]:
    return [str(violation) for violation in verification.violations()]


def test_verify_finds_a_confirmed_booking_whose_money_the_books_call_stray(house, stripe_desk, run_due):
    booking = begin(house, "A1")
    purchase.give_up(booking, by_customer=True, actor=AMINA, now=LATER)
    purchase.complete(payment_id=booking.payment_id, intent_id="pi_1", amount=1200, actor=SYSTEM, now=LATER)
    assert found() == []
    Booking.objects.update(confirmed_at=NOW)
    assert found() == [
        f"a sale is a confirmed booking: bookings.booking {booking.code}: is confirmed, but its money is called stray"
    ]


def test_verify_finds_a_sale_of_a_booking_that_was_never_confirmed(house, stripe_desk, run_due):
    booking = pay(begin(house, "A1"), stripe_desk, run_due)
    Booking.objects.update(confirmed_at=None)
    assert found() == [
        f"a sale is a confirmed booking: bookings.booking {booking.code}: was never confirmed, but its sale is booked"
    ]


def test_verify_finds_more_sent_back_than_the_lines_say(house, stripe_desk, run_due):
    booking = pay(begin(house, "A1"), stripe_desk, run_due)
    refunds.cancel(booking=booking, actor=AMINA, now=LATER)
    assert found() == []
    BookingLine.objects.update(refunded=1000)
    assert found() == [
        f"refunds are what the lines say: bookings.booking {booking.code}: 1200 sent back, 1000 due",
    ]


def test_verify_finds_a_session_that_is_open_though_its_payment_has_ended(house, stripe_desk):
    booking = begin(house, "A1")
    to_stripe(booking)
    purchase.give_up(booking, by_customer=True, actor=AMINA, now=LATER)
    assert found() == []
    PaymentAttempt.objects.update(status="open")
    attempt = PaymentAttempt.objects.get()
    assert found() == [f"what has ended takes no money: payments.paymentattempt {attempt.pk}: is open"]


def test_verify_finds_nothing_at_any_step_of_a_purchase_with_all_its_turns(house, stripe_desk, run_due, amina):
    """Held, extended, lapsed untidied, taken over, begun, at Stripe, paid untold, settled, given back in parts."""
    house.organizer.delayed_methods_days = 1
    house.organizer.save()
    for step in _evening(house, stripe_desk, run_due, amina):
        assert found() == [], step


def _evening(house: House, desk: StripeDesk, run_due, amina):
    bruno = visitor("bruno")
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1", "A2", "A3"), actor=bruno, now=NOW)
    yield "held"
    seating.extend(showtime=house.showtime, actor=bruno, now=LATER)
    yield "extended"
    lapsed = NOW + dt.timedelta(minutes=11)
    guests.follow(visitor=bruno.holder, actor=user_actor(amina), now=lapsed)
    yield "lapsed, and the visitor logged in"
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=AMINA, now=lapsed)
    yield "taken over by another"
    seating.lapse(now=lapsed)
    seating.release(showtime=house.showtime, actor=AMINA, now=lapsed)
    yield "tidied and released"
    booking = begin(house, "A1", "A2", now=NOW)
    yield "begun"
    session = to_stripe(booking)
    yield "at Stripe"
    guests.follow(visitor=AMINA.holder, actor=user_actor(amina), now=LATER)
    yield "logged in while paying"
    desk.pay(session)
    payments.look_at_attempt(PaymentAttempt.objects.get())
    yield "paid, noted, not yet completed"
    tell(completed(desk), now=LATER)
    yield "told"
    run_due(now=LATER)
    yield "confirmed"
    audit.seal(now=LATER + dt.timedelta(hours=1))
    yield "sealed"
    refunds.cancel(booking=booking, ticket_codes=[booking.tickets.first().code], actor=AMINA, now=LATER)
    yield "one ticket given back, its refund not yet asked for"
    run_due(now=LATER)
    yield "refunded"
    refund = Refund.objects.get()
    payments.settle_refund(refund, payments.refunding.gateway.RefundState(refund.stripe_id, "failed"), now=LATER)
    yield "the refund failed"
    refunds.book_refund_outside(Payment.objects.get(), stripe_id="re_desk", amount=700, now=LATER)
    yield "refunded at Stripe's desk"
    settling = begin(house, "B1", actor=bruno)
    desk.pay(to_stripe(settling), card="sepa_debit")
    purchase.settle(settling, actor=bruno, now=LATER)
    yield "a payment that settles later"
    abandoned = begin(house, "C1", actor=visitor("mei"))
    purchase.give_up(abandoned, by_customer=False, actor=SYSTEM, now=LEASE_OVER)
    yield "expired"
    for event in desk.events():
        tell(event, now=LEASE_OVER)
    for pk in StripeEvent.objects.filter(handled_at=None).values_list("pk", flat=True):
        webhooks.handle(pk, now=LEASE_OVER)
    yield "everything told once more"
