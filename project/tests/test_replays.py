"""R7: what Stripe told months ago, told again when the inbox has long forgotten it."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import stripe
import time_machine
from django.conf import settings
from django.test import Client

from core.bookings.models import Booking
from core.flows import closing, refunds
from core.flows.tests.stage import LEASE_OVER, begin, to_stripe
from core.flows.verification import violations
from core.flows.webhooks import HANDLERS
from core.kernel.actor import Actor
from core.outbox.models import Message
from core.payments.models import Refund, StripeEvent
from core.tickets.models import Ticket
from e2e.cast import NOW, House, StripeDesk, visitor
from project.tests.hostile.digest import digest

pytestmark = pytest.mark.django_db
KEPT = dt.timedelta(days=90)
INBOXES = {"payments_stripeevent", "outbox_message"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def knock(client: Client, event: dict[str, Any]) -> int:
    """Stripe delivers an event, signed anew as it does each time; the status of the answer."""
    body = json.dumps(event)
    signature = stripe.WebhookSignature.generate_signature_header(body, settings.STRIPE_WEBHOOK_SECRET)
    answer = client.post(
        "/stripe/webhook/", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return answer.status_code


def business() -> dict[str, tuple[int, str]]:
    """What everything says but the inbox itself and the work that it posts."""
    return {table: told for table, told in digest().items() if table not in INBOXES}


@pytest.fixture
def history(clock, stripe_desk: StripeDesk, house: House, client: Client, run_due) -> list[dict[str, Any]]:
    """Everything that Stripe had to tell of a booking that was paid, of one that was partly returned, and of one that
    ended unpaid and whose seat somebody else bought."""
    late = replace(house, showtime=house.another_showtime(starts_at=NOW + dt.timedelta(days=200)))
    paid, returned, left = (begin(late, *seats, actor=visitor(seats[0])) for seats in (["A1"], ["A2", "A3"], ["A4"]))
    for booking in (paid, returned):
        stripe_desk.pay(to_stripe(booking))
    stripe_desk.control(f"sessions/{to_stripe(left)}/expire")
    _hear(stripe_desk, client, run_due, now=NOW)
    ticket = returned.tickets.earliest("pk")
    refunds.cancel(booking=returned, ticket_codes=[ticket.code], actor=Actor.system("test"), now=NOW)
    run_due(now=NOW)
    clock.move_to(LEASE_OVER)
    closing.complete_unfinished(now=LEASE_OVER)
    after = begin(late, "A4", actor=visitor("bruno"), now=LEASE_OVER)
    stripe_desk.pay(to_stripe(after, now=LEASE_OVER))
    _hear(stripe_desk, client, run_due, now=LEASE_OVER)
    states = [Booking.objects.get(pk=one.pk).status for one in (paid, returned, left, after)]
    assert states == ["confirmed", "partly_refunded", "expired", "confirmed"]
    return [event for event in stripe_desk.events() if event["type"] in HANDLERS]


def _hear(desk: StripeDesk, client: Client, run_due: Any, *, now: dt.datetime) -> None:
    for event in desk.events():
        assert knock(client, event) == 200
    run_due(now=now)


@pytest.mark.parametrize("order", [1, -1])
def test_old_events_replayed_after_the_inbox_forgot_them_touch_no_living_ticket_r7(
    history, clock, stripe_desk: StripeDesk, client: Client, run_due, order: int
) -> None:
    """Neither refunded nor confirmed again, no seat taken back, no mail, nothing asked of Stripe."""
    assert {"checkout.session.completed", "checkout.session.expired", "charge.refunded"} <= {e["type"] for e in history}
    later = LEASE_OVER + KEPT + dt.timedelta(days=1)
    clock.move_to(later)
    Message.objects.update(done_at=LEASE_OVER)  # the mails, which nobody sends here
    closing.forget_old(now=later)
    assert StripeEvent.objects.count() == 0
    before, money, tickets = business(), stripe_desk.money(), Ticket.objects.valid().count()
    stripe_desk.control("log", method="DELETE")
    for event in history[::order]:
        assert knock(client, event) == 200
    assert run_due(now=later) == ["flows.handle_stripe_event"] * len(history)
    assert StripeEvent.objects.filter(handled_at=None).count() == 0
    assert business() == before
    assert (Refund.objects.count(), tickets) == (1, 3)
    assert (stripe_desk.money(), stripe_desk.requests("/v1/")) == (money, 0)
    assert [str(violation) for violation in violations()] == []
