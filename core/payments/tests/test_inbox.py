"""What Stripe tells is kept once, and decided later (BO2, R1)."""

import datetime as dt

import pytest

from core.outbox.models import Message
from core.payments import actions
from core.payments.models import MoneyIncident, StripeEvent
from e2e.cast import NOW

pytestmark = pytest.mark.django_db
EVENT = {"id": "evt_1", "type": "charge.refunded", "created": 1_700_000_000, "data": {"object": {"id": "ch_1"}}}


def test_receiving_keeps_the_event_and_posts_its_handling():
    assert actions.receive(EVENT, now=NOW) is True
    event = StripeEvent.objects.get()
    assert (event.event_id, event.type, event.payload, event.received_at) == (
        "evt_1",
        "charge.refunded",
        {"id": "ch_1"},
        NOW,
    )
    assert event.occurred_at == dt.datetime(2023, 11, 14, 22, 13, 20, tzinfo=dt.UTC)
    message = Message.objects.get()
    assert (message.task, message.arguments) == ("flows.handle_stripe_event", {"event": event.pk})


def test_receiving_the_same_event_again_does_nothing_r1():
    assert [actions.receive(EVENT, now=NOW) for _ in range(3)] == [True, False, False]
    assert (StripeEvent.objects.count(), Message.objects.count()) == (1, 1)


def test_forgetting_deletes_handled_events_after_ninety_days_only():
    actions.receive(EVENT, now=NOW)
    actions.receive(EVENT | {"id": "evt_2"}, now=NOW)
    actions.settle_event(StripeEvent.objects.get(event_id="evt_1"), "x" * 300, now=NOW)
    assert StripeEvent.objects.get(event_id="evt_1").outcome == "x" * 200
    assert actions.forget_handled(now=NOW + dt.timedelta(days=90)) == 0
    assert actions.forget_handled(now=NOW + dt.timedelta(days=90, seconds=1)) == 1
    assert StripeEvent.objects.get().event_id == "evt_2"


def test_an_incident_is_put_before_a_person_once():
    for detail in ("first", "second"):
        actions.note_incident(MoneyIncident.Kind.LATE, reference="payment:1", detail=detail, now=NOW)
    actions.note_incident(MoneyIncident.Kind.SEATS_GONE, reference="payment:1", now=NOW)
    assert sorted(MoneyIncident.objects.values_list("kind", "detail")) == [("late", "first"), ("seats_gone", "")]
