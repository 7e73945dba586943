"""Money that the customer's bank takes back, and gives back if the organizer is right after all."""

import datetime as dt
from typing import Any

from core.ledger import actions as ledger
from core.ledger.actions import Line
from core.ledger.models import Account, JournalEntry
from core.payments import actions as payments
from core.payments.models import MoneyIncident, Payment


def note(dispute: dict[str, Any], now: dt.datetime) -> str:
    """The customer disputes a charge: a person has to answer."""
    payments.note_incident(
        MoneyIncident.Kind.DISPUTED,
        reference=dispute["id"],
        payment=_payment(dispute),
        detail=f"{dispute.get('reason')}: {dispute.get('amount')} {dispute.get('currency')}",
        now=now,
    )
    return "noted"


def withdraw(dispute: dict[str, Any], now: dt.datetime) -> str:
    """The bank has taken the money; it is charged to the organizer whose sale it was."""
    return _book(JournalEntry.Kind.DISPUTE, dispute, -dispute["amount"], now)


def reinstate(dispute: dict[str, Any], now: dt.datetime) -> str:
    """The dispute is won and the money is here again."""
    return _book(JournalEntry.Kind.DISPUTE_WON, dispute, dispute["amount"], now)


def _book(kind: str, dispute: dict[str, Any], amount: int, now: dt.datetime) -> str:
    payment, reference = _payment(dispute), f"dispute:{dispute['id']}"
    if payment is None:
        return "not ours"
    # The payment's lock is held: of two events about the same, the second finds the first one's entry.
    if JournalEntry.objects.filter(kind=kind, reference=reference).exists():
        return "booked already"
    lines = [Line(Account.Kind.CLEARING, amount), Line(Account.Kind.PAYABLE, -amount, payment.organizer_id)]
    ledger.post(kind, reference=reference, currency=payment.currency, lines=lines, now=now)
    return f"{kind} {amount}"


def _payment(dispute: dict[str, Any]) -> Payment | None:
    return Payment.objects.select_for_update().filter(intent_id=dispute.get("payment_intent") or "-").first()
