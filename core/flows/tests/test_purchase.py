"""From held seats to tickets, with Stripe answering late, twice, in any order, or not at all."""

import dataclasses
import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction

from core.bookings.models import Booking
from core.bookings.queries import default_types, quote
from core.bookings.refusals import BookingEnded, PricesChanged
from core.catalog.models import PriceTier, Showtime
from core.flows import closing, purchase, webhooks
from core.flows.purchase.ending import LEASE_OVER as REASON
from core.flows.purchase.ending import release
from core.flows.tests.stage import (
    CONTACT,
    LATER,
    LEASE_OVER,
    PAGES,
    all_adds_up,
    begin,
    begin_held,
    completed,
    state,
    to_stripe,
)
from core.kernel.actor import Actor
from core.ledger.models import JournalEntry
from core.notifications.models import Delivery
from core.payments.actions import attempts
from core.payments.gateway import GatewayAway
from core.payments.models import MoneyIncident, Payment, PaymentAttempt, Refund, StripeEvent
from core.seating import actions as seating
from core.seating.models import Hold, Place
from core.seating.queries import held_by
from core.seating.refusals import HoldLapsed
from e2e.cast import NOW, House, StripeDesk, tell, user_actor, visitor

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")


def test_paying_confirms_and_issues_tickets_bo1_bo2(house, stripe_desk, run_due):
    booking = begin(house, "A1", "A2")
    assert booking.total == 2400
    stripe_desk.pay(to_stripe(booking))
    tell(completed(stripe_desk), now=LATER)
    assert run_due(now=LATER) == ["flows.handle_stripe_event"]
    assert state(booking) == ("confirmed", 2, 2)
    assert stripe_desk.money() == {"charged": 2400, "refunded": 0, "disputed": 0}
    assert Delivery.objects.filter(kind="booking_confirmed").count() == 1
    assert all_adds_up()


def test_the_same_event_twice_and_the_success_page_at_once_confirm_once_r1(house, stripe_desk, run_due):
    booking = begin(house, "A1")
    stripe_desk.pay(to_stripe(booking))
    event = completed(stripe_desk)
    assert tell(event, now=LATER) is True
    assert tell(event, now=LATER) is False
    purchase.settle(booking, actor=visitor(), now=LATER)
    run_due(now=LATER)
    stored = StripeEvent.objects.get(event_id=event["id"])
    assert webhooks.handle(stored.pk, now=LATER + dt.timedelta(days=2)) == stored.outcome
    purchase.settle(booking, actor=visitor(), now=LATER)
    assert state(booking) == ("confirmed", 1, 1)
    assert JournalEntry.objects.count() == 1
    assert Delivery.objects.count() == 1
    assert all_adds_up()


def test_an_event_two_days_late_changes_nothing_after_the_success_page_r1(house, stripe_desk, run_due):
    booking = begin(house, "A1")
    stripe_desk.pay(to_stripe(booking))
    purchase.settle(booking, actor=visitor(), now=LATER)
    tell(completed(stripe_desk), now=NOW + dt.timedelta(days=2))
    run_due(now=NOW + dt.timedelta(days=2))
    assert state(booking) == ("confirmed", 1, 1)
    assert stripe_desk.money() == {"charged": 1200, "refunded": 0, "disputed": 0}


def test_handling_an_event_finishes_on_the_retry_when_it_failed_half_way_r2(house, stripe_desk, run_due, monkeypatch):
    booking = begin(house, "A1")
    stripe_desk.pay(to_stripe(booking))
    tell(completed(stripe_desk), now=LATER)

    def fails(**_: object) -> None:
        raise RuntimeError("half-way")

    with monkeypatch.context() as broken:
        broken.setattr("core.flows.purchase.completing.tickets.issue", fails)
        with pytest.raises(RuntimeError):
            run_due(now=LATER)
    assert state(booking) == ("awaiting_payment", 0, 0)
    assert Payment.objects.get().status == "pending"
    again = LATER + dt.timedelta(minutes=3)
    assert run_due(now=again) == ["flows.handle_stripe_event"]
    assert state(booking) == ("confirmed", 1, 1)
    assert all_adds_up()


