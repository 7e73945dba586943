"""What a purchase does when Stripe tells things in an order that nobody planned, or Foyer is caught half-way."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

from core.bookings.models import Booking
from core.catalog.models import Event, PriceTier
from core.flows import closing, guests, purchase
from core.flows.purchase import beginning
from core.flows.purchase.ending import expire_session_ended
from core.flows.tests.stage import (
    LATER,
    LEASE_OVER,
    PAGES,
    all_adds_up,
    begin,
    begin_held,
    completed,
    pay,
    state,
    to_stripe,
)
from core.kernel.actor import Actor
from core.ledger.models import Account
from core.ledger.queries import balance
from core.payments import gateway
from core.payments.models import MoneyIncident, Payment, PaymentAttempt, Refund
from core.seating import actions as seating
from core.seating.models import Hold, Place
from core.seating.refusals import HoldLapsed, NeedsProof, NotOnSale
from e2e.cast import NOW, StripeDesk, tell, user_actor, visitor

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")


def books() -> dict[str, int]:
    return {account.kind: balance(account) for account in Account.objects.order_by("kind")}


def told(desk: StripeDesk, kind: str) -> dict[str, Any]:
    return next(event for event in desk.events() if event["type"] == kind)


def test_a_delayed_method_frees_its_seats_when_its_failure_overtakes_its_completion_r1_r19(house, stripe_desk, run_due):
    house.organizer.delayed_methods_days = 1
    house.organizer.save()
    booking = begin(house, "A1")
    session = to_stripe(booking)
    stripe_desk.pay(session, card="sepa_debit")
    stripe_desk.control(f"sessions/{session}/settle", {"outcome": "failed"})
    tell(told(stripe_desk, "checkout.session.async_payment_failed"), now=LATER)
    run_due(now=LATER)
    tell(completed(stripe_desk), now=LATER)
    run_due(now=LATER)
    assert state(booking) == ("expired", 0, 0)
    assert Place.objects.free(LATER).filter(seat_id__in=house.seats("A1")).count() == 1
    assert all_adds_up()


def test_an_earlier_session_that_ran_out_frees_nothing_when_a_later_one_was_completed(house, stripe_desk):
    house.organizer.lease_minutes = 60
    house.organizer.save()
    booking = begin(house, "A1")
    first = to_stripe(booking)
    stripe_desk.control(f"sessions/{first}/expire")
    purchase.settle(booking, actor=visitor(), now=LATER)
    stripe_desk.pay(to_stripe(booking, now=LATER))
    # The success page has asked Stripe and noted "complete"; its process died before it could confirm.
    later = PaymentAttempt.objects.latest("id")
    PaymentAttempt.objects.filter(pk=later.pk).update(status="complete")
    lease_over = NOW + dt.timedelta(minutes=61)
    expire_session_ended(PaymentAttempt.objects.earliest("id"), actor=SYSTEM, now=lease_over)
    assert state(booking) == ("awaiting_payment", 0, 0)
    assert Place.objects.free(lease_over).filter(seat_id__in=house.seats("A1")).count() == 0
    assert closing.complete_unfinished(now=lease_over) == 1
    assert state(booking) == ("confirmed", 1, 1)
    assert all_adds_up()


def test_money_that_comes_a_second_time_goes_back_and_is_in_the_books(house, stripe_desk, run_due):
    booking = pay(begin(house, "A1"), stripe_desk, run_due)
    other = pay(begin(house, "A2", actor=visitor("bruno")), stripe_desk, run_due)
    intent = Payment.objects.get(booking=other).intent_id
    Payment.objects.filter(booking=other).update(intent_id="pi_renamed")
    for _twice in range(2):
        purchase.complete(payment_id=booking.payment_id, intent_id=intent, amount=1200, actor=SYSTEM, now=LATER)
    assert state(booking) == ("confirmed", 1, 2)
    again = Payment.objects.get(intent_id=intent)
    assert (again.status, again.amount) == ("succeeded", 1200)
    assert run_due(now=LATER) == ["payments.send_refund"]
    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.reason, refund.status) == (again, 1200, "paid_twice", "succeeded")
    assert MoneyIncident.objects.get().kind == "paid_twice"
    assert stripe_desk.money()["refunded"] == 1200
    assert books() == {"clearing": 2400, "payable": -2400, "unallocated": 0}
    assert all_adds_up()


@pytest.mark.parametrize(("came", "beside"), [(1100, 100), (1300, -100)])
def test_the_books_say_what_came_when_stripe_took_another_amount(house, stripe_desk, came, beside):
    booking = begin(house, "A1")
    stripe_desk.pay(to_stripe(booking))
    attempt = PaymentAttempt.objects.get()
    intent = gateway.retrieve_session(attempt.session_id).intent_id
    purchase.complete(payment_id=booking.payment_id, intent_id=intent, amount=came, actor=SYSTEM, now=LATER)
    assert state(booking) == ("confirmed", 1, 1)
    assert MoneyIncident.objects.get().kind == "amount_differs"
    assert books() == {"clearing": came, "payable": -1200, "unallocated": beside}
    assert all_adds_up()


def test_another_amount_than_asked_goes_back_whole_when_the_seats_are_gone(house, stripe_desk):
    booking = begin(house, "A1")
    purchase.give_up(booking, by_customer=True, actor=visitor(), now=LATER)
    purchase.complete(payment_id=booking.payment_id, intent_id="pi_1", amount=1100, actor=SYSTEM, now=LATER)
    assert state(booking) == ("cancelled", 0, 0)
    assert Refund.objects.get().amount == 1100
    assert books() == {"clearing": 0, "unallocated": 0}
    assert all_adds_up()


def test_late_money_goes_back_when_the_customer_had_cancelled(house, stripe_desk):
    booking = begin(house, "A1")
    purchase.give_up(booking, by_customer=True, actor=visitor(), now=LATER)
    purchase.complete(payment_id=booking.payment_id, intent_id="pi_1", amount=1200, actor=SYSTEM, now=LATER)
    assert state(booking) == ("cancelled", 0, 0)
    assert Refund.objects.get().amount == 1200
    assert Place.objects.free(LATER).count() == 40
    assert books() == {"clearing": 0, "unallocated": 0}
    assert all_adds_up()


def test_money_goes_back_when_the_event_was_cancelled_while_paying_r17(house, stripe_desk, run_due):
    booking = begin(house, "A1")
    session = to_stripe(booking)
    Event.objects.update(status=Event.Status.CANCELLED)
    stripe_desk.pay(session)
    tell(completed(stripe_desk), now=LATER)
    run_due(now=LATER)
    assert state(booking) == ("expired", 0, 0)
    assert stripe_desk.money() == {"charged": 1200, "refunded": 1200, "disputed": 0}
    assert all_adds_up()


def test_paying_is_honoured_when_the_showtime_begins_meanwhile(house, stripe_desk, run_due):
    shortly = house.showtime.starts_at - dt.timedelta(minutes=1)
    stripe_desk.set_clock(shortly)
    booking = begin(house, "A1", now=shortly)
    stripe_desk.pay(to_stripe(booking, now=shortly))
    begun = shortly + dt.timedelta(minutes=5)
    tell(completed(stripe_desk), now=begun)
    run_due(now=begun)
    assert state(booking) == ("confirmed", 1, 1)
    assert all_adds_up()


def test_the_completer_ends_the_others_when_as_many_as_it_takes_cannot_be_ended(house, stripe_desk, monkeypatch):
    stuck, good = begin(house, "A1"), begin(house, "A2", actor=visitor("bruno"), now=LATER)
    to_stripe(stuck)
    end = purchase.ending.payments.close_attempt

    def fails(attempt: PaymentAttempt, **asked: Any) -> Any:
        if attempt.payment_id == stuck.payment_id:
            raise gateway.GatewayRefused("poison")
        return end(attempt, **asked)

    monkeypatch.setattr(purchase.ending.payments, "close_attempt", fails)
    over = NOW + dt.timedelta(minutes=20)
    assert closing.complete_unfinished(now=over, limit=1) == 1
    assert state(good) == ("expired", 0, 0)
    assert state(stuck) == ("awaiting_payment", 0, 0)


def test_the_completer_asks_no_further_when_stripe_is_silent(house, stripe_desk):
    for number in range(1, 6):
        to_stripe(begin(house, f"A{number}", actor=visitor(f"visitor-{number}")))
    stripe_desk.control("faults", {"api_errors": 100})
    stripe_desk.control("log", method="DELETE")
    assert closing.complete_unfinished(now=LEASE_OVER) == 0
    assert len({line["path"] for line in stripe_desk.control("log", method="GET")["requests"]}) == 3
    assert Booking.objects.filter(status="awaiting_payment").count() == 5


def test_seats_come_back_when_stripe_has_forgotten_the_session_and_its_life_is_over(house, stripe_desk):
    booking = begin(house, "A1")
    to_stripe(booking)
    stripe_desk.control("reset")
    assert closing.complete_unfinished(now=LEASE_OVER) == 0
    assert state(booking) == ("awaiting_payment", 0, 0)
    life_over = NOW + dt.timedelta(minutes=36)
    assert closing.complete_unfinished(now=life_over) == 1
    assert state(booking) == ("expired", 0, 0)
    assert Place.objects.free(life_over).count() == 40
    assert all_adds_up()


def test_a_purchase_waits_when_the_key_to_stripe_is_wrong(house, stripe_desk, settings):
    booking = begin(house, "A1")
    to_stripe(booking)
    gateway._client.cache_clear()
    settings.STRIPE_API_KEY = "sk_test_wrong"
    with pytest.raises(gateway.GatewayAway):
        purchase.give_up(booking, by_customer=False, actor=SYSTEM, now=NOW + dt.timedelta(hours=1))
    assert state(booking) == ("awaiting_payment", 0, 0)
    other = begin(house, "A2", actor=visitor("bruno"))
    with pytest.raises(gateway.GatewayAway):
        purchase.checkout(other, pages=PAGES, now=NOW)
    assert PaymentAttempt.objects.get(payment=other.payment_id).status == "prepared"


def test_the_books_follow_a_dispute_that_is_lost_or_won(house, stripe_desk, run_due):
    booking = pay(begin(house, "A1"), stripe_desk, run_due)
    intent = Payment.objects.get().intent_id
    dispute = stripe_desk.control(f"payments/{intent}/dispute")
    for event in stripe_desk.events():
        tell(event, now=LATER)
    run_due(now=LATER)
    assert MoneyIncident.objects.get().kind == "disputed"
    assert books() == {"clearing": 0, "payable": 0}
    stripe_desk.control(f"disputes/{dispute['id']}/close", {"outcome": "won"})
    for event in stripe_desk.events():
        tell(event, now=LATER)
    run_due(now=LATER)
    assert books() == {"clearing": 1200, "payable": -1200}
    assert state(booking) == ("confirmed", 1, 1)
    assert all_adds_up()


def test_a_showtime_cannot_be_held_or_booked_when_its_event_is_not_public(house):
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=visitor(), now=NOW)
    Event.objects.update(status=Event.Status.DRAFT)
    house.showtime.event.refresh_from_db()
    with pytest.raises(NotOnSale):
        seating.hold(showtime=house.showtime, seat_ids=house.seats("A2"), actor=visitor(), now=NOW)
    with pytest.raises(NotOnSale):
        begin_held(house, actor=visitor())
    assert (Booking.objects.count(), Place.objects.free(NOW).count()) == (0, 39)


def test_logging_in_takes_along_a_payment_that_is_being_begun_at_that_moment_bo13(house, amina, monkeypatch):
    leased, go_on = threading.Event(), threading.Event()
    prepare = beginning._prepare_paying

    def slowly(*given: Any, **more: Any) -> None:
        leased.set()
        go_on.wait(2)
        prepare(*given, **more)

    monkeypatch.setattr(beginning, "_prepare_paying", slowly)
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=visitor(), now=NOW)

    def pay_as_visitor() -> None:
        try:
            begin_held(house, actor=visitor())
        finally:
            connection.close()

    paying = threading.Thread(target=pay_as_visitor)
    paying.start()
    assert leased.wait(5)
    threading.Timer(0.3, go_on.set).start()
    guests.follow(visitor=visitor().holder, actor=user_actor(amina), now=NOW)
    paying.join()
    booking = Booking.objects.get()
    assert (booking.user, booking.holder, booking.status) == (amina, amina.holder, "awaiting_payment")
    assert Hold.objects.get().holder == amina.holder
    assert all_adds_up()


def test_fresh_cookies_cannot_take_a_hall_that_costs_nothing_r23(house):
    PriceTier.objects.update(amount=0)
    for number, row in enumerate("AB"):
        begin(house, *[f"{row}{seat}" for seat in range(1, 11)], actor=visitor(f"cookie-{number}"))
    third = visitor("cookie-3")
    with pytest.raises(NeedsProof):
        begin(house, "C1", actor=third)
    assert (Booking.objects.count(), Place.objects.filter(sold=True).count()) == (2, 20)
    assert Hold.objects.get(holder=third.holder).status == "active"
    proved = Actor(holder="mail:1234", address=third.address)
    guests.follow(visitor=third.holder, actor=proved, now=NOW)
    assert begin_held(house, actor=proved).status == "confirmed"
    begin(house, "D1", actor=visitor("neighbour", address="192.0.2.99"))
    assert Place.objects.filter(sold=True).count() == 22
    assert all_adds_up()


def test_beginning_with_nothing_held_any_more_is_refused_and_nothing_is_written(house):
    with pytest.raises(HoldLapsed):
        begin_held(house, actor=visitor())
    assert (Booking.objects.count(), Payment.objects.count()) == (0, 0)
    assert all_adds_up()


def test_a_session_that_was_not_made_for_minutes_is_made_anew_with_its_whole_life_r6(house, stripe_desk, monkeypatch):
    booking = begin(house, "A1")
    with monkeypatch.context() as silent:
        silent.setattr(gateway, "create_session", _no_answer)
        with pytest.raises(gateway.GatewayAway):
            purchase.checkout(booking, pages=PAGES, now=NOW)
    at_last = NOW + dt.timedelta(minutes=6)
    to_stripe(booking, now=at_last)
    first, second = PaymentAttempt.objects.order_by("id")
    assert (first.status, second.status) == ("expired", "open")
    assert second.session_expires_at == at_last + dt.timedelta(minutes=35)
    assert state(booking) == ("awaiting_payment", 0, 0)
    assert all_adds_up()


def _no_answer(parameters: dict[str, Any], *, key: str) -> gateway.SessionState:
    raise gateway.GatewayAway("silent")
