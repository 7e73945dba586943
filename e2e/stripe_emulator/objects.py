"""The shapes of Stripe's objects: every field that the SDK's class names is there, empty where nothing is known."""

import functools
from decimal import Decimal
from typing import Any

import stripe
from stripe import checkout

from e2e.stripe_emulator.store import Record, new_id

# Fields that Stripe leaves out unless they are expanded, or that it sends for other kinds of integration only.
OMITTED = {
    "checkout.session": {"line_items", "presentment_details"},
    "payment_intent": {"presentment_details", "managed_payments", "hooks", "payment_details"},
    "setup_intent": {"managed_payments"},
    "charge": {"refunds", "presentment_details", "authorization_code", "transfer"},
    "refund": {"presentment_details", "instructions_email", "next_action", "description"},
    "dispute": {"payment_method_details", "network_reason_code", "intended_submission_method"},
    "customer": {"deleted", "sources", "subscriptions", "tax", "tax_ids", "cash_balance", "invoice_credit_balance",
                 "business_name", "individual_name"},
    "balance_transaction": set(),
    "item": {"discounts", "taxes"},
    "price": {"deleted", "currency_options", "tiers"},
}  # fmt: skip
CLASSES: dict[str, type] = {
    "checkout.session": checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "setup_intent": stripe.SetupIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "customer": stripe.Customer,
    "balance_transaction": stripe.BalanceTransaction,
    "item": stripe.LineItem,
    "price": stripe.Price,
}


@functools.cache
def field_names(kind: str) -> tuple[str, ...]:
    """The fields that an object of this kind always has, from the SDK."""
    names = [name for name in CLASSES[kind].__annotations__ if name.islower()]
    return tuple(name for name in names if name not in OMITTED[kind])


def make(kind: str, id: str, created: int, **known: Any) -> Record:
    """An object with all its fields, those that are known filled in; underscored ones are the emulator's own."""
    names = field_names(kind)
    record: Record = dict.fromkeys(names)
    for name in names:
        if name == "metadata":
            record[name] = {}
        elif name == "livemode":
            record[name] = False
        elif name == "created":
            record[name] = created
    for name in known:
        if not name.startswith("_") and name not in names:
            raise TypeError(f"{kind} has no field {name}")
    record.update(known, id=id, object=kind)
    return record


def public(record: Record) -> Record:
    """What Stripe shows of a record."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def line_item(params: dict[str, Any], currency: str, created: int) -> Record:
    """A line of a Checkout Session, with the price and product made for it."""
    data, quantity = params["price_data"], params["quantity"]
    amount = data["unit_amount"] * quantity
    product = data["product_data"]
    price = make(
        "price",
        new_id("price_"),
        created,
        active=False,
        billing_scheme="per_unit",
        currency=currency,
        product=new_id("prod_", 14),
        tax_behavior=data.get("tax_behavior", "unspecified"),
        type="one_time",
        unit_amount=data["unit_amount"],
        unit_amount_decimal=str(Decimal(data["unit_amount"])),
    )
    return make(
        "item",
        new_id("li_"),
        created,
        amount_discount=0,
        amount_subtotal=amount,
        amount_tax=0,
        amount_total=amount,
        currency=currency,
        description=product["name"],
        metadata=params.get("metadata", {}),
        price=price,
        quantity=quantity,
        _details=product.get("description", ""),
        _image=next(iter(product.get("images", [])), ""),
    )


def payment_intent(params: dict[str, Any], created: int, **known: Any) -> Record:
    """A PaymentIntent that nobody has tried to pay yet."""
    id = new_id("pi_")
    return make(
        "payment_intent",
        id,
        created,
        amount=params["amount"],
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        capture_method=params.get("capture_method", "automatic_async"),
        client_secret=f"{id}_secret_{new_id('', 25)}",
        confirmation_method=params.get("confirmation_method", "automatic"),
        currency=params["currency"],
        customer=params.get("customer"),
        description=params.get("description"),
        metadata=params.get("metadata") or {},
        payment_method=params.get("payment_method"),
        payment_method_options={},
        receipt_email=params.get("receipt_email"),
        setup_future_usage=params.get("setup_future_usage"),
        statement_descriptor=params.get("statement_descriptor"),
        statement_descriptor_suffix=params.get("statement_descriptor_suffix"),
        status="requires_payment_method",
        **known,
    )


def setup_intent(params: dict[str, Any], created: int, **known: Any) -> Record:
    """A SetupIntent that nobody has confirmed yet."""
    id = new_id("seti_")
    return make(
        "setup_intent",
        id,
        created,
        client_secret=f"{id}_secret_{new_id('', 25)}",
        customer=params.get("customer"),
        description=params.get("description"),
        metadata=params.get("metadata") or {},
        payment_method=params.get("payment_method"),
        payment_method_options={},
        status="requires_payment_method",
        usage=params.get("usage", "off_session"),
        **known,
    )


def charge(intent: Record, method: Record, created: int, **known: Any) -> Record:
    """A charge of a PaymentIntent by a payment method."""
    return make(
        "charge",
        new_id("ch_" if method["type"] == "card" else "py_"),
        created,
        amount=intent["amount"],
        amount_refunded=0,
        billing_details=method["billing_details"],
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=method_details(method),
        radar_options={},
        receipt_email=intent["receipt_email"],
        refunded=False,
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        **known,
    )


def method_details(method: Record) -> Record:
    """How a charge describes the method it was paid with."""
    type = method["type"]
    details = dict(method[type])
    if type == "card":
        checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
        details = {**details, "checks": checks, "installments": None, "mandate": None, "network": details["brand"]}
        for name in ("display_brand", "generated_from", "networks", "three_d_secure_usage"):
            details.pop(name, None)
    return {"type": type, type: details}
