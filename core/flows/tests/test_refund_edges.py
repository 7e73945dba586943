"""Refunds that fail late, are told twice at once, or would split what goes together."""

import threading
from typing import Any

import pytest
import requests
from django.db import connection

from core.bookings.models import Booking
from core.bookings.refusals import NotCancellable
from core.catalog.actions import import_seat_map
from core.flows import refunds, webhooks
from core.flows.tests.stage import LATER, all_adds_up, begin, pay, state
from core.ledger.models import Account
from core.ledger.queries import balance
from core.payments import actions as payments
from core.payments import gateway
from core.payments.models import MoneyIncident, Payment, Refund, StripeEvent
from core.seating.actions import open_places
from e2e.cast import NOW, House, StripeDesk, tell, visitor

pytestmark = pytest.mark.django_db(transaction=True)
AMINA = visitor()


@pytest.fixture
def paid(house: House, stripe_desk: StripeDesk, run_due) -> Booking:
    return pay(begin(house, "A1", "A2"), stripe_desk, run_due)


def books() -> dict[str, int]:
    return {account.kind: balance(account) for account in Account.objects.order_by("kind")}


def tell_all(desk: StripeDesk, run_due: Any) -> None:
    for event in desk.events():
        tell(event, now=LATER)
    run_due(now=LATER)


def test_money_of_a_refund_that_fails_after_success_is_in_the_books_again(paid, stripe_desk, run_due):
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    run_due(now=LATER)
    refund = Refund.objects.get()
    assert (refund.status, books()) == ("succeeded", {"clearing": 0, "payable": 0})
    stripe_desk.control(f"refunds/{refund.stripe_id}/finish", {"outcome": "failed"})
    tell_all(stripe_desk, run_due)
    refund.refresh_from_db()
    assert refund.status == "failed"
    assert MoneyIncident.objects.get().kind == "refund_failed"
    assert stripe_desk.money()["refunded"] == 0
    assert books() == {"clearing": 2400, "payable": 0, "unallocated": -2400}
    assert all_adds_up()


def test_money_of_a_refund_that_stripe_refuses_is_in_the_books_again(paid, stripe_desk, run_due):
    Payment.objects.update(intent_id="pi_unknown")
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    run_due(now=LATER)
    assert Refund.objects.get().status == "failed"
    assert books() == {"clearing": 2400, "payable": 0, "unallocated": -2400}
    assert all_adds_up()


def test_a_refund_stays_failed_when_the_answer_to_its_asking_comes_after_that_event(paid, stripe_desk, monkeypatch):
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    refund = Refund.objects.get()
    create = gateway.create_refund

    def overtaken(**asked: Any) -> gateway.RefundState:
        answer = create(**asked)
        payments.settle_refund(refund, gateway.RefundState(id=answer.id, status="failed"), now=LATER)
        return answer

    monkeypatch.setattr(gateway, "create_refund", overtaken)
    payments.send_refund(Refund.objects.get(), now=LATER)
    assert Refund.objects.get().status == "failed"
    assert all_adds_up()


def test_a_refund_waits_when_the_key_to_stripe_is_wrong(paid, stripe_desk, settings):
    refunds.cancel(booking=paid, actor=AMINA, now=LATER)
    gateway._client.cache_clear()
    settings.STRIPE_API_KEY = "sk_test_wrong"
    with pytest.raises(gateway.GatewayAway):
        payments.send_refund(Refund.objects.get(), now=LATER)
    assert Refund.objects.get().status == "prepared"
    assert MoneyIncident.objects.count() == 0


def test_a_refund_made_at_stripe_is_booked_once_when_two_workers_hear_of_it_at_once(paid, stripe_desk):
    intent = Payment.objects.get().intent_id
    headers = {"Authorization": "Bearer sk_test_desk"}
    requests.post(f"{stripe_desk.url}/v1/refunds", data={"payment_intent": intent}, headers=headers, timeout=10)
    told = [event for event in stripe_desk.events() if event["type"] in {"refund.created", "charge.refunded"}]
    again = {**told[0], "id": "evt_again", "type": "refund.updated"}
    for event in (told[0], again):
        tell(event, now=LATER)
    failures: list[Exception] = []
    start = threading.Barrier(2)

    def hear(pk: int) -> None:
        try:
            start.wait()
            webhooks.handle(pk, now=LATER)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    ids = StripeEvent.objects.filter(event_id__in=[told[0]["id"], "evt_again"]).values_list("id", flat=True)
    workers = [threading.Thread(target=hear, args=(pk,)) for pk in ids]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount) == ("outside", 2400)
    assert books() == {"clearing": 0, "payable": 0}
    assert all_adds_up()


def test_cancelling_two_tickets_at_once_refunds_each_once(paid, stripe_desk, run_due):
    codes = list(paid.tickets.values_list("code", flat=True))
    start = threading.Barrier(2)

    def cancel(code: str) -> None:
        try:
            start.wait()
            refunds.cancel(booking=Booking.objects.get(), ticket_codes=[code], actor=AMINA, now=LATER)
        finally:
            connection.close()

    workers = [threading.Thread(target=cancel, args=(code,)) for code in codes]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run_due(now=LATER)
    assert state(paid) == ("refunded", 0, 0)
    assert stripe_desk.money() == {"charged": 2400, "refunded": 2400, "disputed": 0}
    assert Refund.objects.count() == 2
    assert all_adds_up()


