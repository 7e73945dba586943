"""Giving tickets back (BO6): seats free, money back, books right, and nothing where the terms say no."""

import datetime as dt

import pytest
import requests

from core.audit.models import Record
from core.bookings.models import Booking
from core.bookings.refusals import NotCancellable
from core.catalog.models import PriceTier
from core.flows import refunds
from core.flows.tests.stage import LATER, all_adds_up, begin, pay, state
from core.ledger.models import Account, JournalEntry
from core.ledger.queries import balance
from core.notifications.models import Delivery
from core.payments.actions.refunding import prepare_refund
from core.payments.models import MoneyIncident, Payment, Refund
from core.seating.models import Place
from core.tickets.models import Ticket
from e2e.cast import NOW, House, StripeDesk, tell, visitor

pytestmark = pytest.mark.django_db(transaction=True)
AMINA = visitor()
LAST_HOUR = NOW + dt.timedelta(days=3) - dt.timedelta(hours=23)


@pytest.fixture
def paid(house: House, stripe_desk: StripeDesk, run_due) -> Booking:
    """Two tickets of 12.00 EUR with a fee of 1.50 EUR each, paid."""
    house.organizer.fee_fixed = 150
    house.organizer.save()
    return pay(begin(house, "A1", "A2"), stripe_desk, run_due)


def books() -> dict[str, int]:
    return {account.kind: balance(account) for account in Account.objects.order_by("kind")}


def test_cancelling_frees_the_seats_and_sends_the_money_back_but_for_the_fee_bo6(paid, stripe_desk, run_due):
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    assert state(paid) == ("refunded", 0, 0)
    assert Refund.objects.get().status == "prepared"
    assert run_due(now=LATER) == ["payments.send_refund"]
    assert Refund.objects.get().status == "succeeded"
    assert stripe_desk.money() == {"charged": 2700, "refunded": 2400, "disputed": 0}
    assert books() == {"clearing": 300, "fees": -300, "payable": 0}
    assert Place.objects.free(LATER).count() == 40
    assert list(paid.changes.values_list("status", flat=True)) == ["awaiting_payment", "confirmed", "refunded"]
    assert Delivery.objects.filter(kind="tickets_cancelled").count() == 1
    assert all_adds_up()


def test_cancelling_sends_the_fee_back_too_where_it_is_not_kept_bo6(paid, house, stripe_desk, run_due):
    house.organizer.keep_fee = False
    house.organizer.save()
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    run_due(now=LATER)
    assert stripe_desk.money()["refunded"] == 2700
    assert books() == {"clearing": 0, "fees": 0, "payable": 0}
    assert all_adds_up()


def test_cancelling_one_ticket_keeps_the_other_bo6(paid, house, stripe_desk, run_due):
    first, second = paid.tickets.all()
    refunds.cancel(booking=paid, ticket_codes=[first.code], actor=AMINA, now=LATER)
    run_due(now=LATER)
    assert state(paid) == ("partly_refunded", 1, 1)
    assert Ticket.objects.get(pk=second.pk).status == "valid"
    assert list(paid.lines.values_list("refunded", flat=True)) == [1200, 0]
    assert stripe_desk.money()["refunded"] == 1200
    refunds.cancel(booking=paid, ticket_codes=[second.code], actor=AMINA, now=LATER)
    run_due(now=LATER)
    assert state(paid) == ("refunded", 0, 0)
    assert stripe_desk.money()["refunded"] == 2400
    assert all_adds_up()


def test_cancelling_frees_the_seat_for_somebody_else_at_once(paid, house, stripe_desk, run_due):
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    again = pay(begin(house, "A1", actor=visitor("bruno"), now=LATER), stripe_desk, run_due, now=LATER)
    assert state(again) == ("confirmed", 1, 1)
    assert all_adds_up()


def nothing_changed(booking: Booking, tickets: int) -> None:
    assert state(booking) == ("confirmed", tickets, tickets)
    assert Refund.objects.count() == 0
    assert JournalEntry.objects.count() == 1
    assert not Delivery.objects.filter(kind="tickets_cancelled").exists()
    assert not Record.objects.filter(action="ticket.cancelled").exists()


def test_cancelling_is_refused_when_it_is_too_late_and_nothing_changes(paid):
    with pytest.raises(NotCancellable) as refusal:
        refunds.cancel(booking=paid, actor=AMINA, now=LAST_HOUR)
    assert str(refusal.value) == "These tickets could be given back until Mon 23 Nov 18:00."
    nothing_changed(paid, 2)


