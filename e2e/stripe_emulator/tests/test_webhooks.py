"""Events: signed, delivered, repeated until they are taken, and everything that goes wrong with them."""

import itertools
import json
from typing import Any

import pytest
import stripe

from e2e.stripe_emulator.emulator import API_VERSION
from e2e.stripe_emulator.tests.conftest import SECRET, World
from e2e.stripe_emulator.webhooks import Deliverer, sign

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


def test_delivery_is_signed_and_the_sdk_accepts_it(world: World) -> None:
    """docs.stripe.com/webhooks/signature: Stripe-Signature holds t and v1, an HMAC with SHA-256 over the timestamp, a
    dot and the raw body."""
    world.session()
    world.paid()
    world.settled()
    delivery = world.endpoint.deliveries[0]
    event = world.client.construct_event(delivery["body"], delivery["signature"], SECRET)
    assert (event.object, event.type, event.api_version) == ("event", PAID[0], API_VERSION)
    with pytest.raises(stripe.SignatureVerificationError):
        world.client.construct_event(delivery["body"] + b" ", delivery["signature"], SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        world.client.construct_event(delivery["body"], delivery["signature"], "whsec_other")


def test_signature_is_the_one_that_the_sdk_computes() -> None:
    """docs.stripe.com/webhooks/signature#verify-manually: signed_payload is timestamp, dot, body."""
    expected = stripe.WebhookSignature.generate_signature_header('{"a": "ü"}', SECRET, 1_700_000_000)
    assert sign('{"a": "ü"}'.encode(), SECRET, 1_700_000_000) == expected


def test_event_holds_the_object_as_it_was_and_who_caused_it(world: World) -> None:
    """docs.stripe.com/api/events/object: data.object is a snapshot at the time of the event; request holds the id and
    the idempotency key of the request that caused it."""
    session = world.paid()
    world.client.v1.refunds.create(
        {"payment_intent": session.payment_intent.id, "amount": 100}, options={"idempotency_key": "refund-1"}
    )
    world.client.v1.refunds.create({"payment_intent": session.payment_intent.id, "amount": 100})
    world.settled()
    first, second = world.endpoint.events("charge.refunded")
    assert [e["data"]["object"]["amount_refunded"] for e in (first, second)] == [100, 200]
    assert first["request"]["idempotency_key"] == "refund-1" and first["request"]["id"].startswith("req_")


def test_events_are_listed_and_retrieved(world: World) -> None:
    """docs.stripe.com/api/events/list: newest first, by type or types, with ids that a delivery has too."""
    world.paid()
    world.settled()
    events = world.client.v1.events.list()
    assert [event.type for event in events.data] == list(reversed(PAID))
    only = world.client.v1.events.list({"type": "checkout.session.*"}).data
    assert [event.type for event in only] == ["checkout.session.completed"]
    assert world.client.v1.events.retrieve(only[0].id).data.object.object == "checkout.session"
    assert [e["id"] for e in world.endpoint.events("checkout.session.completed")] == [only[0].id]
    both = world.client.v1.events.list({"types": ["charge.succeeded", "payment_intent.created"]}).data
    assert [event.type for event in both] == ["charge.succeeded", "payment_intent.created"]


def test_event_is_delivered_again_with_growing_waits_until_it_is_taken(world: World) -> None:
    """docs.stripe.com/webhooks#automatic-retries: anything but a 2xx is tried again with exponential back-off; a
    redirect counts as a failure; each try is signed anew."""
    world.endpoint.answers = [500, 302, 404]
    world.control("faults", {"webhooks": "hold"})
    world.paid()
    world.control("webhooks/release", {"only": ["checkout.session.completed"]})
    world.until(lambda: len(world.endpoint.deliveries) == 4)
    assert {event["id"] for event in world.endpoint.events()} == {world.endpoint.events()[0]["id"]}
    times = [delivery["at"] for delivery in world.endpoint.deliveries]
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert waits[0] < waits[2]  # that each is the double of the one before is reckoned below, without a clock
    line = world.until(lambda: delivered(world, "checkout.session.completed"))
    assert [delivery["status"] for delivery in line["deliveries"]] == [500, 302, 404, 200]


def delivered(world: World, type: str) -> Any:
    """The event's line once it was taken."""
    line = world.ask(f"webhooks?type={type}")["events"][0]
    return line if line["state"] == "delivered" else None


def test_waits_double_and_have_an_end() -> None:
    """docs.stripe.com/webhooks#automatic-retries: exponential back-off; shortened here."""
    deliverer = Deliverer(store=None, url="", secret="", retry_base=1.0)  # type: ignore[arg-type]
    assert [deliverer.wait_before(n) for n in (2, 3, 4, 5, 12)] == [1, 2, 4, 8, 300]


def test_switch_twice_delivers_every_event_two_times_R1(world: World) -> None:
    """docs.stripe.com/webhooks#handle-duplicate-events: the same event may arrive more than once, with the same id."""
    world.control("faults", {"webhooks": "twice"})
    world.paid()
    world.until(lambda: len(world.endpoint.deliveries) == 8)
    ids = [event["id"] for event in world.endpoint.events("checkout.session.completed")]
    assert len(ids) == 2 and len(set(ids)) == 1


def test_switch_late_delivers_after_a_while_R1(world: World) -> None:
    """docs.stripe.com/webhooks: delivery is not immediate; the money moved before the event came."""
    world.control("faults", {"webhooks": "late:0.6"})
    session = world.paid()
    assert session.payment_status == "paid" and world.endpoint.deliveries == []
    world.until(lambda: len(world.endpoint.deliveries) == 4)


def test_switch_lost_delivers_nothing_until_it_is_resent(world: World) -> None:
    """docs.stripe.com/webhooks/process-undelivered-events: events that did not arrive can be listed and sent again."""
    world.control("faults", {"webhooks": "lost"})
    world.paid()
    world.settled()
    assert world.endpoint.deliveries == []
    missed = world.client.v1.events.list({"delivery_success": False}).data
    assert [event.type for event in missed] == list(reversed(PAID))
    world.control(f"events/{missed[0].id}/resend")
    world.until(lambda: world.endpoint.deliveries)
    assert world.endpoint.types() == ["checkout.session.completed"]
    assert len(world.client.v1.events.list({"delivery_success": False}).data) == 3


def test_switch_out_of_order_turns_the_events_of_a_moment_round_R1(world: World) -> None:
    """docs.stripe.com/webhooks#event-ordering: events are not sure to arrive in the order in which they were made."""
    world.control("faults", {"webhooks": "out_of_order"})
    world.paid()
    world.until(lambda: len(world.endpoint.deliveries) == 4)
    assert world.endpoint.types() == list(reversed(PAID))


def test_switch_hold_keeps_events_until_they_are_released_in_any_order(world: World) -> None:
    """docs.stripe.com/webhooks#event-ordering: a test decides when, which and in which order."""
    world.control("faults", {"webhooks": "hold"})
    world.paid()
    assert world.endpoint.deliveries == []
    released = world.control("webhooks/release", {"only": ["checkout.session.completed"]})["released"]
    world.until(lambda: len(world.endpoint.deliveries) == 1)
    assert [event["id"] for event in world.endpoint.events()] == released
    world.control("webhooks/release", {"order": "reversed"})
    world.until(lambda: len(world.endpoint.deliveries) == 4)
    assert world.endpoint.types() == ["checkout.session.completed", *reversed(PAID[:3])]


def test_delivered_event_can_be_sent_again_days_later_R1_R7(world: World) -> None:
    """docs.stripe.com/webhooks#handle-duplicate-events: an event may come again long after; its id, its time and its
    content are the old ones, the signature is new."""
    world.paid()
    world.settled()
    old = world.endpoint.events("checkout.session.completed")[0]
    world.control("clock", {"advance_s": 2 * 24 * 3600})
    world.control(f"events/{old['id']}/resend")
    world.until(lambda: len(world.endpoint.events("checkout.session.completed")) == 2)
    again = json.loads(world.endpoint.deliveries[-1]["body"])
    assert (again["id"], again["created"], again["data"]) == (old["id"], old["created"], old["data"])
    signed = world.endpoint.deliveries[-1]
    assert world.client.construct_event(signed["body"], signed["signature"], SECRET).id == old["id"]
