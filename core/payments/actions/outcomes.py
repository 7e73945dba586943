import datetime as dt

from core.payments.actions.incidents import note_incident
from core.payments.models import MoneyIncident, Payment


def mark_succeeded(payment: Payment, *, intent_id: str, amount: int, now: dt.datetime) -> None:
    """The money is there. The caller holds the row's lock and has looked at its status."""
    payment.status = Payment.Status.SUCCEEDED
    payment.intent_id = intent_id
    payment.received = None if amount == payment.amount else amount
    payment.succeeded_at = now
    payment.save(update_fields=["status", "intent_id", "received", "succeeded_at"])
    if payment.received is not None:
        note_incident(
            MoneyIncident.Kind.AMOUNT_DIFFERS,
            reference=f"payment:{payment.pk}",
            payment=payment,
            detail=f"asked {payment.amount}, got {amount}",
            now=now,
        )


def mark_processing(payment: Payment, *, intent_id: str) -> None:
    """The customer has agreed, the money settles later. The caller holds the row's lock."""
    payment.status = Payment.Status.PROCESSING
    payment.intent_id = intent_id
    payment.save(update_fields=["status", "intent_id"])


def mark_expired(payment: Payment, *, now: dt.datetime) -> None:
    """No money will come for it. The caller holds the row's lock."""
    payment.status = Payment.Status.EXPIRED
    payment.ended_at = now
    payment.save(update_fields=["status", "ended_at"])
