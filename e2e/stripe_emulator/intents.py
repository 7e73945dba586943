"""PaymentIntents and SetupIntents as the merchant's server uses them: to charge a saved method off session."""

from typing import Any

from e2e.stripe_emulator import attempts, earlier, listing, methods, objects
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.errors import ApiError, NotEmulated, ParamError
from e2e.stripe_emulator.events import emit
from e2e.stripe_emulator.money import check_amount, check_currency
from e2e.stripe_emulator.objects import public
from e2e.stripe_emulator.params import missing
from e2e.stripe_emulator.rules import check_email, check_metadata, check_url, merged_metadata
from e2e.stripe_emulator.store import Record

COMMON = {"automatic_payment_methods", "confirm", "customer", "description", "expand", "metadata", "payment_method",
          "payment_method_options", "return_url", "allowed_payment_method_types",
          "excluded_payment_method_types"}  # fmt: skip
PAYING = COMMON | {"amount", "capture_method", "currency", "error_on_requires_action", "off_session", "receipt_email",
                   "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix"}  # fmt: skip
SETTING_UP = COMMON | {"usage"}
CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing")


def create_payment(emulator: Emulator, params: dict[str, Any]) -> Record:
    """POST /v1/payment_intents"""
    _only(params, PAYING)
    check_currency(params["currency"], "currency")
    check_amount(params["amount"], params["currency"], "amount")
    if params.get("capture_method") == "manual":
        raise NotEmulated("capture_method")
    if "receipt_email" in params:
        check_email(params["receipt_email"], "receipt_email")
    if "off_session" in params and not params.get("confirm"):
        raise ParamError("You cannot set `off_session` unless `confirm` is true.", param="off_session")
    types = _common(emulator, params, params["currency"])
    intent = objects.payment_intent(params, emulator.now(), payment_method_types=types, _session=None)
    _configure(intent, params)
    if not params.get("confirm"):
        return _begin(emulator, intent)
    method = _method_to_confirm(emulator, intent, params)
    return _try_payment(emulator, _begin(emulator, intent), method, params)


def create_setup(emulator: Emulator, params: dict[str, Any]) -> Record:
    """POST /v1/setup_intents"""
    _only(params, SETTING_UP)
    types = _common(emulator, params, None)
    intent = objects.setup_intent(params, emulator.now(), payment_method_types=types, _session=None)
    _configure(intent, params)
    if not params.get("confirm"):
        return _begin(emulator, intent)
    method = _method_to_confirm(emulator, intent, params)
    return _try_setup(emulator, _begin(emulator, intent), method)


def _only(params: dict[str, Any], known: set[str]) -> None:
    for name in params:
        if name not in known:
            raise NotEmulated(name)


def _common(emulator: Emulator, params: dict[str, Any], currency: str | None) -> list[str]:
    check_metadata(params.get("metadata"))
    if "customer" in params:
        fetch(emulator, "customer", params["customer"], param="customer")
    if "return_url" in params:
        check_url(params["return_url"], "return_url")
    return available_types(params, currency)


def available_types(params: dict[str, Any], currency: str | None) -> list[str]:
    """Which methods are offered: what the Dashboard would switch on, narrowed by the parameters."""
    allowed, excluded = params.get("allowed_payment_method_types"), params.get("excluded_payment_method_types")
    if allowed and excluded:
        raise ParamError(
            "You may only specify one of these parameters: allowed_payment_method_types, "
            "excluded_payment_method_types.",
            param="allowed_payment_method_types",
        )
    types = [
        type
        for type, currencies in methods.OFFERED.items()
        if (not currencies or currency is None or currency in currencies)
        and (allowed is None or type in allowed)
        and type not in (excluded or ())
    ]
    if not types:
        raise ParamError(
            "No valid payment method types for this request. Please ensure that you have activated payment methods "
            "compatible with your chosen currency.",
            param="allowed_payment_method_types" if allowed else None,
        )
    return types


def _configure(intent: Record, params: dict[str, Any]) -> None:
    automatic = params.get("automatic_payment_methods", {"enabled": True})
    intent["automatic_payment_methods"] = {
        "allow_redirects": automatic.get("allow_redirects", "always"),
        "enabled": automatic["enabled"],
    }
    intent["_return_url"] = params.get("return_url")


def _begin(emulator: Emulator, intent: Record) -> Record:
    if intent["payment_method"] is not None:
        intent["payment_method"] = methods.find(emulator, intent["payment_method"])["id"]
        intent["status"] = "requires_confirmation"
    emulator.store.put(intent)
    emit(emulator, f"{intent['object']}.created", intent)
    return intent


