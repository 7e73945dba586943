"""Customers: who payment methods are saved for."""

from typing import Any

from e2e.stripe_emulator import listing
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.errors import NotEmulated
from e2e.stripe_emulator.events import emit
from e2e.stripe_emulator.objects import make
from e2e.stripe_emulator.rules import check_email, check_metadata, merged_metadata
from e2e.stripe_emulator.store import Record, new_id

PLAIN = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt")
HARMLESS = {"expand", "metadata", "validate"}


def create(emulator: Emulator, params: dict[str, Any]) -> Record:
    """POST /v1/customers"""
    _check(params)
    known = {name: params[name] for name in PLAIN if params.get(name)}
    customer = build(emulator, metadata=params.get("metadata") or {}, **known)
    emit(emulator, "customer.created", customer)
    return customer


def build(emulator: Emulator, **known: Any) -> Record:
    """A new customer, kept."""
    settings = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
    first = {
        "balance": 0,
        "delinquent": False,
        "invoice_prefix": new_id("", 8).upper(),
        "invoice_settings": settings,
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
    }
    return emulator.store.put(make("customer", new_id("cus_", 14), emulator.now(), **{**first, **known}))


def _check(params: dict[str, Any]) -> None:
    for name in params:
        if name not in PLAIN and name not in HARMLESS:
            raise NotEmulated(name)
    if params.get("email"):
        check_email(params["email"], "email")
    check_metadata(params.get("metadata"))


def retrieve(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/customers/:id; one that was deleted says so."""
    if (gone := emulator.store.get("deleted_customer", id)) is not None:
        return {"id": gone["id"], "object": "customer", "deleted": True}
    return fetch(emulator, "customer", id)


def update(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/customers/:id"""
    customer = fetch(emulator, "customer", id)
    _check(params)
    changed = {name: params[name] or None for name in PLAIN if name in params}
    changed["metadata"] = merged_metadata(customer["metadata"], params.get("metadata", {}))
    previous = {name: customer[name] for name, value in changed.items() if customer[name] != value}
    customer.update(changed)
    emulator.store.put(customer)
    emit(emulator, "customer.updated", customer, previous)
    return customer


def delete(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """DELETE /v1/customers/:id; the saved payment methods go too."""
    customer = fetch(emulator, "customer", id)
    for method in emulator.store.where("payment_method", customer=id):
        method["customer"] = None
        method["_spent"] = True
        emulator.store.put(method)
    emulator.store.drop("customer", id)
    emulator.store.put({"object": "deleted_customer", "id": id})
    emit(emulator, "customer.deleted", customer)
    return {"id": id, "object": "customer", "deleted": True}


def list_customers(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/customers"""
    wanted = {"email": params["email"]} if "email" in params else {}
    return listing.page(emulator.store.where("customer", **wanted), params, "/v1/customers")
