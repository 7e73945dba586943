import datetime as dt

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from core.ledger import actions as ledger
from core.ledger.actions import Line
from core.ledger.models import Account, JournalEntry
from core.outbox import actions as outbox
from core.payments import gateway
from core.payments.actions.incidents import note_incident
from core.payments.models import MoneyIncident, Payment, Refund


def refundable(payment: Payment) -> int:
    """What is left of a payment to send back; nothing where more was sent at Stripe's desk than we knew of."""
    gone = payment.refunds.exclude(status=Refund.Status.FAILED).aggregate(sum=Coalesce(Sum("amount"), 0))["sum"]
    return max(payment.money - int(gone), 0)


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
        state = gateway.RefundState(id="", status="failed", error=str(error))
    settle_refund(refund, state, now=now)


@transaction.atomic
def settle_refund(refund: Refund, state: gateway.RefundState, *, now: dt.datetime) -> Refund:
    """Note what Stripe says of a refund, never going back: answer and events come in any order.

    A failure is possible after success too: the money is with us again and a person has to send it otherwise.
    """
    payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
    refund = payment.refunds.select_for_update().get(pk=refund.pk)
    failed = state.status in {"failed", "canceled"}
    if refund.status == Refund.Status.FAILED or (refund.status == Refund.Status.SUCCEEDED and not failed):
        return refund
    done = state.status == "succeeded"
    refund.stripe_id = state.id or refund.stripe_id
    if failed:
        refund.status = Refund.Status.FAILED
        refund.error = (state.error or state.status)[:2000]
        _take_back(refund, now=now)
    else:
        refund.status = Refund.Status.SUCCEEDED if done else Refund.Status.PENDING
        refund.settled_at = now if done else None
    refund.save(update_fields=["stripe_id", "status", "settled_at", "error"])
    return refund


def _take_back(refund: Refund, *, now: dt.datetime) -> None:
    reference = f"refund:{refund.pk}"
    ledger.post(
        JournalEntry.Kind.REFUND_FAILED,
        reference=reference,
        currency=refund.payment.currency,
        lines=[Line(Account.Kind.CLEARING, refund.amount), Line(Account.Kind.UNALLOCATED, -refund.amount)],
        now=now,
    )
    note_incident(
        MoneyIncident.Kind.REFUND_FAILED, reference=reference, payment=refund.payment, detail=refund.error, now=now
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
