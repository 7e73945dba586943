"""What Stripe tells us, matched to what it is about.

Events come twice, late, and in any order; each handler looks at the rows under their lock and does nothing where
nothing is left to do.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction

from core.bookings.models import Booking
from core.flows import disputes, purchase
from core.flows.purchase.ending import METHOD_FAILED, release
from core.flows.refunds import book_refund_outside
from core.kernel.actor import Actor
from core.payments import actions as payments
from core.payments.gateway import RefundState, session_state
from core.payments.models import MoneyIncident, Payment, PaymentAttempt, Refund, StripeEvent

STRIPE = Actor.system("stripe")


@transaction.atomic
def handle(event_id: int, *, now: dt.datetime) -> str:
    """Handle one event of the inbox, once; what came of it. A failure rolls back, and the outbox tries again (R2)."""
    event = StripeEvent.objects.select_for_update().get(pk=event_id)
    if event.handled_at:
        return event.outcome
    handler = HANDLERS.get(event.type)
    outcome = handler(event.payload, now) if handler else "ignored"
    payments.settle_event(event, outcome, now=now)
    return outcome


def _session_completed(session: dict[str, Any], now: dt.datetime) -> str:
    attempt = _attempt(session)
    if attempt is None:
        return _unknown(session, now)
    state = session_state(session)
    payments.keep_state(attempt, state)
    if state.is_paid:
        booking = purchase.complete(
            payment_id=attempt.payment_id, intent_id=state.intent_id, amount=state.amount, actor=STRIPE, now=now
        )
        return f"{booking} {booking.status}"
    booking = purchase.wait_for_settling(payment_id=attempt.payment_id, intent_id=state.intent_id, now=now)
    return f"{booking} {booking.status} until {booking.lease_until:%Y-%m-%d %H:%M}"


def _session_failed(session: dict[str, Any], now: dt.datetime) -> str:
    attempt = _attempt(session)
    if attempt is None:
        return "not ours"
    # The failure may overtake the completion: what it says of the session counts as well.
    payments.keep_state(attempt, session_state(session))
    booking = Booking.objects.get(payment_id=attempt.payment_id)
    booking = release(booking.pk, status=Booking.Status.EXPIRED, reason=METHOD_FAILED, actor=STRIPE, now=now)
    return f"{booking} {booking.status}"


def _session_expired(session: dict[str, Any], now: dt.datetime) -> str:
    attempt = _attempt(session)
    if attempt is None:
        return "not ours"
    payments.keep_state(attempt, session_state(session))
    booking = purchase.expire_session_ended(attempt, actor=STRIPE, now=now)
    return f"{booking} {booking.status if booking else ''}"


def _refund_changed(refund: dict[str, Any], now: dt.datetime) -> str:
    key = (refund.get("metadata") or {}).get("foyer_refund")
    payment = Payment.objects.select_for_update().filter(intent_id=refund.get("payment_intent") or "-").first()
    ours = Refund.objects.filter(key=key).first() if key else None
    known = ours or Refund.objects.filter(stripe_id=refund["id"]).first()
    if known is None:
        return _refund_outside(payment, refund, now)
    known = payments.settle_refund(known, RefundState(id=refund["id"], status=refund["status"]), now=now)
    return f"{known} {known.status}"


def _refund_outside(payment: Payment | None, refund: dict[str, Any], now: dt.datetime) -> str:
    if payment is None:
        return "not ours"
    # One that has failed is written down too: its failure may overtake the telling that it was made.
    booked = book_refund_outside(payment, stripe_id=refund["id"], amount=refund["amount"], now=now)
    booked = payments.settle_refund(booked, RefundState(id=refund["id"], status=refund["status"]), now=now)
    return f"{booked} {booked.status}"


def _charge_refunded(charge: dict[str, Any], now: dt.datetime) -> str:
    # Newer API versions leave the refunds out of the charge; refund.created tells of each one by itself.
    refunds = (charge.get("refunds") or {}).get("data", [])
    return "; ".join(_refund_changed(refund, now) for refund in refunds) or "see refund.created"


def _unknown(session: dict[str, Any], now: dt.datetime) -> str:
    if "foyer_attempt" in (session.get("metadata") or {}):
        payments.note_incident(MoneyIncident.Kind.UNKNOWN, reference=session["id"], detail="no such attempt", now=now)
    return "not ours"


def _attempt(session: dict[str, Any]) -> PaymentAttempt | None:
    # By the key in the metadata: the event may overtake our own note of the session's id.
    key = (session.get("metadata") or {}).get("foyer_attempt")
    return PaymentAttempt.objects.filter(key=key).first() if key else None


HANDLERS: dict[str, Callable[[dict[str, Any], dt.datetime], str]] = {
    "checkout.session.completed": _session_completed,
    "checkout.session.async_payment_succeeded": _session_completed,
    "checkout.session.async_payment_failed": _session_failed,
    "checkout.session.expired": _session_expired,
    "charge.refunded": _charge_refunded,
    "charge.dispute.created": disputes.note,
    "charge.dispute.funds_withdrawn": disputes.withdraw,
    "charge.dispute.funds_reinstated": disputes.reinstate,
    "refund.created": _refund_changed,
    "refund.updated": _refund_changed,
    "refund.failed": _refund_changed,
}