def confirm_payment(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/payment_intents/:id/confirm"""
    intent = _own(emulator, "payment_intent", id)
    return _try_payment(emulator, intent, _method_to_confirm(emulator, intent, params), params)


def confirm_setup(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/setup_intents/:id/confirm"""
    intent = _own(emulator, "setup_intent", id)
    return _try_setup(emulator, intent, _method_to_confirm(emulator, intent, params))


def _own(emulator: Emulator, kind: str, id: str) -> Record:
    intent = fetch(emulator, kind, id)
    if intent["_session"] is not None:
        raise ApiError(
            f"You cannot perform this action on {intent['object']}s created by Checkout; expire the Checkout Session "
            "instead.",
        )
    return intent


def _try_payment(emulator: Emulator, intent: Record, method: Record, params: dict[str, Any]) -> Record:
    off_session = params.get("off_session", False) not in (False, "")
    attempts.pay(emulator, intent, method, off_session=off_session)
    if intent["status"] == "requires_action" and params.get("error_on_requires_action"):
        attempts.pay(emulator, intent, method, off_session=True)
    return _answer(intent, "last_payment_error")


def _try_setup(emulator: Emulator, intent: Record, method: Record) -> Record:
    attempts.set_up(emulator, intent, method)
    if intent["status"] == "succeeded" and intent["customer"]:
        methods.keep_for(emulator, method, intent["customer"])
    return _answer(intent, "last_setup_error")


def _method_to_confirm(emulator: Emulator, intent: Record, params: dict[str, Any]) -> Record:
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise ApiError(
            f"You cannot confirm this {_name(intent)} because it has a status of {intent['status']}.",
            code=f"{intent['object']}_unexpected_state",
            more={intent["object"]: public(intent)},
        )
    wanted = params.get("payment_method") or intent["payment_method"]
    if wanted is None:
        raise missing("payment_method")
    intent["_return_url"] = params.get("return_url", intent["_return_url"])
    automatic = intent["automatic_payment_methods"]
    if automatic["enabled"] and automatic["allow_redirects"] == "always" and not intent["_return_url"]:
        raise ParamError(
            f"This {_name(intent)} is configured to accept payment methods enabled in your Dashboard. Because some of "
            "these might redirect your customer off of your page, you must provide a `return_url`; or set "
            "`automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )
    method = methods.find(emulator, wanted)
    methods.refuse_spent(method)
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise ApiError(
            f"The provided PaymentMethod ({method['id']}) belongs to a Customer. Please include that Customer in the "
            f"`customer` parameter on the {_name(intent)}.",
            param="payment_method",
        )
    if params.get("off_session") and method["customer"] is None:
        raise ApiError(
            f"The customer does not have a payment method with the ID {method['id']}. The payment method must be "
            "attached to the customer.",
            param="payment_method",
        )
    return method


def _name(intent: Record) -> str:
    return "PaymentIntent" if intent["object"] == "payment_intent" else "SetupIntent"


def _answer(intent: Record, error_name: str) -> Record:
    error = intent[error_name]
    if error is None:
        return intent
    more = {name: error[name] for name in ("decline_code", "charge", "payment_method") if name in error}
    more[intent["object"]] = public(intent)
    raise ApiError(error["message"], status=402, kind="card_error", code=error["code"], more=more)


def retrieve_payment(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/payment_intents/:id"""
    return earlier.fetch_intent(emulator, id)


def retrieve_setup(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/setup_intents/:id"""
    return fetch(emulator, "setup_intent", id)


def update_payment(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/payment_intents/:id"""
    _only(params, {"metadata", "description", "expand"})
    intent = fetch(emulator, "payment_intent", id)
    intent["metadata"] = merged_metadata(intent["metadata"], params.get("metadata", {}))
    intent["description"] = params.get("description", intent["description"])
    return emulator.store.put(intent)


def cancel_payment(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/payment_intents/:id/cancel"""
    return _cancel(emulator, _own(emulator, "payment_intent", id), params)


def cancel_setup(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/setup_intents/:id/cancel"""
    return _cancel(emulator, _own(emulator, "setup_intent", id), params)


def _cancel(emulator: Emulator, intent: Record, params: dict[str, Any]) -> Record:
    if intent["status"] not in CANCELABLE:
        raise ApiError(
            f"You cannot cancel this {_name(intent)} because it has a status of {intent['status']}. Only a "
            f"{_name(intent)} with one of the following statuses may be canceled: {', '.join(CANCELABLE)}.",
            code=f"{intent['object']}_unexpected_state",
            more={intent["object"]: public(intent)},
        )
    return attempts.cancel(emulator, intent, params.get("cancellation_reason"))


def list_payments(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/payment_intents"""
    wanted = {"customer": params["customer"]} if "customer" in params else {}
    return listing.page(emulator.store.where("payment_intent", **wanted), params, "/v1/payment_intents")


def list_setups(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/setup_intents"""
    wanted = {name: params[name] for name in ("customer", "payment_method") if name in params}
    return listing.page(emulator.store.where("setup_intent", **wanted), params, "/v1/setup_intents")