def test_cancelling_is_allowed_at_the_last_instant(paid):
    refunds.cancel(booking=paid, actor=AMINA, now=NOW + dt.timedelta(days=2))
    assert state(paid) == ("refunded", 0, 0)


def test_cancelling_is_refused_where_the_organizer_takes_nothing_back(paid, house):
    house.organizer.cancel_until_hours = None
    house.organizer.save()
    with pytest.raises(NotCancellable) as refusal:
        refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    assert str(refusal.value) == "Tickets of this organizer cannot be given back."
    nothing_changed(paid, 2)


def test_cancelling_is_refused_for_tickets_of_another_booking(paid, house, stripe_desk, run_due):
    brunos = pay(begin(house, "B1", actor=visitor("bruno")), stripe_desk, run_due)
    with pytest.raises(NotCancellable):
        refunds.cancel(booking=paid, ticket_codes=[brunos.tickets.get().code], actor=AMINA, now=LATER)
    assert Ticket.objects.filter(status="valid").count() == 3
    assert Refund.objects.count() == 0


def test_cancelling_is_refused_when_no_ticket_is_chosen(paid):
    with pytest.raises(NotCancellable) as refusal:
        refunds.cancel(booking=paid, ticket_codes=[], actor=AMINA, now=LATER)
    assert str(refusal.value) == "Choose at least one ticket to give back."
    nothing_changed(paid, 2)


def test_cancelling_twice_refunds_once(paid, stripe_desk, run_due):
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    with pytest.raises(NotCancellable):
        refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    run_due(now=LATER)
    assert stripe_desk.money()["refunded"] == 2400
    assert Refund.objects.count() == 1


def test_cancelling_a_free_booking_moves_no_money(house):
    PriceTier.objects.update(amount=0)
    booking = begin(house, "A1")
    refunds.cancel(booking=booking, actor=AMINA, now=LATER)
    assert state(booking) == ("cancelled", 0, 0)
    assert (Refund.objects.count(), JournalEntry.objects.count()) == (0, 0)
    assert all_adds_up()


def test_a_refund_made_at_stripe_is_booked_once_and_a_person_is_told(paid, stripe_desk, run_due):
    intent = Payment.objects.get().intent_id
    headers = {"Authorization": "Bearer sk_test_desk"}
    asked = {"payment_intent": intent, "amount": 700}
    requests.post(f"{stripe_desk.url}/v1/refunds", data=asked, headers=headers, timeout=10)
    for event in stripe_desk.events():
        tell(event, now=LATER)
    run_due(now=LATER)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount, refund.status) == ("outside", 700, "succeeded")
    assert MoneyIncident.objects.get().kind == "refunded_outside"
    assert state(paid) == ("confirmed", 2, 2)
    assert all_adds_up()


def test_cancelling_sends_back_what_is_left_after_a_refund_made_at_stripe(paid, stripe_desk, run_due):
    payment = Payment.objects.get()
    refunds.book_refund_outside(payment, stripe_id="re_desk", amount=2000, now=LATER)
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    assert state(paid) == ("refunded", 0, 0)
    assert Refund.objects.get(reason="cancelled").amount == 700
    assert list(paid.lines.values_list("refunded", flat=True)) == [350, 350]
    assert all_adds_up()


def test_a_refund_that_stripe_refuses_becomes_an_incident(paid, stripe_desk, run_due):
    Payment.objects.update(intent_id="pi_unknown")
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    run_due(now=LATER)
    assert Refund.objects.get().status == "failed"
    assert MoneyIncident.objects.get().kind == "refund_failed"


def test_a_refund_is_asked_again_with_the_same_key_when_stripe_was_away(paid, stripe_desk, run_due):
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    stripe_desk.control("faults", {"api_errors": 2})
    with pytest.raises(Exception, match="does not answer"):
        run_due(now=LATER)
    assert Refund.objects.get().status == "prepared"
    stripe_desk.control("faults", {"api_errors": 0})
    assert run_due(now=LATER + dt.timedelta(minutes=5)) == ["payments.send_refund"]
    assert stripe_desk.money()["refunded"] == 2400


def test_preparing_a_refund_of_more_than_is_left_is_a_bug(paid):
    with pytest.raises(ValueError, match="only 2700 is left"):
        prepare_refund(payment=Payment.objects.get(), amount=2701, reason="cancelled", now=LATER)
    assert Refund.objects.count() == 0
