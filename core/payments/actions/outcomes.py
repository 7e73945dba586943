import datetime as dt

from core.payments.models import Payment


def mark_succeeded(payment: Payment, *, intent_id: str, now: dt.datetime) -> None:
    """The money is there. The caller holds the row's lock and has looked at its status."""
    payment.status = Payment.Status.SUCCEEDED
    payment.intent_id = intent_id
    payment.succeeded_at = now
    payment.save(update_fields=["status", "intent_id", "succeeded_at"])


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