def test_a_booking_given_up_before_its_session_exists_is_never_charged_r3(house, stripe_desk, monkeypatch):
    booking = begin(house, "A1")
    create = attempts.gateway.create_session

    def give_up_first(parameters, *, key):
        purchase.give_up(Booking.objects.get(), by_customer=True, actor=visitor(), now=LATER)
        return create(parameters, key=key)

    monkeypatch.setattr(attempts.gateway, "create_session", give_up_first)
    with pytest.raises(BookingEnded):
        purchase.checkout(booking, pages=PAGES, now=LATER)
    assert state(booking) == ("cancelled", 0, 0)
    attempt = PaymentAttempt.objects.get()
    assert attempt.status == "expired"
    assert stripe_desk.pay(attempt.session_id)["session"]["status"] == "expired"
    assert stripe_desk.money()["charged"] == 0
    assert Place.objects.free(LATER).filter(seat_id__in=house.seats("A1")).count() == 1


def test_no_lock_is_held_while_stripe_is_slow_r4(house, stripe_desk):
    booking = begin(house, "A1")
    stripe_desk.control("faults", {"api_delay_s": 0.8})

    def go() -> None:
        try:
            purchase.checkout(booking, pages=PAGES, now=NOW)
        finally:
            connection.close()

    slow = threading.Thread(target=go)
    slow.start()
    time.sleep(0.4)
    with transaction.atomic():
        assert Booking.objects.select_for_update(nowait=True).filter(pk=booking.pk).count() == 1
        assert len(list(Booking.objects.select_for_update(nowait=True).filter(pk=booking.pk))) == 1
        assert len(list(Place.objects.select_for_update(nowait=True).filter(holder=f"booking:{booking.pk}"))) == 1
        assert len(list(Payment.objects.select_for_update(nowait=True))) == 1
    slow.join()
    assert PaymentAttempt.objects.get().status == "open"


def test_a_session_lives_longer_than_the_least_that_stripe_takes_r6(house, stripe_desk):
    booking = begin(house, "A1")
    attempt = PaymentAttempt.objects.get(payment=booking.payment)
    assert attempt.parameters["expires_at"] - NOW.timestamp() == 35 * 60


def test_the_lease_ends_and_the_seats_are_free_when_nobody_pays(house, stripe_desk):
    booking = begin(house, "A1")
    to_stripe(booking)
    assert closing.complete_unfinished(now=NOW + dt.timedelta(minutes=9)) == 0
    assert Place.objects.free(NOW + dt.timedelta(hours=1)).filter(seat_id__in=house.seats("A1")).count() == 0
    assert closing.complete_unfinished(now=LEASE_OVER) == 1
    assert state(booking) == ("expired", 0, 0)
    assert booking.reason == "The payment was not finished in time."
    assert Place.objects.free(LEASE_OVER).filter(seat_id__in=house.seats("A1")).count() == 1
    assert Hold.objects.get().status == "released"
    assert all_adds_up()


def test_places_stay_taken_while_stripe_does_not_answer(house, stripe_desk):
    booking = begin(house, "A1")
    to_stripe(booking)
    stripe_desk.control("faults", {"api_errors": 10})
    assert closing.complete_unfinished(now=LEASE_OVER) == 0
    assert state(booking) == ("awaiting_payment", 0, 0)
    assert Place.objects.free(LEASE_OVER).filter(seat_id__in=house.seats("A1")).count() == 0
    stripe_desk.control("faults", {"api_errors": 0})
    assert closing.complete_unfinished(now=LEASE_OVER) == 1
    assert state(booking) == ("expired", 0, 0)


def test_a_lease_that_ends_after_paying_is_honoured_when_the_webhook_is_lost(house, stripe_desk):
    booking = begin(house, "A1")
    stripe_desk.pay(to_stripe(booking))
    assert closing.complete_unfinished(now=LEASE_OVER) == 1
    assert state(booking) == ("confirmed", 1, 1)
    assert all_adds_up()


