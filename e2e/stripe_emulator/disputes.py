"""Disputes: the bank takes the money back and asks questions. They begin with a test card or the control endpoint."""

from typing import Any

from e2e.stripe_emulator import balance, listing
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.errors import ApiError, ParamError
from e2e.stripe_emulator.events import emit
from e2e.stripe_emulator.objects import make, public
from e2e.stripe_emulator.store import Record, new_id, words

REASONS = words(
    """bank_cannot_process check_returned credit_not_processed customer_initiated debit_not_authorized duplicate
    fraudulent general incorrect_account_details insufficient_funds noncompliant product_not_received
    product_unacceptable subscription_canceled unrecognized"""
)
WEEK = 7 * 24 * 60 * 60


def begin(emulator: Emulator, charge: Record, reason: str = "fraudulent", amount: int | None = None) -> Record:
    """A dispute over a paid charge; the amount is withdrawn at once."""
    if reason not in REASONS:
        raise ParamError(f"Invalid reason: {reason}", param="reason")
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise ApiError("Only a charge that succeeded and is not disputed yet can be disputed.")
    disputed = charge["amount"] - charge["amount_refunded"] if amount is None else amount
    if not 0 < disputed <= charge["amount"]:
        raise ParamError("A dispute is over at most the charge's amount.", param="amount")
    dispute = make(
        "dispute",
        new_id("du_"),
        emulator.now(),
        amount=disputed,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": emulator.now() + WEEK,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="needs_response",
    )
    charge["disputed"] = True
    emulator.store.put(charge)
    emulator.store.put(dispute)
    emit(emulator, "charge.dispute.created", dispute)
    _withdraw(emulator, dispute, -disputed, balance.DISPUTE_FEE)
    emit(emulator, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def end(emulator: Emulator, dispute: Record, won: bool) -> Record:
    """The bank decides; a dispute that is won brings the money back."""
    if dispute["status"] in ("won", "lost"):
        raise ApiError(f"This dispute is already closed: {dispute['status']}.")
    dispute["status"] = "won" if won else "lost"
    if won:
        _withdraw(emulator, dispute, dispute["amount"], -balance.DISPUTE_FEE)
    emulator.store.put(dispute)
    if won:
        emit(emulator, "charge.dispute.funds_reinstated", dispute)
    emit(emulator, "charge.dispute.closed", dispute)
    return dispute


def _withdraw(emulator: Emulator, dispute: Record, amount: int, fee: int) -> None:
    id = balance.move(emulator, "adjustment", dispute, amount, fee, f"Chargeback for {dispute['charge']}")
    dispute["balance_transactions"].append(public(fetch(emulator, "balance_transaction", id)))
    emulator.store.put(dispute)


def retrieve(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/disputes/:id"""
    return fetch(emulator, "dispute", id)


def list_disputes(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/disputes"""
    wanted = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return listing.page(emulator.store.where("dispute", **wanted), params, "/v1/disputes")


def close(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """POST /v1/disputes/:id/close: the merchant gives in."""
    return end(emulator, fetch(emulator, "dispute", id), won=False)