def test_refunds_in_parts_and_one_made_at_stripe_never_exceed_the_payment(paid, stripe_desk, run_due):
    first, second = paid.tickets.all()
    refunds.cancel(booking=paid, ticket_codes=[first.code], actor=AMINA, now=LATER)
    refunds.book_refund_outside(Payment.objects.get(), stripe_id="re_desk", amount=1000, now=LATER)
    refunds.cancel(booking=paid, ticket_codes=[second.code], actor=AMINA, now=LATER)
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [200, 1000, 1200]
    assert books() == {"clearing": 0, "payable": 0}
    assert all_adds_up()


def refund_told(desk: StripeDesk, event_type: str) -> dict[str, Any]:
    return next(event for event in desk.events() if event["type"] == event_type)


def refund_at_the_desk(desk: StripeDesk, amount: int) -> str:
    """Somebody sends money back at Stripe's own desk; nobody has told us yet."""
    asked = {"payment_intent": Payment.objects.get().intent_id, "amount": amount}
    headers = {"Authorization": "Bearer sk_test_desk"}
    return str(requests.post(f"{desk.url}/v1/refunds", data=asked, headers=headers, timeout=10).json()["id"])


def test_a_refund_made_at_stripe_stays_failed_when_its_failure_is_told_before_its_making(paid, stripe_desk, run_due):
    made = refund_at_the_desk(stripe_desk, 1000)
    stripe_desk.control(f"refunds/{made}/finish", {"outcome": "failed"})
    for event_type in ("refund.failed", "refund.created"):
        tell(refund_told(stripe_desk, event_type), now=LATER)
        run_due(now=LATER)
    assert Refund.objects.get().status == "failed"
    assert stripe_desk.money()["refunded"] == 0
    assert books()["clearing"] == 2400
    assert all_adds_up()


def test_our_refund_fails_when_the_money_went_back_at_stripe_before_we_heard_of_it(paid, stripe_desk, run_due):
    refund_at_the_desk(stripe_desk, 2000)
    first, second = paid.tickets.all()
    refunds.cancel(booking=paid, ticket_codes=[first.code], actor=AMINA, now=LATER)
    tell(refund_told(stripe_desk, "refund.created"), now=LATER)
    webhooks.handle(StripeEvent.objects.get(type="refund.created").pk, now=LATER)
    assert all_adds_up()
    refunds.cancel(booking=paid, ticket_codes=[second.code], actor=AMINA, now=LATER)
    run_due(now=LATER)
    assert list(Refund.objects.order_by("id").values_list("amount", "status")) == [
        (1200, "failed"),
        (2000, "succeeded"),
    ]
    assert (state(paid), stripe_desk.money()["refunded"]) == (("refunded", 0, 0), 2000)
    assert books()["clearing"] == 400
    assert all_adds_up()


PAIRS = {
    "format": "foyer-seat-map/1",
    "name": "Studio",
    "focus": {"kind": "screen", "y": -4},
    "zones": [
        {
            "name": "stalls",
            "label": "Stalls",
            "rows": [
                {"label": "A", "counts": [2], "type": "sofa"},
                {
                    "label": "B",
                    "counts": [2],
                    "step_free": True,
                    "seats": {"1": {"type": "wheelchair"}, "2": {"type": "companion"}},
                },
            ],
        }
    ],
}


@pytest.fixture
def pairs(house: House) -> House:
    """One sofa A, and in row B a wheelchair space with its companion seat."""
    house.showtime.seat_map = import_seat_map(room=house.room, document=PAIRS, actor=AMINA, now=NOW)
    house.showtime.places.all().delete()
    house.showtime.save()
    open_places(showtime=house.showtime, actor=AMINA, now=NOW)
    return house


@pytest.mark.parametrize("label", ["A1", "A2", "B1"])
def test_cancelling_is_refused_for_one_of_two_seats_that_go_together(pairs, stripe_desk, run_due, label):
    booking = pay(begin(pairs, "A1", "B1", "B2"), stripe_desk, run_due)
    [ticket] = [ticket for ticket in booking.tickets.all() if ticket.place.label == label]
    with pytest.raises(NotCancellable, match="go only together"):
        refunds.cancel(booking=booking, ticket_codes=[ticket.code], actor=AMINA, now=LATER)
    assert state(booking) == ("confirmed", 4, 4)
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(("labels", "left"), [(("A1", "A2"), 2), (("B1", "B2"), 2), (("B2",), 3)])
def test_cancelling_gives_back_both_of_a_pair_or_the_companion_seat_alone(pairs, stripe_desk, run_due, labels, left):
    booking = pay(begin(pairs, "A1", "B1", "B2"), stripe_desk, run_due)
    codes = [ticket.code for ticket in booking.tickets.all() if ticket.place.label in labels]
    refunds.cancel(booking=booking, ticket_codes=codes, actor=AMINA, now=LATER)
    assert state(booking) == ("partly_refunded", left, left)
    assert all_adds_up()
