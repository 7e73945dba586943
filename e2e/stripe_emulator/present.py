"""How a record leaves the house: without what is the emulator's own, with what was asked to be expanded."""

import copy
from typing import Any

from e2e.stripe_emulator.emulator import Emulator
from e2e.stripe_emulator.errors import ParamError
from e2e.stripe_emulator.objects import public
from e2e.stripe_emulator.store import Record

REFERENCES = {
    "payment_intent": "payment_intent",
    "setup_intent": "setup_intent",
    "latest_charge": "charge",
    "charge": "charge",
    "customer": "customer",
    "payment_method": "payment_method",
    "balance_transaction": "balance_transaction",
    "failure_balance_transaction": "balance_transaction",
}
SOURCES = {"ch_": "charge", "py_": "charge", "re_": "refund", "du_": "dispute"}
DEEPEST = 4


def present(emulator: Emulator, record: Record, expand: list[str]) -> Record:
    """The answer's body."""
    body = _shown(record)
    for path in expand:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise ParamError(f"You cannot expand more than {DEEPEST} levels of a property.", param="expand")
        _expand(emulator, body, steps, path)
    return body


def _shown(record: Record) -> Record:
    body = copy.deepcopy(public(record))
    if record.get("object") == "list":
        body["data"] = [_shown(item) for item in record["data"]]
    return body


def _expand(emulator: Emulator, body: Any, steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if isinstance(body, list):
        for item in body:
            _expand(emulator, item, steps, path)
        return
    value = body.get(name)
    if isinstance(value, str):
        value = body[name] = _referred(emulator, name, value, path)
    elif name == "line_items" and body.get("object") == "checkout.session" and value is None:
        value = body[name] = _lines(emulator, body["id"])
    elif name == "refunds" and body.get("object") == "charge" and value is None:
        value = body[name] = _refunds(emulator, body["id"])
    elif name not in body or (value is not None and not isinstance(value, dict | list)):
        raise _cannot(path)
    if rest and value is not None:
        _expand(emulator, value, rest, path)


def _referred(emulator: Emulator, name: str, id: str, path: str) -> Record:
    kind = SOURCES.get(id[:3]) if name == "source" else REFERENCES.get(name)
    record = emulator.store.get(kind, id) if kind else None
    if record is None:
        raise _cannot(path)
    return _shown(record)


def _cannot(path: str) -> ParamError:
    return ParamError(f"This property cannot be expanded ({path}).", param="expand")


def _lines(emulator: Emulator, session_id: str) -> Record:
    session = emulator.store.get("checkout.session", session_id) or {}
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return {
        "object": "list",
        "data": [_shown(line) for line in session.get("_line_items", [])],
        "has_more": False,
        "url": url,
    }


def _refunds(emulator: Emulator, charge_id: str) -> Record:
    found = [_shown(refund) for refund in emulator.store.where("refund", charge=charge_id)]
    url = f"/v1/charges/{charge_id}/refunds"
    return {"object": "list", "data": found[:10], "has_more": len(found) > 10, "url": url}
