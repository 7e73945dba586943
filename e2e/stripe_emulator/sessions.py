"""Checkout Sessions as the merchant's server sees them: made, read, listed, expired."""

from typing import Any

from e2e.stripe_emulator import attempts, listing, objects
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.errors import ApiError, NotEmulated
from e2e.stripe_emulator.events import emit
from e2e.stripe_emulator.rules import merged_metadata
from e2e.stripe_emulator.session_rules import check
from e2e.stripe_emulator.store import Record, new_id

ECHOED = ("allowed_payment_method_types", "billing_address_collection", "cancel_url", "client_reference_id",
          "customer", "customer_creation", "customer_email", "excluded_payment_method_types",
          "integration_identifier", "locale", "mode", "origin_context", "submit_type", "success_url")  # fmt: skip
NO_TEXT = {"after_submit": None, "shipping_address": None, "submit": None, "terms_of_service_acceptance": None}


def create(emulator: Emulator, params: dict[str, Any]) -> Record:
    """POST /v1/checkout/sessions"""
    checked = check(emulator, params)
    id = new_id("cs_test_", 58)
    paying = params["mode"] == "payment"
    total = sum(line["amount_total"] for line in checked.lines) if paying else None
    session = objects.make(
        "checkout.session",
        id,
        emulator.now(),
        **{name: params[name] for name in ECHOED if name in params},
        adaptive_pricing={"enabled": params.get("adaptive_pricing", {}).get("enabled", False)} if paying else None,
        amount_subtotal=total,
        amount_total=total,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        branding_settings=params.get("branding_settings"),
        currency=checked.currency,
        custom_fields=[],
        custom_text={**NO_TEXT, **params.get("custom_text", {})},
        expires_at=checked.expires_at,
        metadata=params.get("metadata") or {},
        payment_method_collection="if_required" if paying else "always",
        payment_method_options=params.get("payment_method_options") or {},
        payment_method_types=checked.types,
        payment_status="unpaid" if paying else "no_payment_required",
        phone_number_collection={"enabled": False},
        saved_payment_method_options=params.get("saved_payment_method_options"),
        shipping_options=[],
        status="open",
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0} if paying else None,
        ui_mode="hosted_page",
        url=f"{emulator.public_url}/c/pay/{id}",
        _intent_data=params.get("payment_intent_data" if paying else "setup_intent_data", {}),
        _line_items=checked.lines,
    )
    session["customer_creation"] = params.get("customer_creation", None if "customer" in params else "if_required")
    if not paying:
        _begin_setup(emulator, session)
    return emulator.store.put(session)


def _begin_setup(emulator: Emulator, session: Record) -> None:
    """In setup mode the SetupIntent is there from the beginning; a PaymentIntent comes with the first try to pay."""
    params = {**session["_intent_data"], "customer": session["customer"]}
    intent = objects.setup_intent(
        params, emulator.now(), payment_method_types=session["payment_method_types"], _session=session["id"]
    )
    session["setup_intent"] = intent["id"]
    emulator.store.put(intent)
    emit(emulator, "setup_intent.created", intent)


def retrieve(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/checkout/sessions/:id"""
    return fetch(emulator, "checkout.session", id)


def update(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/checkout/sessions/:id: its metadata"""
    session = fetch(emulator, "checkout.session", id)
    for name in params:
        if name not in ("metadata", "expand"):
            raise NotEmulated(name)
    session["metadata"] = merged_metadata(session["metadata"], params.get("metadata", {}))
    return emulator.store.put(session)


def list_sessions(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/checkout/sessions"""
    wanted = {name: params[name] for name in ("customer", "payment_intent", "status") if name in params}
    records = list(emulator.store.where("checkout.session", **wanted))
    if "customer_details" in params:
        email = params["customer_details"]["email"]
        records = [record for record in records if (record["customer_details"] or {}).get("email") == email]
    return listing.page(records, params, "/v1/checkout/sessions")


def list_lines(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/checkout/sessions/:id/line_items"""
    session = fetch(emulator, "checkout.session", id)
    return listing.page(session["_line_items"], params, f"/v1/checkout/sessions/{id}/line_items")


def expire(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/checkout/sessions/:id/expire: only one that is open"""
    session = fetch(emulator, "checkout.session", id)
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}.",
        )
    return close(emulator, session)


def close(emulator: Emulator, session: Record) -> Record:
    """The session is over: nobody can pay it any more, and what was begun is cancelled."""
    session.update(status="expired", url=None)
    emulator.store.put(session)
    for kind in ("payment_intent", "setup_intent"):
        if session[kind] is not None:
            attempts.cancel(emulator, fetch(emulator, kind, session[kind]), "expired" if kind[0] == "p" else None)
    emit(emulator, "checkout.session.expired", session)
    return session


def close_overdue(emulator: Emulator) -> None:
    """Every open session whose time is up expires by itself."""
    for session in list(emulator.store.where("checkout.session", status="open")):
        if session["expires_at"] <= emulator.now():
            close(emulator, session)
