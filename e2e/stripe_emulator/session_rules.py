"""What Stripe refuses when a Checkout Session is made."""

from dataclasses import dataclass
from typing import Any

from e2e.stripe_emulator import objects
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.errors import NotEmulated, ParamError, ResourceMissing
from e2e.stripe_emulator.intents import available_types
from e2e.stripe_emulator.money import check_currency, check_form, format_amount, minimum
from e2e.stripe_emulator.params import missing
from e2e.stripe_emulator.rules import check_email, check_length, check_metadata, check_url
from e2e.stripe_emulator.store import Record

SHORTEST_S, LONGEST_S = 30 * 60, 24 * 60 * 60
MOST_LINES = 100
LONGEST_REFERENCE = 200
ELSEWHERE = ("after_expiration", "allow_promotion_codes", "consent_collection", "custom_fields", "customer_account",
             "discounts", "name_collection", "optional_items", "payment_method_configuration", "permissions",
             "redirect_on_completion", "return_url", "shipping_address_collection", "shipping_options",
             "subscription_data")  # fmt: skip
SWITCHES = ("automatic_tax", "invoice_creation", "managed_payments", "phone_number_collection", "tax_id_collection")
CONNECT = ("application_fee_amount", "on_behalf_of", "shipping", "transfer_data", "transfer_group")
ONLY_IN = {
    "payment": ("line_items", "payment_intent_data", "submit_type", "saved_payment_method_options",
                "adaptive_pricing"),
    "setup": ("setup_intent_data",),
}  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """What the parameters amount to."""

    currency: str | None
    lines: list[Record]
    types: list[str]
    expires_at: int


def check(emulator: Emulator, params: dict[str, Any]) -> Checked:
    """Everything about the parameters that does not need a customer at the page."""
    if "mode" not in params:
        raise missing("mode")
    _refuse_what_is_not_emulated(params)
    _check_mode(params)
    _check_addresses(params)
    _check_customer(emulator, params)
    for name in ("metadata", "payment_intent_data", "setup_intent_data"):
        inner = params.get(name, {})
        check_metadata(inner if name == "metadata" else inner.get("metadata"), _metadata_name(name))
    expires_at = _expiry(emulator, params)
    if params["mode"] == "setup":
        if "currency" not in params and "allowed_payment_method_types" not in params:
            raise missing("currency")
        currency = check_currency(params["currency"], "currency") if "currency" in params else None
        return Checked(currency, [], available_types(params, currency), expires_at)
    currency, lines = _lines(emulator, params)
    return Checked(currency, lines, available_types(params, currency), expires_at)


def _metadata_name(name: str) -> str:
    return name if name == "metadata" else f"{name}[metadata]"


