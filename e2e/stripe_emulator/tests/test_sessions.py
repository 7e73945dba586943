"""Checkout Sessions through the SDK: what they hold, how they end."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import stripe

from e2e.stripe_emulator.tests.conftest import SHOP, World, line, refused


def test_create_answers_an_open_unpaid_session_with_a_page(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/object: status is open, payment_status unpaid, and `url` leads to the
    hosted page while the session is active."""
    session = world.session(metadata={"attempt": "a1"}, client_reference_id="B-7", customer_email="amina@example.com")
    assert (session.object, session.status, session.payment_status, session.mode) == (
        "checkout.session", "open", "unpaid", "payment",
    )  # fmt: skip
    assert (session.amount_subtotal, session.amount_total, session.currency) == (2900, 2900, "eur")
    assert session.metadata.to_dict() == {"attempt": "a1"}
    assert (session.client_reference_id, session.customer_email) == ("B-7", "amina@example.com")
    assert session.id.startswith("cs_test_") and session.url == f"{world.url}/c/pay/{session.id}"
    assert session.livemode is False


def test_create_makes_no_payment_intent_until_somebody_tries_to_pay(world: World) -> None:
    """docs.stripe.com/changelog/2022-08-01: in payment mode the PaymentIntent is made when the session is confirmed,
    not when it is created."""
    session = world.session()
    assert session.payment_intent is None
    assert list(world.client.v1.payment_intents.list().data) == []


