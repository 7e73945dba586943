"""What Stripe refuses when a session is made, by name of the parameter."""

from typing import Any

import pytest

from e2e.stripe_emulator.tests.conftest import SHOP, World, line, refused


def priced(**price: Any) -> list[dict[str, Any]]:
    """One line with this price_data."""
    data = {"currency": "eur", "unit_amount": 1450, "product_data": {"name": "Seat"}, **price}
    return [{"price_data": {name: value for name, value in data.items() if value is not None}, "quantity": 1}]


UNKNOWN = [
    ({"seats": 3}, "seats"),
    ({"payment_intent_data": {"meta": {}, "colour": "red"}}, "payment_intent_data[colour]"),
    ({"line_items": priced(price="12")}, "line_items[0][price_data][price]"),
    ({"line_items": priced(product_data={"name": "Seat", "row": "C"})}, "line_items[0][price_data][product_data][row]"),
    ({"payment_method_types": ["card"]}, "payment_method_types"),
]


@pytest.mark.parametrize(("params", "name"), UNKNOWN)
def test_unknown_parameter_is_refused_by_its_full_name(world: World, params: dict[str, Any], name: str) -> None:
    """docs.stripe.com/error-codes#parameter-unknown: unexpected parameters are an error. payment_method_types is one
    since docs.stripe.com/changelog/endive/2026-09-30/remove-payment-method-types-checkout-sessions."""
    error = refused(lambda: world.session(**params))
    assert (error.http_status, error.code, error.param) == (400, "parameter_unknown", name)
    assert list(world.checkout.list().data) == []


MISSING = [
    ({"mode": None}, "mode"),
    ({"success_url": None}, "success_url"),
    ({"line_items": None}, "line_items"),
    ({"line_items": [{"price_data": priced()[0]["price_data"]}]}, "line_items[0][quantity]"),
    ({"line_items": priced(currency=None)}, "line_items[0][price_data][currency]"),
    ({"line_items": priced(unit_amount=None)}, "line_items[0][price_data][unit_amount]"),
    ({"line_items": priced(product_data=None)}, "line_items[0][price_data][product_data]"),
    ({"line_items": priced(product_data={"description": "x"})}, "line_items[0][price_data][product_data][name]"),
]


@pytest.mark.parametrize(("params", "name"), MISSING)
def test_missing_parameter_is_refused_by_its_full_name(world: World, params: dict[str, Any], name: str) -> None:
    """docs.stripe.com/error-codes#parameter-missing: required values have to be there. (success_url for a hosted page,
    line_items in payment mode, one of unit_amount and unit_amount_decimal, one of product and product_data.)"""
    error = refused(lambda: world.session(**params))
    assert (error.http_status, error.code, error.param) == (400, "parameter_missing", name)


WRONG = [
    ({"mode": "pay"}, "mode", None),
    ({"submit_type": "buy"}, "submit_type", None),
    ({"locale": "xx"}, "locale", None),
    ({"allowed_payment_method_types": ["cheque"]}, "allowed_payment_method_types[0]", None),
    ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
    (
        {"line_items": priced(unit_amount="14.50")},
        "line_items[0][price_data][unit_amount]",
        "parameter_invalid_integer",
    ),
    ({"line_items": priced(unit_amount=-1)}, "line_items[0][price_data][unit_amount]", "parameter_invalid_integer"),
    ({"line_items": [line("Seat", 1450, quantity=0)]}, "line_items[0][quantity]", "parameter_invalid_integer"),
    ({"customer_email": "amina"}, "customer_email", "email_invalid"),
    ({"success_url": "/done/"}, "success_url", "url_invalid"),
    ({"cancel_url": "back"}, "cancel_url", "url_invalid"),
    ({"customer": "cus_none"}, "customer", "resource_missing"),
    ({"line_items": [{"price": "price_none", "quantity": 1}]}, "line_items[0][price]", "resource_missing"),
    ({"client_reference_id": "x" * 201}, "client_reference_id", "parameter_invalid_string"),
    ({"client_reference_id": ""}, "client_reference_id", "parameter_invalid_empty"),
    ({"setup_intent_data": {"metadata": {"a": "b"}}}, "setup_intent_data", None),
    ({"customer_update": {"name": "auto"}}, "customer_update", None),
]


@pytest.mark.parametrize(("params", "name", "code"), WRONG)
def test_wrong_value_is_refused_by_its_full_name(
    world: World, params: dict[str, Any], name: str, code: str | None
) -> None:
    """docs.stripe.com/api/checkout/sessions/create: the values that each parameter takes, and in which mode;
    docs.stripe.com/error-codes for the codes."""
    error = refused(lambda: world.session(**params))
    assert (error.http_status, error.param, error.code) == (400, name, code)