def _refuse_what_is_not_emulated(params: dict[str, Any]) -> None:
    for name in ELSEWHERE:
        if params.get(name):
            raise NotEmulated(name)
    for name in SWITCHES:
        if params.get(name, {}).get("enabled"):
            raise NotEmulated(f"{name}[enabled]")
    if params["mode"] == "subscription":
        raise NotEmulated("mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise NotEmulated("ui_mode")
    if params.get("billing_address_collection") == "required":
        raise NotEmulated("billing_address_collection")
    data = params.get("payment_intent_data", {})
    for name in CONNECT:
        if name in data:
            raise NotEmulated(f"payment_intent_data[{name}]")
    if data.get("capture_method") == "manual":
        raise NotEmulated("payment_intent_data[capture_method]")


def _check_mode(params: dict[str, Any]) -> None:
    for mode, names in ONLY_IN.items():
        for name in names:
            if name in params and params["mode"] != mode:
                raise ParamError(f"You can not pass `{name}` in `{params['mode']}` mode.", param=name)


def _check_addresses(params: dict[str, Any]) -> None:
    if "success_url" not in params:
        raise missing("success_url")
    check_url(params["success_url"].replace("{CHECKOUT_SESSION_ID}", "id"), "success_url")
    if "cancel_url" in params:
        check_url(params["cancel_url"].replace("{CHECKOUT_SESSION_ID}", "id"), "cancel_url")
    if "client_reference_id" in params:
        check_length(params["client_reference_id"], LONGEST_REFERENCE, "client_reference_id")


def _check_customer(emulator: Emulator, params: dict[str, Any]) -> None:
    if "customer" in params:
        for name in ("customer_email", "customer_creation"):
            if name in params:
                raise ParamError(f"You may only specify one of these parameters: customer, {name}.", param=name)
        fetch(emulator, "customer", params["customer"], param="customer")
    elif "customer_update" in params:
        raise ParamError("`customer_update` can only be used with `customer`.", param="customer_update")
    if "customer_email" in params:
        check_email(params["customer_email"], "customer_email")


def _expiry(emulator: Emulator, params: dict[str, Any]) -> int:
    now = emulator.now()
    expires_at = int(params.get("expires_at", now + LONGEST_S))
    if expires_at < now + SHORTEST_S:
        raise ParamError(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if expires_at > now + LONGEST_S:
        raise ParamError(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return expires_at


def _lines(emulator: Emulator, params: dict[str, Any]) -> tuple[str, list[Record]]:
    wanted = params.get("line_items") or []
    if not wanted:
        raise missing("line_items")
    if len(wanted) > MOST_LINES:
        raise ParamError(f"You may only specify up to {MOST_LINES} line items.", param="line_items")
    for index, line in enumerate(wanted):
        _check_line(line, f"line_items[{index}]")
    currencies = {line["price_data"]["currency"] for line in wanted}
    if "currency" in params:
        currencies.add(params["currency"])
    if len(currencies) > 1:
        raise ParamError("All line items of a Checkout Session must have the same currency.", param="line_items")
    currency = currencies.pop()
    lines = [objects.line_item(line, currency, emulator.now()) for line in wanted]
    _check_total(sum(line["amount_total"] for line in lines), currency)
    return currency, lines


def _check_line(line: dict[str, Any], path: str) -> None:
    if "price" in line:
        raise ResourceMissing("price", line["price"], param=f"{path}[price]")
    for name in ("adjustable_quantity", "tax_rates"):
        if line.get(name):
            raise NotEmulated(f"{path}[{name}]")
    if "price_data" not in line:
        raise ParamError("You must specify either `price` or `price_data` when creating a line item.", param=path)
    if "quantity" not in line:
        raise missing(f"{path}[quantity]")
    if line["quantity"] < 1:
        raise ParamError("Quantity must be at least 1.", code="parameter_invalid_integer", param=f"{path}[quantity]")
    check_metadata(line.get("metadata"), f"{path}[metadata]")
    _check_price(line["price_data"], f"{path}[price_data]")


def _check_price(price: dict[str, Any], path: str) -> None:
    if "recurring" in price:
        raise ParamError("You specified `payment` mode but passed a recurring price.", param=f"{path}[recurring]")
    if "product" in price:
        raise ResourceMissing("product", price["product"], param=f"{path}[product]")
    if "product_data" not in price:
        raise missing(f"{path}[product_data]")
    if "unit_amount_decimal" in price:
        raise NotEmulated(f"{path}[unit_amount_decimal]")
    if "unit_amount" not in price:
        raise missing(f"{path}[unit_amount]")
    if price["unit_amount"] < 0:
        raise ParamError("Invalid non-negative integer", code="parameter_invalid_integer", param=f"{path}[unit_amount]")
    check_currency(price["currency"], f"{path}[currency]")
    check_form(price["unit_amount"], price["currency"], f"{path}[unit_amount]")
    check_metadata(price["product_data"].get("metadata"), f"{path}[product_data][metadata]")


def _check_total(total: int, currency: str) -> None:
    """Nothing to pay is fine, and so is the least amount or more; what lies between is not."""
    if 0 < total < minimum(currency):
        raise ParamError(
            "The Checkout Session's total amount due must add up to at least "
            f"{format_amount(minimum(currency), currency)}.",
            code="amount_too_small",
        )
    check_form(total, currency, "line_items")
