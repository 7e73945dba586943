"""Saved methods: customers, set-up, and charging them while the customer is away."""

from typing import Any

import pytest
import requests
import stripe

from e2e.stripe_emulator.tests.conftest import SHOP, World, refused


def saved(world: World, test_id: str = "pm_card_visa") -> tuple[str, str]:
    """A customer with one attached method."""
    customer = world.client.v1.customers.create({"email": "amina@example.com"})
    return customer.id, world.client.v1.payment_methods.attach(test_id, {"customer": customer.id}).id


def charge(world: World, owner: str, method: str, **params: Any) -> Any:
    """Charges a saved method off session."""
    wanted = {
        "amount": 2000, "currency": "eur", "customer": owner, "payment_method": method, "off_session": True,
        "confirm": True, "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "metadata": {"reload": "L-1"}, **params,
    }  # fmt: skip
    return world.client.v1.payment_intents.create(wanted)


def test_off_session_charge_of_a_saved_card_succeeds(world: World) -> None:
    """docs.stripe.com/payments/save-and-reuse#charge-the-saved-payment-method-later: create with confirm and
    off_session charges at once."""
    customer, method = saved(world)
    intent = charge(world, customer, method)
    assert (intent.status, intent.amount_received, intent.payment_method) == ("succeeded", 2000, method)
    assert intent.metadata.to_dict() == {"reload": "L-1"}
    again = world.client.v1.payment_intents.retrieve(intent.id, params={"expand": ["latest_charge"]})
    assert (again.latest_charge.amount, again.latest_charge.customer) == (2000, customer)
    assert [i.id for i in world.client.v1.payment_intents.list({"customer": customer}).data] == [intent.id]
    world.settled()
    assert world.endpoint.types()[-3:] == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_off_session_charge_that_is_declined_is_a_card_error_with_its_intent(world: World) -> None:
    """docs.stripe.com/api/errors and docs.stripe.com/testing: 4000000000000341 can be attached, but charging it fails:
    402, card_declined, and the intent goes back to requires_payment_method."""
    customer, method = saved(world, "pm_card_chargeCustomerFail")
    error = refused(lambda: charge(world, customer, method), stripe.CardError)
    assert (error.http_status, error.code) == (402, "card_declined")
    assert error.error.decline_code == "generic_decline"
    intent = world.client.v1.payment_intents.retrieve(error.error.payment_intent.id)
    assert (intent.status, intent.payment_method, intent.amount_received) == ("requires_payment_method", None, 0)
    assert intent.last_payment_error.payment_method_type == "card"
    world.settled()
    assert world.endpoint.types()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_off_session_charge_that_needs_the_customer_is_refused(world: World) -> None:
    """docs.stripe.com/declines/codes: authentication_required when the bank wants to ask a customer who is away."""
    customer, method = saved(world, "pm_card_authenticationRequired")
    error = refused(lambda: charge(world, customer, method), stripe.CardError)
    assert (error.code, error.error.decline_code) == ("authentication_required", "authentication_required")
    assert world.ask("money")["totals"]["charged"] == 0


def test_card_set_up_once_is_charged_off_session_without_asking(world: World) -> None:
    """docs.stripe.com/testing#authentication-and-setup: 4000002500003155 asks unless it was set up for off-session
    payments."""
    customer = world.client.v1.customers.create()
    session = world.session(mode="setup", line_items=None, currency="eur", customer=customer.id)
    assert world.control(f"sessions/{session.id}/pay", {"card": "4000002500003155"})["outcome"] == "done"
    method = world.client.v1.payment_methods.list({"customer": customer.id}).data[0].id
    assert charge(world, customer.id, method).status == "succeeded"
    other, bare = saved(world, "pm_card_authenticationRequiredOnSetup")
    assert refused(lambda: charge(world, other, bare), stripe.CardError).code == "authentication_required"


def test_intent_on_session_sends_the_customer_to_the_bank_and_back(world: World) -> None:
    """docs.stripe.com/api/payment_intents/object#next_action: requires_action with redirect_to_url; the customer comes
    back to return_url with the intent's id."""
    customer, method = saved(world, "pm_card_authenticationRequired")
    intent = charge(world, customer, method, off_session=None, automatic_payment_methods=None, return_url=f"{SHOP}/r/")
    assert intent.status == "requires_action"
    answer = requests.post(
        intent.next_action.redirect_to_url.url, data={"outcome": "complete"}, allow_redirects=False, timeout=10
    )
    assert answer.headers["Location"].startswith(f"{SHOP}/r/?payment_intent={intent.id}&")
    assert world.client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_intent_wants_a_return_url_when_redirects_are_possible(world: World) -> None:
    """docs.stripe.com/api/payment_intents/create#automatic_payment_methods-allow_redirects: with always, a return_url
    is required to confirm; with never it is not."""
    customer, method = saved(world)
    error = refused(lambda: charge(world, customer, method, automatic_payment_methods={"enabled": True}))
    assert error.param == "return_url"