def _money_for_an_expired_booking(house: House, desk: StripeDesk) -> tuple[Booking, dict]:
    """Paid at Stripe, but Foyer was told that the session was dead: as after a restore of an older backup."""
    booking = begin(house, "A1")
    desk.pay(to_stripe(booking))
    PaymentAttempt.objects.update(status="expired")
    release(booking.pk, status="expired", reason=REASON, actor=SYSTEM, now=LEASE_OVER)
    return booking, completed(desk)


def test_late_money_gets_the_same_seats_while_they_are_free_r18(house, stripe_desk, run_due):
    booking, event = _money_for_an_expired_booking(house, stripe_desk)
    tell(event, now=LEASE_OVER)
    run_due(now=LEASE_OVER)
    assert state(booking) == ("confirmed", 1, 1)
    assert MoneyIncident.objects.get().kind == "late"
    assert stripe_desk.money()["refunded"] == 0
    assert all_adds_up()


def test_late_money_goes_back_at_once_when_the_seats_are_gone_r18_bo3(house, stripe_desk, run_due, bruno):
    booking, event = _money_for_an_expired_booking(house, stripe_desk)
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=user_actor(bruno), now=LEASE_OVER)
    tell(event, now=LEASE_OVER)
    assert run_due(now=LEASE_OVER) == ["flows.handle_stripe_event", "payments.send_refund"]
    assert state(booking) == ("expired", 0, 0)
    assert stripe_desk.money() == {"charged": 1200, "refunded": 1200, "disputed": 0}
    assert Refund.objects.get().status == "succeeded"
    assert MoneyIncident.objects.get().kind == "seats_gone"
    assert Delivery.objects.get().kind == "payment_refunded"
    assert Place.objects.get(seat_id=house.seats("A1")[0]).holder == bruno.holder
    assert all_adds_up()


def test_an_expired_booking_stays_visible_with_its_reason_r20(house, stripe_desk, amina):
    booking = begin(house, "A1", actor=user_actor(amina))
    closing.complete_unfinished(now=LEASE_OVER)
    found = Booking.objects.of(amina).get()
    assert (found.pk, found.status, found.reason) == (booking.pk, "expired", "The payment was not finished in time.")
    assert list(found.changes.values_list("status", flat=True)) == ["awaiting_payment", "expired"]


def test_a_delayed_method_that_fails_frees_its_seats_r19(house, stripe_desk, run_due):
    house.organizer.delayed_methods_days = 1
    house.organizer.save()
    booking = begin(house, "A1")
    session = to_stripe(booking)
    stripe_desk.pay(session, card="sepa_debit")
    tell(completed(stripe_desk), now=LATER)
    run_due(now=LATER)
    assert state(booking) == ("awaiting_payment", 0, 0)
    assert booking.lease_until == house.showtime.starts_at - dt.timedelta(days=1)
    assert closing.complete_unfinished(now=LEASE_OVER) == 0
    stripe_desk.control(f"sessions/{session}/settle", {"outcome": "failed"})
    failed = next(e for e in stripe_desk.events() if e["type"] == "checkout.session.async_payment_failed")
    tell(failed, now=LEASE_OVER)
    run_due(now=LEASE_OVER)
    assert state(booking) == ("expired", 0, 0)
    assert Place.objects.free(LEASE_OVER).filter(seat_id__in=house.seats("A1")).count() == 1
    assert all_adds_up()


def test_a_delayed_method_that_settles_after_its_deadline_is_refunded_r24(house, stripe_desk, run_due, bruno):
    house.organizer.delayed_methods_days = 1
    house.organizer.save()
    booking = begin(house, "A1")
    session = to_stripe(booking)
    stripe_desk.pay(session, card="sepa_debit")
    tell(completed(stripe_desk), now=LATER)
    run_due(now=LATER)
    deadline = house.showtime.starts_at - dt.timedelta(days=1)
    assert closing.complete_unfinished(now=deadline) == 1
    assert state(booking) == ("expired", 0, 0)
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=user_actor(bruno), now=deadline)
    stripe_desk.control(f"sessions/{session}/settle", {"outcome": "succeeded"})
    paid = next(e for e in stripe_desk.events() if e["type"] == "checkout.session.async_payment_succeeded")
    tell(paid, now=deadline)
    run_due(now=deadline)
    assert state(booking) == ("expired", 0, 0)
    assert stripe_desk.money() == {"charged": 1200, "refunded": 1200, "disputed": 0}
    assert all_adds_up()


