import datetime as dt

from django.db.models import Sum
from django.db.models.functions import Coalesce

from core.outbox import actions as outbox
from core.payments import gateway
from core.payments.actions.incidents import note_incident
from core.payments.models import MoneyIncident, Payment, Refund


def refundable(payment: Payment) -> int:
    """What is left of a payment to send back."""
    gone = payment.refunds.exclude(status=Refund.Status.FAILED).aggregate(sum=Coalesce(Sum("amount"), 0))["sum"]
    return payment.amount - int(gone)


def prepare_refund(*, payment: Payment, amount: int, reason: str, now: dt.datetime) -> Refund:
    """Write down money that is to go back and post the asking; the caller holds the lock on `payment`.

    Raises ValueError for more than is left: the caller has reckoned wrongly, which is a bug.
    """
    if not 0 < amount <= refundable(payment):
        raise ValueError(f"refund of {amount} on {payment}: only {refundable(payment)} is left")
    refund = Refund.objects.create(payment=payment, amount=amount, reason=reason, created_at=now)
    outbox.post("payments.send_refund", now=now, refund=refund.pk)
    return refund


def send_refund(refund: Refund, *, now: dt.datetime) -> None:
    """Ask Stripe for a prepared refund; no transaction may be open. Safe to run twice: the key is the refund's own.

    Raises GatewayAway if Stripe does not answer, to be tried again. A refusal is a money incident.
    """
    if refund.status != Refund.Status.PREPARED:
        return
    try:
        state = gateway.create_refund(
            intent_id=refund.payment.intent_id,
            amount=refund.amount,
            key=str(refund.key),
            metadata={"foyer_refund": str(refund.key)},
        )
    except gateway.GatewayRefused as error:
        fail_refund(refund, error=str(error), now=now)
        return
    settle_refund(refund, state, now=now)


def settle_refund(refund: Refund, state: gateway.RefundState, *, now: dt.datetime) -> None:
    """Note what Stripe says of a refund; a failure after success is possible and becomes an incident."""
    refund.stripe_id = state.id
    if state.status in {"failed", "canceled"}:
        fail_refund(refund, error=state.status, now=now)
        return
    done = state.status == "succeeded"
    refund.status = Refund.Status.SUCCEEDED if done else Refund.Status.PENDING
    refund.settled_at = now if done else None
    refund.save(update_fields=["stripe_id", "status", "settled_at"])


def fail_refund(refund: Refund, *, error: str, now: dt.datetime) -> None:
    """A refund that Stripe will not carry out; a person has to."""
    refund.status = Refund.Status.FAILED
    refund.error = error[:2000]
    refund.save(update_fields=["stripe_id", "status", "error"])
    note_incident(
        MoneyIncident.Kind.REFUND_FAILED,
        reference=f"refund:{refund.pk}",
        payment=refund.payment,
        detail=error,
        now=now,
    )


def note_refund_outside(*, payment: Payment, stripe_id: str, amount: int, now: dt.datetime) -> Refund:
    """A refund made at Stripe's own desk; the caller holds the lock on `payment`."""
    refund = Refund.objects.create(
        payment=payment,
        amount=amount,
        reason=Refund.Reason.OUTSIDE,
        status=Refund.Status.SUCCEEDED,
        stripe_id=stripe_id,
        created_at=now,
        settled_at=now,
    )
    note_incident(
        MoneyIncident.Kind.REFUNDED_OUTSIDE, reference=f"refund:{refund.pk}", payment=payment, detail=stripe_id, now=now
    )
    return refund
