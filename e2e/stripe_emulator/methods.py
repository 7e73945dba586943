"""Payment methods: made on the hosted page or from a test token, attached to a customer, detached again."""

from typing import Any

from e2e.stripe_emulator import listing
from e2e.stripe_emulator.cards import CARDS, DECLINES, TOKENS, Card
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.errors import ApiError, NotEmulated, ParamError
from e2e.stripe_emulator.events import emit
from e2e.stripe_emulator.params import missing
from e2e.stripe_emulator.rules import check_metadata, merged_metadata
from e2e.stripe_emulator.store import Record, new_id, words

# In which currencies the emulator offers a method; empty means in all.
OFFERED: dict[str, frozenset[str]] = {
    "card": frozenset(),
    "paypal": words("eur usd gbp chf sek dkk nok pln czk aud cad nzd sgd hkd"),
    "sepa_debit": frozenset({"eur"}),
}
DELAYED = frozenset({"sepa_debit"})
REDIRECTING = frozenset({"paypal"})


def build(emulator: Emulator, type: str, details: dict[str, Any], billing: dict[str, Any], **own: Any) -> Record:
    """A new payment method, kept; `own` are the emulator's underscored notes."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    blank = {"address": address, "email": None, "name": None, "phone": None, "tax_id": None}
    method: Record = {
        "id": new_id("pm_"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {**blank, **billing},
        type: details,
        "created": emulator.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": type,
        "_spent": False,
        "_set_up": False,
        **own,
    }
    return emulator.store.put(method)


def build_card(
    emulator: Emulator, card: Card, month: int = 12, year: int = 2034, billing: dict[str, Any] | None = None
) -> Record:
    """A card as a payment method."""
    details = {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": f"emulated{card.number[-8:]}",
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return build(emulator, "card", details, billing or {}, _number=card.number)


def behaviour(method: Record) -> Card:
    """What the test card behind a method does; other methods behave like a card that works."""
    return CARDS.get(method.get("_number", ""), CARDS["4242424242424242"])


def find(emulator: Emulator, id: str, param: str = "payment_method") -> Record:
    """A method by id; pm_card_visa and the other test ids make a new one."""
    if id.startswith("pm_card_") and id.removeprefix("pm_card_") in TOKENS:
        return build_card(emulator, TOKENS[id.removeprefix("pm_card_")])
    return fetch(emulator, "payment_method", id, param=param)


def refuse_spent(method: Record) -> None:
    """A method that was detached, or used once without a customer, is of no more use."""
    if method["_spent"]:
        raise ApiError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was "
            "detached from a Customer, and may not be used again. To use a PaymentMethod multiple times, you must "
            "attach it to a Customer first.",
            param="payment_method",
        )


def keep_for(emulator: Emulator, method: Record, customer: str, redisplay: str = "") -> None:
    """Attaches a method to a customer."""
    if method["customer"] == customer:
        return
    method["customer"] = customer
    if redisplay:
        method["allow_redisplay"] = redisplay
    emulator.store.put(method)
    emit(emulator, "payment_method.attached", method)


def create(emulator: Emulator, params: dict[str, Any]) -> Record:
    """POST /v1/payment_methods, with a test token: card numbers belong on Stripe's own pages."""
    if params.get("type") != "card":
        raise NotEmulated("type")
    token = params.get("card", {}).get("token", "")
    if "number" in params.get("card", {}):
        raise ParamError(
            "Sending credit card numbers directly to the Stripe API is generally unsafe. Use a test token instead.",
            param="card[number]",
        )
    if not token:
        raise missing("card[token]")
    if token.removeprefix("tok_") not in TOKENS:
        raise ParamError(f"No such token: '{token}'", code="resource_missing", param="card[token]")
    check_metadata(params.get("metadata"))
    method = build_card(emulator, TOKENS[token.removeprefix("tok_")], billing=params.get("billing_details"))
    method["metadata"] = params.get("metadata") or {}
    method["allow_redisplay"] = params.get("allow_redisplay", "unspecified")
    return emulator.store.put(method)


def retrieve(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/payment_methods/:id"""
    return find(emulator, id, param="id")


def update(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/payment_methods/:id"""
    method = fetch(emulator, "payment_method", id)
    if unknown := params.keys() - {"metadata", "allow_redisplay", "billing_details", "expand"}:
        raise NotEmulated(sorted(unknown)[0])
    if method["customer"] is None:
        raise ApiError("You must save this PaymentMethod to a customer before you can update it.")
    method["metadata"] = merged_metadata(method["metadata"], params.get("metadata", {}))
    method["allow_redisplay"] = params.get("allow_redisplay", method["allow_redisplay"])
    method["billing_details"].update(params.get("billing_details", {}))
    emulator.store.put(method)
    emit(emulator, "payment_method.updated", method)
    return method


def list_methods(emulator: Emulator, params: dict[str, Any], customer: str | None = None) -> Record:
    """GET /v1/payment_methods and /v1/customers/:id/payment_methods"""
    owner = customer or params.get("customer")
    if owner is None:
        raise missing("customer")
    fetch(emulator, "customer", owner, param="id" if customer else "customer")
    wanted = {name: params[name] for name in ("type", "allow_redisplay") if name in params}
    url = f"/v1/customers/{customer}/payment_methods" if customer else "/v1/payment_methods"
    return listing.page(emulator.store.where("payment_method", customer=owner, **wanted), params, url)


def retrieve_for_customer(emulator: Emulator, params: dict[str, Any], customer: str, id: str) -> Record:
    """GET /v1/customers/:id/payment_methods/:id"""
    method = fetch(emulator, "payment_method", id)
    if method["customer"] != customer:
        raise ApiError("The customer does not have a payment method with that ID.", status=404,
                       code="resource_missing", param="payment_method")  # fmt: skip
    return method


def attach(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/payment_methods/:id/attach"""
    if "customer" not in params:
        raise missing("customer")
    method = find(emulator, id, param="id")
    fetch(emulator, "customer", params["customer"], param="customer")
    refuse_spent(method)
    if method["customer"] is not None:
        raise ApiError("The payment method you provided has already been attached to a customer.")
    card = behaviour(method)
    if not card.attaches and card.decline is not None:
        code, message = DECLINES[card.decline]
        raise ApiError(message, status=402, kind="card_error", code=code, more={"decline_code": card.decline})
    keep_for(emulator, method, params["customer"])
    return method


def detach(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/payment_methods/:id/detach"""
    method = fetch(emulator, "payment_method", id)
    if method["customer"] is None:
        raise ApiError(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            param="payment_method",
        )
    previous = {"customer": method["customer"]}
    method["customer"] = None
    method["_spent"] = True
    emulator.store.put(method)
    emit(emulator, "payment_method.detached", method, previous)
    return method