def test_intent_is_confirmed_in_a_second_step_or_cancelled(world: World) -> None:
    """docs.stripe.com/payments/paymentintents/lifecycle: requires_confirmation, then succeeded; a succeeded intent can
    be neither confirmed nor cancelled."""
    customer, method = saved(world)
    first = charge(world, customer, method, confirm=None, off_session=None)
    assert first.status == "requires_confirmation"
    assert world.client.v1.payment_intents.confirm(first.id).status == "succeeded"
    for call in (world.client.v1.payment_intents.confirm, world.client.v1.payment_intents.cancel):
        assert refused(lambda call=call: call(first.id)).code == "payment_intent_unexpected_state"
    second = charge(world, customer, method, confirm=None, off_session=None)
    cancelled = world.client.v1.payment_intents.cancel(second.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")


def test_intent_of_a_session_cannot_be_confirmed_or_cancelled(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/object#payment_intent: it cannot be confirmed or cancelled; expire the
    session instead."""
    session = world.session()
    world.control(f"sessions/{session.id}/pay", {"card": "4000000000000002"})
    intent = world.checkout.retrieve(session.id).payment_intent
    for call in (world.client.v1.payment_intents.confirm, world.client.v1.payment_intents.cancel):
        assert "Checkout" in str(refused(lambda call=call: call(intent)))


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"amount": 49}, "amount", "amount_too_small"),
        ({"amount": 100_000_000}, "amount", "amount_too_large"),
        ({"currency": "xxx"}, "currency", None),
        ({"payment_method": "pm_none"}, "payment_method", "resource_missing"),
        ({"customer": "cus_none"}, "customer", "resource_missing"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "payment_method_types_no_longer_supported"),
        ({"confirm": False}, "off_session", None),
    ],
)
def test_intent_refuses_wrong_parameters(world: World, params: dict[str, Any], param: str, code: str | None) -> None:
    """docs.stripe.com/api/payment_intents/create: what each parameter takes; payment_method_types was removed by
    docs.stripe.com/changelog/endive/2026-09-30 (removes-the-payment-method-types-parameter-from-payment-intents)."""
    customer, method = saved(world)
    error = refused(lambda: charge(world, customer, method, **params))
    assert (error.param, error.code) == (param, code)
    assert list(world.client.v1.payment_intents.list().data) == []


def test_method_of_another_customer_cannot_be_charged(world: World) -> None:
    """docs.stripe.com/api/payment_methods: a method that is attached belongs to its customer only."""
    amina, _ = saved(world)
    _, brunos = saved(world)
    assert refused(lambda: charge(world, amina, brunos)).param == "payment_method"
    assert world.ask("money")["totals"]["charged"] == 0


def test_method_that_was_detached_is_of_no_more_use(world: World) -> None:
    """docs.stripe.com/api/payment_methods/detach: after detaching, it can no longer be used for a payment or attached
    again."""
    customer, method = saved(world)
    assert world.client.v1.payment_methods.detach(method).customer is None
    assert list(world.client.v1.payment_methods.list({"customer": customer}).data) == []
    assert refused(lambda: charge(world, customer, method)).http_status == 400
    assert refused(lambda: world.client.v1.payment_methods.attach(method, {"customer": customer})).http_status == 400
    world.settled()
    detached = world.endpoint.events("payment_method.detached")[0]
    assert detached["data"]["previous_attributes"] == {"customer": customer}


def test_attaching_a_card_that_the_bank_declines_is_a_card_error(world: World) -> None:
    """docs.stripe.com/testing#declined-payments: the declined test cards cannot be attached to a customer."""
    customer = world.client.v1.customers.create()
    error = refused(
        lambda: world.client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id}),
        stripe.CardError,
    )
    assert (error.http_status, error.code) == (402, "card_declined")


def test_card_numbers_are_not_taken_by_the_api(world: World) -> None:
    """docs.stripe.com/security/guide: card numbers do not pass through the merchant's server; tokens do."""
    numbers = {"type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034}}
    assert refused(lambda: world.client.v1.payment_methods.create(numbers)).param == "card[number]"
    made = world.client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    assert (made.card.brand, made.card.last4, made.customer) == ("visa", "4242", None)


def test_setup_intent_confirmed_by_the_server_attaches_the_method(world: World) -> None:
    """docs.stripe.com/api/setup_intents: a confirmed SetupIntent attaches the method to its customer."""
    customer = world.client.v1.customers.create()
    intent = world.client.v1.setup_intents.create(
        {
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    assert (intent.status, intent.usage) == ("succeeded", "off_session")
    found = world.client.v1.customers.payment_methods.list(customer.id).data
    assert [method.id for method in found] == [intent.payment_method]
    assert world.client.v1.setup_intents.retrieve(intent.id).status == "succeeded"
    assert [i.id for i in world.client.v1.setup_intents.list({"customer": customer.id}).data] == [intent.id]


def test_customer_is_changed_and_deleted(world: World) -> None:
    """docs.stripe.com/api/customers/delete: a deleted customer can be retrieved and says that it is deleted; its
    methods are detached."""
    customer, method = saved(world)
    assert world.client.v1.customers.update(customer, {"name": "Amina"}).name == "Amina"
    assert [c.id for c in world.client.v1.customers.list({"email": "amina@example.com"}).data] == [customer]
    assert world.client.v1.customers.delete(customer).deleted is True
    assert world.client.v1.customers.retrieve(customer).deleted is True
    assert world.client.v1.payment_methods.retrieve(method).customer is None
