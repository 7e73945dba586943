"""Refunds of charges, and the charges themselves."""

from typing import Any

from e2e.stripe_emulator import balance, earlier, listing
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.errors import ApiError, NotEmulated, ParamError
from e2e.stripe_emulator.events import emit
from e2e.stripe_emulator.methods import behaviour
from e2e.stripe_emulator.money import format_amount
from e2e.stripe_emulator.objects import make
from e2e.stripe_emulator.rules import check_metadata, merged_metadata
from e2e.stripe_emulator.store import Record, new_id

KNOWN = {"amount", "charge", "expand", "metadata", "payment_intent", "reason"}
SETTLING_S = 3


def create(emulator: Emulator, params: dict[str, Any]) -> Record:
    """POST /v1/refunds: all that is left of a charge, or a part of it."""
    for name in params:
        if name not in KNOWN:
            raise NotEmulated(name)
    check_metadata(params.get("metadata"))
    charge = _charge_to_refund(emulator, params)
    amount = _amount_to_refund(charge, params.get("amount"))
    status, later = _first_status(emulator, charge)
    refund = make(
        "refund",
        new_id("re_"),
        emulator.now(),
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        pending_reason="processing" if status == "pending" else None,
        reason=params.get("reason"),
        status=status,
        _becomes=later,
        _settles_at=emulator.now() + SETTLING_S if later else None,
    )
    if charge["payment_method_details"]["type"] == "card":
        card = {"reference": None, "reference_status": "pending", "reference_type": "acquirer_reference_number",
                "type": "refund"}  # fmt: skip
        refund["destination_details"] = {"card": card, "type": "card"}
    refund["balance_transaction"] = balance.move(emulator, "refund", refund, -amount, about="REFUND FOR CHARGE")
    _add_refunded(emulator, charge, amount)
    emulator.store.put(refund)
    emit(emulator, "refund.created", refund)
    emit(emulator, "charge.refunded", charge)
    if emulator.faults.refund_status == "failed":
        finish(emulator, refund, "failed")
    return refund


def _charge_to_refund(emulator: Emulator, params: dict[str, Any]) -> Record:
    if ("charge" in params) == ("payment_intent" in params):
        raise ParamError("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in params:
        charge = fetch(emulator, "charge", params["charge"], param="charge")
    else:
        intent = earlier.fetch_intent(emulator, params["payment_intent"], param="payment_intent")
        if intent["status"] != "succeeded":
            raise ApiError(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
        charge = fetch(emulator, "charge", intent["latest_charge"])
    if charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge['id']} did not succeed and cannot be refunded.")
    if charge["disputed"] and not _won(emulator, charge):
        raise ApiError(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    return charge


def _won(emulator: Emulator, charge: Record) -> bool:
    return any(dispute["status"] == "won" for dispute in emulator.store.where("dispute", charge=charge["id"]))


def _amount_to_refund(charge: Record, wanted: int | None) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = left if wanted is None else wanted
    if amount < 1:
        raise ParamError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        asked, rest = format_amount(amount, charge["currency"]), format_amount(left, charge["currency"])
        limit = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise ApiError(f"Refund amount ({asked}) is greater than {limit} ({rest})", param="amount")
    return amount


def _first_status(emulator: Emulator, charge: Record) -> tuple[str, str | None]:
    switch = emulator.faults.refund_status
    if switch != "succeeded":
        return ("pending" if switch == "failed" else switch), None
    rule = behaviour(fetch(emulator, "payment_method", charge["payment_method"])).refund
    if rule == "pending":
        return "pending", "succeeded"
    return "succeeded", ("failed" if rule == "failed" else None)


def _add_refunded(emulator: Emulator, charge: Record, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    emulator.store.put(charge)


def finish(emulator: Emulator, refund: Record, status: str) -> Record:
    """A pending refund comes through, or a refund fails after all and the money comes back to the merchant."""
    if refund["status"] in ("failed", "canceled") or refund["status"] == status:
        raise ApiError(f"This refund is {refund['status']} already.")
    previous = {"status": refund["status"]}
    refund.update(status=status, pending_reason=None, _becomes=None, _settles_at=None)
    if status in ("failed", "canceled"):
        charge = fetch(emulator, "charge", refund["charge"])
        refund["failure_reason"] = "lost_or_stolen_card" if status == "failed" else None
        back = balance.move(emulator, "refund_failure", refund, refund["amount"], about="REFUND FAILURE")
        refund["failure_balance_transaction"] = back
        _add_refunded(emulator, charge, -refund["amount"])
    emulator.store.put(refund)
    emit(emulator, "refund.updated", refund, previous)
    emit(emulator, "charge.refund.updated", refund, previous)
    if status == "failed":
        emit(emulator, "refund.failed", refund)
    return refund


def retrieve(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/refunds/:id"""
    return fetch(emulator, "refund", id)


def update(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/refunds/:id: its metadata"""
    refund = fetch(emulator, "refund", id)
    previous = {"metadata": refund["metadata"]}
    refund["metadata"] = merged_metadata(refund["metadata"], params.get("metadata", {}))
    emulator.store.put(refund)
    emit(emulator, "refund.updated", refund, previous)
    return refund


def cancel(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/refunds/:id/cancel: only while it waits for the customer"""
    refund = fetch(emulator, "refund", id)
    if refund["status"] != "requires_action":
        raise ApiError(f"Refund {id} cannot be canceled because its status is {refund['status']}.")
    return finish(emulator, refund, "canceled")


def list_refunds(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/refunds"""
    wanted = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    if "payment_intent" in wanted:
        earlier.fetch_intent(emulator, wanted["payment_intent"], param="payment_intent")
    if "charge" in wanted:
        fetch(emulator, "charge", wanted["charge"], param="charge")
    return listing.page(emulator.store.where("refund", **wanted), params, "/v1/refunds")


def retrieve_charge(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/charges/:id"""
    return fetch(emulator, "charge", id)


def list_charges(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/charges"""
    wanted = {name: params[name] for name in ("customer", "payment_intent") if name in params}
    return listing.page(emulator.store.where("charge", **wanted), params, "/v1/charges")