def test_create_expires_in_24_hours_when_nothing_is_said(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#expires_at: by default 24 hours from creation."""
    session = world.session()
    assert session.expires_at - session.created == 24 * 60 * 60


@pytest.mark.parametrize("seconds", [30 * 60 - 10, 24 * 60 * 60 + 10, -60])
def test_create_refuses_a_life_under_30_minutes_or_over_24_hours(world: World, seconds: int) -> None:
    """docs.stripe.com/payments/checkout/managing-limited-inventory: expires_at lies between 30 minutes and 24 hours
    after creation."""
    error = refused(lambda: world.session(expires_at=int(time.time()) + seconds))
    assert (error.param, error.http_status) == ("expires_at", 400)
    assert list(world.checkout.list().data) == []


def test_create_refuses_exactly_30_minutes_when_stripes_clock_is_ahead_R6(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#expires_at: the 30 minutes count from creation by Stripe's clock."""
    world.control("clock", {"advance_s": 5})
    assert refused(lambda: world.session(expires_at=int(time.time()) + 30 * 60)).param == "expires_at"
    assert world.session(expires_at=int(time.time()) + 35 * 60).status == "open"


def test_expire_ends_an_open_session_and_says_so(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/expire: an open session can be expired; then its customer cannot complete
    it, and checkout.session.expired is sent."""
    session = world.session(metadata={"attempt": "a1"})
    expired = world.checkout.expire(session.id)
    assert (expired.status, expired.url, expired.payment_status) == ("expired", None, "unpaid")
    event = world.until(lambda: world.endpoint.events("checkout.session.expired"))[0]
    assert event["data"]["object"]["id"] == session.id
    assert event["data"]["object"]["metadata"] == {"attempt": "a1"}
    answer = world.control(f"sessions/{session.id}/pay", {})
    assert (answer["outcome"], answer["session"]["status"]) == ("closed", "expired")


def test_expire_is_refused_when_the_session_is_complete_or_expired(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/expire: only a session whose status is open can be expired."""
    paid, expired = world.paid(), world.session()
    world.checkout.expire(expired.id)
    for session in (paid, expired):
        error = refused(lambda id=session.id: world.checkout.expire(id))
        assert error.http_status == 400 and "open" in str(error)
    assert world.checkout.retrieve(paid.id).payment_status == "paid"


def test_session_expires_by_itself_at_its_time(world: World) -> None:
    """docs.stripe.com/payments/checkout/managing-limited-inventory: at expires_at the session's status becomes expired
    and checkout.session.expired is sent."""
    session = world.session(expires_at=int(time.time()) + 35 * 60)
    world.control("clock", {"advance_s": 34 * 60})
    assert world.checkout.retrieve(session.id).status == "open"
    world.control("clock", {"advance_s": 61})
    assert world.checkout.retrieve(session.id).status == "expired"
    assert [
        e["data"]["object"]["id"] for e in world.until(lambda: world.endpoint.events("checkout.session.expired"))
    ] == [session.id]


def test_expire_cancels_a_payment_that_was_begun(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/object#payment_intent: the PaymentIntent of a session is cancelled by
    expiring the session."""
    session = world.session()
    assert world.control(f"sessions/{session.id}/pay", {"card": "4000000000000002"})["outcome"] == "declined"
    expired = world.checkout.expire(session.id)
    intent = world.client.v1.payment_intents.retrieve(expired.payment_intent)
    assert (intent.status, intent.cancellation_reason, intent.amount_received) == ("canceled", "expired", 0)


def test_payment_completes_the_session_and_links_intent_and_charge(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/object: after a successful payment the session is complete and paid and
    holds its PaymentIntent; metadata of the intent comes from payment_intent_data."""
    session = world.paid(
        payment_intent_data={"metadata": {"attempt": "a1"}, "description": "Booking B-7"},
        client_reference_id="B-7",
    )
    intent = session.payment_intent
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount, intent.amount_received, intent.currency) == ("succeeded", 2900, 2900, "eur")
    assert intent.metadata.to_dict() == {"attempt": "a1"}
    charge = intent.latest_charge
    assert (charge.status, charge.paid, charge.amount, charge.amount_refunded) == ("succeeded", True, 2900, 0)
    assert (charge.payment_intent, charge.description) == (intent.id, "Booking B-7")
    assert charge.payment_method_details.card.last4 == "4242"
    assert session.customer_details.email == "customer@example.com"


def test_payment_sends_its_events_with_the_session_completed(world: World) -> None:
    """docs.stripe.com/checkout/fulfillment: checkout.session.completed is sent when the customer has paid."""
    session = world.paid(metadata={"attempt": "a1"})
    world.settled()
    assert world.endpoint.types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    event = world.endpoint.events("checkout.session.completed")[0]
    sent = event["data"]["object"]
    assert (sent["id"], sent["payment_status"], sent["amount_total"]) == (session.id, "paid", 2900)
    assert (sent["metadata"], sent["payment_intent"]) == ({"attempt": "a1"}, session.payment_intent.id)


def test_session_with_nothing_to_pay_completes_without_a_payment(world: World) -> None:
    """docs.stripe.com/payments/checkout/no-cost-orders: a total of zero is taken, no method is collected, and a
    Customer is made where none was passed; payment_status is no_payment_required, and there is no PaymentIntent."""
    session = world.session(line_items=[line("Free seat", 0)])
    assert world.control(f"sessions/{session.id}/pay", {})["outcome"] == "done"
    done = world.checkout.retrieve(session.id)
    assert (done.status, done.payment_intent, done.amount_total) == ("complete", None, 0)
    assert world.client.v1.customers.retrieve(done.customer).email == "customer@example.com"
    world.settled()
    sent = world.endpoint.events("checkout.session.completed")[0]["data"]["object"]
    assert sent["payment_status"] == "no_payment_required"


def test_delayed_payment_completes_unpaid_and_succeeds_later(world: World) -> None:
    """docs.stripe.com/checkout/fulfillment: with a delayed method checkout.session.completed comes with payment_status
    unpaid; checkout.session.async_payment_succeeded follows when the money is there."""
    session = world.paid("sepa_debit")
    assert (session.status, session.payment_status, session.payment_intent.status) == (
        "complete", "unpaid", "processing",
    )  # fmt: skip
    world.control(f"sessions/{session.id}/settle", {"outcome": "succeeded"})
    settled = world.checkout.retrieve(session.id, params={"expand": ["payment_intent"]})
    assert (settled.payment_status, settled.payment_intent.status) == ("paid", "succeeded")
    world.settled()
    events = world.endpoint.events("checkout.session.completed", "checkout.session.async_payment_succeeded")
    assert [(e["type"], e["data"]["object"]["payment_status"]) for e in events] == [
        ("checkout.session.completed", "unpaid"),
        ("checkout.session.async_payment_succeeded", "paid"),
    ]


def test_delayed_payment_fails_later_and_takes_no_money(world: World) -> None:
    """docs.stripe.com/checkout/fulfillment: checkout.session.async_payment_failed is sent when a delayed payment does
    not come through."""
    session = world.paid("sepa_debit")
    world.control(f"sessions/{session.id}/settle", {"outcome": "failed"})
    failed = world.checkout.retrieve(session.id, params={"expand": ["payment_intent"]})
    assert (failed.payment_status, failed.payment_intent.status) == ("unpaid", "requires_payment_method")
    world.settled()
    assert world.endpoint.types()[-1] == "checkout.session.async_payment_failed"
    assert world.ask("money")["totals"] == {"charged": 0, "refunded": 0, "disputed": 0}


def test_setup_session_saves_a_method_for_its_customer(world: World) -> None:
    """docs.stripe.com/payments/save-and-reuse: a session in setup mode takes no money; its SetupIntent holds the
    payment method, which is attached to the customer."""
    customer = world.client.v1.customers.create({"email": "amina@example.com"})
    session = world.session(mode="setup", line_items=None, currency="eur", customer=customer.id)
    assert (session.payment_status, session.amount_total) == ("no_payment_required", None)
    assert session.setup_intent.startswith("seti_")
    assert world.control(f"sessions/{session.id}/pay", {})["outcome"] == "done"
    intent = world.client.v1.setup_intents.retrieve(session.setup_intent)
    assert (intent.status, intent.customer) == ("succeeded", customer.id)
    methods = world.client.v1.payment_methods.list({"customer": customer.id, "type": "card"}).data
    assert [method.id for method in methods] == [intent.payment_method]


def test_setup_session_wants_a_currency_unless_methods_are_named(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#currency: required in setup mode when allowed_payment_method_types
    is not set."""
    assert refused(lambda: world.session(mode="setup", line_items=None)).param == "currency"
    assert world.session(mode="setup", line_items=None, allowed_payment_method_types=["card"]).status == "open"


def test_paying_saves_the_card_when_future_usage_is_asked_for(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#payment_intent_data-setup_future_usage: Checkout attaches the
    method to the customer that was passed."""
    customer = world.client.v1.customers.create({"email": "amina@example.com"})
    session = world.paid(customer=customer.id, payment_intent_data={"setup_future_usage": "off_session"})
    saved = world.client.v1.customers.payment_methods.list(customer.id).data
    assert [method.id for method in saved] == [session.payment_intent.payment_method]
    stranger = world.client.v1.customers.create()
    assert list(world.client.v1.customers.payment_methods.list(stranger.id).data) == []


def test_customer_is_made_when_customer_creation_is_always(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#customer_creation: with always, a Customer is made from what was
    given at the page; with if_required none is."""
    made = world.paid(customer_creation="always")
    assert world.client.v1.customers.retrieve(made.customer).email == "customer@example.com"
    assert world.paid().customer is None


def test_expand_shows_line_items_and_nested_objects(world: World) -> None:
    """docs.stripe.com/api/expanding_objects: ids become objects, also by dots; line_items are left out unless asked."""
    session = world.paid()
    assert "line_items" not in session
    full = world.checkout.retrieve(
        session.id, params={"expand": ["line_items", "payment_intent.latest_charge.balance_transaction"]}
    )
    lines = [(item.description, item.quantity, item.amount_total) for item in full.line_items.data]
    assert lines == [("Row C, seat 7", 1, 1450), ("Row C, seat 8", 1, 1450)]
    assert full.payment_intent.latest_charge.balance_transaction.amount == 2900
    assert [item.id for item in world.checkout.line_items.list(session.id).data] == [
        item.id for item in full.line_items.data
    ]
    error = refused(lambda: world.checkout.retrieve(session.id, params={"expand": ["amount_total"]}))
    assert "cannot be expanded" in str(error)


def test_list_pages_newest_first_and_filters(world: World) -> None:
    """docs.stripe.com/api/pagination: newest first, `limit`, `starting_after`, has_more; sessions filter by status
    and payment intent."""
    ids = [world.session().id for _ in range(5)]
    first = world.checkout.list({"limit": 2})
    assert ([s.id for s in first.data], first.has_more) == ([ids[4], ids[3]], True)
    rest = world.checkout.list({"limit": 3, "starting_after": ids[3]})
    assert ([s.id for s in rest.data], rest.has_more) == ([ids[2], ids[1], ids[0]], False)
    before = world.checkout.list({"limit": 2, "ending_before": ids[2]})
    assert [s.id for s in before.data] == [ids[4], ids[3]]
    assert [s.id for s in world.checkout.list({"limit": 2}).auto_paging_iter()] == list(reversed(ids))
    world.checkout.expire(ids[0])
    assert [s.id for s in world.checkout.list({"status": "expired"}).data] == [ids[0]]
    paid = world.paid()
    found = world.checkout.list({"payment_intent": paid.payment_intent.id}).data
    assert [s.id for s in found] == [paid.id]


def test_update_merges_metadata_and_an_empty_value_unsets_a_key(world: World) -> None:
    """docs.stripe.com/api/metadata: keys are merged; posting an empty value unsets one, an empty string all."""
    session = world.session(metadata={"a": "1", "b": "2"})
    assert world.checkout.update(session.id, {"metadata": {"a": "", "c": "3"}}).metadata.to_dict() == {
        "b": "2",
        "c": "3",
    }
    assert world.checkout.update(session.id, {"metadata": ""}).metadata.to_dict() == {}


def test_retrieve_of_an_unknown_id_is_404(world: World) -> None:
    """docs.stripe.com/error-codes#resource-missing: the id is unknown; 404 with the code resource_missing."""
    error = refused(lambda: world.checkout.retrieve("cs_test_none"))
    assert (error.http_status, error.code) == (404, "resource_missing")


@pytest.mark.parametrize("key", ["", "sk_test_other"])
def test_wrong_or_missing_key_is_401(world: World, key: str) -> None:
    """docs.stripe.com/api/authentication and /api/errors: no valid API key is a 401; the key is shown only in part."""
    client = stripe.StripeClient(key or " ", base_addresses={"api": world.url}, max_network_retries=0)
    error: Any = refused(lambda: client.v1.checkout.sessions.list(), stripe.AuthenticationError)
    assert error.http_status == 401 and "sk_test_other" not in str(error)


def test_success_url_gets_the_session_id(world: World) -> None:
    """docs.stripe.com/payments/checkout/custom-success-page: {CHECKOUT_SESSION_ID} in success_url is replaced."""
    session = world.session()
    answer = world.control(f"sessions/{session.id}/pay", {})
    assert answer["url"] == f"{SHOP}/done/{session.id}/"


def test_expiring_and_paying_at_once_has_one_outcome(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/expire: a session is either paid or expired; after the one the other is
    refused."""
    for _ in range(8):
        session = world.session()
        url = f"{world.url}/_control/sessions/{session.id}/pay"
        with ThreadPoolExecutor(2) as pool:
            paying = pool.submit(requests.post, url, json={}, timeout=10)
            expiring = pool.submit(lambda id=session.id: _expired(world, id))
        ended = world.checkout.retrieve(session.id, params={"expand": ["payment_intent"]})
        if expiring.result():
            assert (ended.status, ended.payment_status, ended.payment_intent) == ("expired", "unpaid", None)
            assert paying.result().json()["outcome"] == "closed"
        else:
            assert (ended.status, ended.payment_status, ended.payment_intent.status) == (
                "complete", "paid", "succeeded",
            )  # fmt: skip


def _expired(world: World, id: str) -> bool:
    try:
        world.checkout.expire(id)
    except stripe.InvalidRequestError:
        return False
    return True
