"""Writes down what happened and sends it on its way; lists it again."""

import copy
from typing import Any

from e2e.stripe_emulator import listing
from e2e.stripe_emulator.emulator import API_VERSION, Emulator, fetch
from e2e.stripe_emulator.objects import public
from e2e.stripe_emulator.store import Record, new_id


def emit(emulator: Emulator, type: str, record: Record, previous: dict[str, Any] | None = None) -> Record:
    """Records the event with the object as it is at this moment, and dispatches it."""
    data: dict[str, Any] = {"object": copy.deepcopy(public(record))}
    if previous is not None:
        data["previous_attributes"] = copy.deepcopy(previous)
    event: Record = {
        "id": new_id("evt_"),
        "object": "event",
        "account": None,
        "api_version": API_VERSION,
        "context": None,
        "created": emulator.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1 if _wanted(emulator, type) else 0,
        "request": emulator.cause or {"id": None, "idempotency_key": None},
        "type": type,
        "_state": "unsent",
        "_deliveries": [],
    }
    emulator.store.put(event)
    if event["pending_webhooks"]:
        emulator.deliverer.dispatch(event, emulator.faults.webhooks)
    return event


def _wanted(emulator: Emulator, type: str) -> bool:
    chosen = emulator.settings.events
    return bool(emulator.settings.webhook_url) and (not chosen or type in chosen)


def retrieve(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/events/:id"""
    return fetch(emulator, "event", id)


def list_events(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/events"""
    types = params.get("types") or ([params["type"]] if "type" in params else None)
    records = [event for event in emulator.store.newest_first("event") if matches(event["type"], types)]
    if "delivery_success" in params:
        delivered = params["delivery_success"]
        records = [event for event in records if (event["pending_webhooks"] == 0) is delivered]
    return listing.page(records, params, "/v1/events")


def matches(type: str, wanted: list[str] | None) -> bool:
    """Whether a type is asked for, by name or by charge.* and the like."""
    if wanted is None:
        return True
    return any(type == name or (name.endswith("*") and type.startswith(name[:-1])) for name in wanted)
