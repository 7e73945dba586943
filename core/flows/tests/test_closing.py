"""The completer: what was left half-way is finished, and one that fails keeps no other waiting."""

import datetime as dt

import pytest

from core.flows import closing, purchase, webhooks
from core.flows.tests.stage import LATER, LEASE_OVER, PAGES, all_adds_up, begin, completed, pay, state, to_stripe
from core.outbox.models import Message
from core.payments import actions as payments
from core.payments.models import Payment, Refund, StripeEvent
from core.seating.models import Place
from e2e.cast import NOW, tell, visitor

pytestmark = pytest.mark.django_db(transaction=True)
HALF_A_YEAR = NOW + dt.timedelta(days=180)


def test_completing_ends_many_bookings_whatever_one_of_them_does(house, stripe_desk, monkeypatch):
    stuck = begin(house, "A1", actor=visitor("stuck"))
    fine = begin(house, "A2", actor=visitor("fine"))
    give_up = purchase.give_up

    def fails_for_one(booking, **kwargs):
        if booking.pk == stuck.pk:
            raise RuntimeError("a fault of ours")
        return give_up(booking, **kwargs)

    monkeypatch.setattr(closing.purchase, "give_up", fails_for_one)
    assert closing.complete_unfinished(now=LEASE_OVER) == 1
    assert (state(stuck)[0], state(fine)[0]) == ("awaiting_payment", "expired")
    monkeypatch.undo()
    assert closing.complete_unfinished(now=LEASE_OVER) == 1
    assert state(stuck)[0] == "expired"


def test_completing_takes_the_oldest_first_when_there_are_many(house, stripe_desk):
    first = begin(house, "A1", actor=visitor("first"))
    second = begin(house, "A2", actor=visitor("second"), now=NOW + dt.timedelta(seconds=1))
    assert closing.complete_unfinished(now=LEASE_OVER, limit=1) == 1
    assert (state(first)[0], state(second)[0]) == ("expired", "awaiting_payment")


def test_completing_twice_changes_nothing_more(house, stripe_desk):
    booking = begin(house, "A1")
    assert closing.complete_unfinished(now=LEASE_OVER) == 1
    assert closing.complete_unfinished(now=LEASE_OVER) == 0
    assert list(booking.changes.values_list("status", flat=True)) == ["awaiting_payment", "expired"]
    assert all_adds_up()


def test_completing_frees_nothing_while_a_second_attempt_is_living(house, stripe_desk):
    booking = begin(house, "A1")
    session = to_stripe(booking)
    stripe_desk.control(f"sessions/{session}/expire")
    ended = next(e for e in stripe_desk.events() if e["type"] == "checkout.session.expired")
    tell(ended, now=LATER)
    webhooks.handle(StripeEvent.objects.get().pk, now=LATER)
    assert state(booking) == ("awaiting_payment", 0, 0)
    again = purchase.checkout(booking, pages=PAGES, now=LATER)
    assert again.startswith(stripe_desk.url)
    purchase.ending.release(booking.pk, status="expired", reason="late", actor=visitor(), now=LATER)
    assert state(booking) == ("awaiting_payment", 0, 0)
    assert Place.objects.filter(under_payment=True).count() == 1


def test_forgetting_deletes_old_messages_and_handled_events_only(house, stripe_desk, run_due):
    booking = pay(begin(house, "A1"), stripe_desk, run_due)
    untouched = {"id": "evt_other", "type": "x", "created": 1, "data": {"object": {}}}
    messages = Message.objects.update(done_at=NOW)
    payments.receive(untouched, now=NOW)
    assert closing.forget_old(now=HALF_A_YEAR) == {
        "messages": messages,
        "codes": 0,
        "tries": 0,
        "errands": 0,
        "notices": 0,
        "contacts": 0,
        "events": 1,
    }
    assert StripeEvent.objects.get().event_id == "evt_other"
    assert Message.objects.filter(done_at=None).count() == 1
    assert state(booking) == ("confirmed", 1, 1)


def test_an_event_replayed_after_the_inbox_forgot_it_changes_nothing_r7(house, stripe_desk, run_due):
    booking = begin(house, "A1")
    stripe_desk.pay(to_stripe(booking))
    event = completed(stripe_desk)
    tell(event, now=LATER)
    run_due(now=LATER)
    Message.objects.update(done_at=LATER)
    closing.forget_old(now=HALF_A_YEAR)
    assert StripeEvent.objects.count() == 0
    assert tell(event, now=HALF_A_YEAR) is True
    assert run_due(now=HALF_A_YEAR) == ["flows.handle_stripe_event"]
    assert state(booking) == ("confirmed", 1, 1)
    assert (Payment.objects.get().status, Refund.objects.count()) == ("succeeded", 0)
    assert all_adds_up()