def test_customer_and_customer_email_exclude_each_other(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#customer_email: used when a Customer is made, so not beside one."""
    customer = world.client.v1.customers.create()
    error = refused(lambda: world.session(customer=customer.id, customer_email="amina@example.com"))
    assert error.param == "customer_email"


@pytest.mark.parametrize(
    ("metadata", "param"),
    [
        ({f"key{n}": "x" for n in range(51)}, "metadata"),
        ({"k" * 41: "x"}, f"metadata[{'k' * 41}]"),
        ({"k": "x" * 501}, "metadata[k]"),
    ],
)
def test_metadata_has_limits(world: World, metadata: dict[str, str], param: str) -> None:
    """docs.stripe.com/api/metadata: up to 50 keys, names up to 40 characters, values up to 500."""
    assert refused(lambda: world.session(metadata=metadata)).param == param
    assert world.session(metadata={f"key{n}": "x" * 500 for n in range(50)}).status == "open"


def test_total_under_the_minimum_is_refused(world: World) -> None:
    """docs.stripe.com/currencies#minimum-and-maximum-charge-amounts: at least 0.50 EUR, 0.30 GBP, 50 JPY."""
    for currency, least in (("eur", 50), ("usd", 50), ("gbp", 30), ("jpy", 50), ("czk", 1500)):
        error = refused(lambda c=currency, n=least: world.session(line_items=[line("Seat", n - 1, currency=c)]))
        assert error.code == "amount_too_small"
        assert world.session(line_items=[line("Seat", least, currency=currency)]).amount_total == least


def test_more_than_eight_digits_are_refused(world: World) -> None:
    """docs.stripe.com/currencies#minimum-and-maximum-charge-amounts: amounts have up to eight digits."""
    assert world.session(line_items=[line("Hall", 99_999_999)]).amount_total == 99_999_999
    assert refused(lambda: world.session(line_items=[line("Hall", 100_000_000)])).code == "amount_too_large"
    assert refused(lambda: world.session(line_items=[line("Hall", 50_000_000, 2)])).code == "amount_too_large"


@pytest.mark.parametrize("currency", ["EUR", "xxx", "euro"])
def test_currency_has_to_be_known_and_lowercase(world: World, currency: str) -> None:
    """docs.stripe.com/currencies: the three-letter code is passed in lowercase letters and has to be supported."""
    error = refused(lambda: world.session(line_items=[line("Seat", 1450, currency=currency)]))
    assert error.param == "line_items[0][price_data][currency]"


def test_three_decimal_amounts_end_in_zero(world: World) -> None:
    """docs.stripe.com/currencies#three-decimal: the last digit of an amount in KWD and the like has to be 0."""
    assert refused(lambda: world.session(line_items=[line("Seat", 5124, currency="kwd")])).http_status == 400
    assert world.session(line_items=[line("Seat", 5120, currency="kwd")]).amount_total == 5120


def test_lines_have_one_currency(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/object#currency: a session has one currency."""
    mixed = [line("Seat", 1450), line("Drink", 400, currency="usd")]
    assert refused(lambda: world.session(line_items=mixed)).param == "line_items"


def test_more_than_100_lines_are_refused(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#line_items: in payment mode at most 100."""
    assert refused(lambda: world.session(line_items=[line("Seat", 100)] * 101)).param == "line_items"
    assert world.session(line_items=[line("Seat", 100)] * 100).amount_total == 10_000


def test_allowed_types_filter_and_unusable_ones_fall_away(world: World) -> None:
    """docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter: methods that do not go with
    the currency are left out silently; payment_method_types shows the rest."""
    both = ["card", "sepa_debit"]
    euros = world.session(allowed_payment_method_types=both)
    assert euros.payment_method_types == both
    dollars = world.session(allowed_payment_method_types=both, line_items=[line("Seat", 1450, currency="usd")])
    assert dollars.payment_method_types == ["card"]
    error = refused(
        lambda: world.session(
            allowed_payment_method_types=["sepa_debit"], line_items=[line("Seat", 1450, currency="usd")]
        )
    )
    assert error.param == "allowed_payment_method_types"


def test_excluded_types_are_not_offered(world: World) -> None:
    """docs.stripe.com/changelog/clover/2025-09-30/exclude-payment-methods-checkout-sessions: excluded methods are not
    in payment_method_types."""
    assert world.session().payment_method_types == ["card", "paypal", "sepa_debit"]
    assert world.session(excluded_payment_method_types=["sepa_debit"]).payment_method_types == ["card", "paypal"]
    error = refused(
        lambda: world.session(excluded_payment_method_types=["paypal"], allowed_payment_method_types=["card"])
    )
    assert error.param == "allowed_payment_method_types"


@pytest.mark.parametrize(
    "params",
    [
        {"mode": "subscription"},
        {"ui_mode": "embedded_page"},
        {"automatic_tax": {"enabled": True}},
        {"discounts": [{"coupon": "SUMMER"}]},
        {"payment_intent_data": {"capture_method": "manual"}},
        {"payment_intent_data": {"application_fee_amount": 100}},
    ],
)
def test_what_the_emulator_does_not_do_is_refused_aloud(world: World, params: dict[str, Any]) -> None:
    """docs.stripe.com/api/checkout/sessions/create lists these; the emulator does not act on them, and says so rather
    than seem to."""
    assert "emulator does not act" in str(refused(lambda: world.session(**params)))


def test_harmless_parameters_are_echoed(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/object: these come back as they were given."""
    session = world.session(locale="de", submit_type="book", customer_creation="if_required", cancel_url=f"{SHOP}/b/")
    assert (session.locale, session.submit_type, session.customer_creation, session.cancel_url) == (
        "de", "book", "if_required", f"{SHOP}/b/",
    )  # fmt: skip


def test_parameters_of_every_route_come_from_the_sdk(world: World) -> None:
    """docs.stripe.com/sdks: the SDK is generated from the API's description, so its typed parameters are the list."""
    for call in (
        lambda: world.client.v1.refunds.create({"payment_intent": "pi_1", "colour": "red"}),
        lambda: world.client.v1.customers.create({"colour": "red"}),
        lambda: world.client.v1.events.list({"colour": "red"}),
        lambda: world.checkout.expire("cs_1", {"colour": "red"}),
    ):
        error = refused(call)
        assert (error.code, error.param) == ("parameter_unknown", "colour")


def test_unknown_url_is_404(world: World) -> None:
    """docs.stripe.com/api/errors: 404 for what does not exist."""
    error = refused(lambda: world.client.v1.coupons.list())
    assert error.http_status == 404 and "Unrecognized request URL" in str(error)