def test_delayed_methods_are_not_offered_by_default_r24(house, stripe_desk):
    begin(house, "A1")
    assert PaymentAttempt.objects.get().parameters["allowed_payment_method_types"] == ["card"]


def test_a_changed_price_is_refused_and_nothing_is_written(house):
    actor = visitor()
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=actor, now=NOW)
    places = held_by(actor.holder, showtime=house.showtime, now=NOW).places
    seen = purchase.offer(quote(house.showtime, places, default_types(house.showtime, places)), showtime=house.showtime)
    PriceTier.objects.filter(ticket_type="adult").update(amount=1300)
    asked_later = dataclasses.replace(house, showtime=Showtime.objects.get(pk=house.showtime.pk))
    with pytest.raises(PricesChanged):
        begin_held(asked_later, actor=actor, seen=seen)
    assert Booking.objects.count() == 0
    assert held_by(actor.holder, showtime=house.showtime, now=NOW).places == places


def test_a_lapsed_hold_cannot_be_booked_and_nothing_is_written(house):
    actor = visitor()
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=actor, now=NOW)
    places = held_by(actor.holder, showtime=house.showtime, now=NOW).places
    types = default_types(house.showtime, places)
    seen = purchase.offer(quote(house.showtime, places, types), showtime=house.showtime)
    with pytest.raises(HoldLapsed):
        purchase.begin(
            showtime=house.showtime, places=places, types=types, promo_word="", seen=seen, contact=CONTACT,
            pages=PAGES, actor=actor, now=NOW + dt.timedelta(minutes=6),
        )  # fmt: skip
    assert Booking.objects.count() == 0
    assert Payment.objects.count() == 0


def test_beginning_twice_returns_the_same_booking(house):
    actor = visitor()
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=actor, now=NOW)
    places = held_by(actor.holder, showtime=house.showtime, now=NOW).places
    types = default_types(house.showtime, places)
    seen = purchase.offer(quote(house.showtime, places, types), showtime=house.showtime)
    asked = {
        "showtime": house.showtime, "places": places, "types": types, "promo_word": "", "seen": seen,
        "contact": CONTACT, "pages": PAGES, "actor": actor, "now": NOW,
    }  # fmt: skip
    first, second = purchase.begin(**asked), purchase.begin(**asked)
    assert (first.fresh, second.fresh) == (True, False)
    assert first.booking == second.booking
    assert Payment.objects.count() == 1


def test_nothing_to_pay_is_confirmed_at_once_bo11(house):
    PriceTier.objects.update(amount=0)
    booking = begin(house, "A1", "A2")
    assert state(booking) == ("confirmed", 2, 2)
    assert booking.payment is None
    assert Delivery.objects.count() == 1
    assert all_adds_up()


def test_continuing_a_payment_offers_the_same_session_while_the_lease_lasts_bo14(house, stripe_desk):
    booking = begin(house, "A1")
    first = purchase.checkout(booking, pages=PAGES, now=NOW)
    assert purchase.checkout(booking, pages=PAGES, now=LATER) == first
    with pytest.raises(BookingEnded):
        purchase.checkout(booking, pages=PAGES, now=LEASE_OVER)
    assert PaymentAttempt.objects.count() == 1


def test_checkout_is_asked_again_with_the_same_key_when_stripe_was_away(house, stripe_desk):
    booking = begin(house, "A1")
    stripe_desk.control("faults", {"api_errors": 5})
    with pytest.raises(GatewayAway):
        purchase.checkout(booking, pages=PAGES, now=NOW)
    assert PaymentAttempt.objects.get().status == "prepared"
    stripe_desk.control("faults", {"api_errors": 0})
    assert purchase.checkout(booking, pages=PAGES, now=NOW).startswith(stripe_desk.url)
    assert PaymentAttempt.objects.count() == 1
