"""Objects have the fields that the SDK's classes name, no more and no fewer, but for a few that Stripe leaves out."""

from typing import Any

import pytest
import stripe

from e2e.stripe_emulator import money
from e2e.stripe_emulator.emulator import API_VERSION
from e2e.stripe_emulator.objects import CLASSES, OMITTED, make
from e2e.stripe_emulator.tests.conftest import World


def objects(world: World) -> dict[str, Any]:
    """One of each kind, after a life."""
    customer = world.client.v1.customers.create()
    session = world.paid(customer=customer.id)
    intent = session.payment_intent
    dispute = world.control(f"payments/{world.paid().payment_intent.id}/dispute")
    setup = world.client.v1.setup_intents.create({"customer": customer.id})
    lines = world.checkout.line_items.list(session.id).data[0]
    return {
        "checkout.session": world.checkout.retrieve(session.id),
        "payment_intent": world.client.v1.payment_intents.retrieve(intent.id),
        "charge": intent.latest_charge,
        "refund": world.client.v1.refunds.create({"payment_intent": intent.id}),
        "dispute": world.client.v1.disputes.retrieve(dispute["id"]),
        "setup_intent": setup,
        "customer": customer,
        "balance_transaction": world.client.v1.balance_transactions.list().data[0],
        "item": lines,
        "price": lines.price,
    }


def test_every_object_has_exactly_the_fields_of_the_sdk(world: World) -> None:
    """docs.stripe.com/api: each object's attributes, as the SDK of this version names them."""
    found = objects(world)
    assert found.keys() == CLASSES.keys()
    for kind, record in found.items():
        expected = set(CLASSES[kind].__annotations__) - OMITTED[kind] - {"OBJECT_NAME"}
        assert set(record.to_dict()) == expected, kind
        assert record.object == kind


def test_events_carry_the_version_of_the_sdk(world: World) -> None:
    """docs.stripe.com/webhooks/versioning: api_version says how data.object is to be read."""
    world.session(mode="setup", line_items=None, currency="eur")
    event = world.client.v1.events.list().data[0]
    assert event.api_version == API_VERSION == stripe.api_version
    assert set(event.to_dict()) == set(stripe.Event.__annotations__) - {"OBJECT_NAME"}


def test_make_refuses_fields_that_the_sdk_does_not_know() -> None:
    """docs.stripe.com/api: so that a typing error here does not invent a field."""
    with pytest.raises(TypeError):
        make("refund", "re_1", 0, colour="red")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [(4350, "eur", "43.50 EUR"), (500, "jpy", "500 JPY"), (5120, "kwd", "5.120 KWD"), (-5, "usd", "-0.05 USD"),
     (123456789, "eur", "1,234,567.89 EUR")],
)  # fmt: skip
def test_amounts_are_shown_with_the_decimals_of_their_currency(amount: int, currency: str, shown: str) -> None:
    """docs.stripe.com/currencies#zero-decimal and #three-decimal."""
    assert money.format_amount(amount, currency) == shown
