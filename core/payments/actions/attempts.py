import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from core.accounts.models import Organizer
from core.kernel.compiled import compiled_update, insert
from core.payments import gateway
from core.payments.models import Payment, PaymentAttempt

# Stripe refuses less than 30 minutes, and clocks differ (R6).
SESSION_LIFE = dt.timedelta(minutes=35)
LEAST_LIFE = dt.timedelta(minutes=32)


def prepare(*, organizer: Organizer, amount: int, currency: str, now: dt.datetime) -> Payment:
    """A payment that is to come, inside the caller's transaction."""
    return insert(Payment(organizer=organizer, amount=amount, currency=currency, created_at=now))


def prepare_attempt(*, payment: Payment, parameters: dict[str, Any], now: dt.datetime) -> PaymentAttempt:
    """Write down one Checkout Session with all its parameters, before Stripe hears of it.

    The attempt's id goes into the session's metadata, so that an event that overtakes our own note of the session's
    id still finds its attempt. At most one attempt of a payment is living: the database refuses a second.
    """
    attempt = PaymentAttempt(payment=payment, created_at=now, session_expires_at=now + SESSION_LIFE)
    marks = {"foyer_payment": str(payment.pk), "foyer_attempt": str(attempt.key)}
    attempt.parameters = {
        **parameters,
        "mode": "payment",
        "expires_at": int(attempt.session_expires_at.timestamp()),
        "metadata": marks,
        "payment_intent_data": {"metadata": marks},
    }
    return insert(attempt)


def set_aside_if_stale(attempt: PaymentAttempt, *, now: dt.datetime) -> bool:
    """Give up a prepared attempt that waited so long that Stripe would refuse what is left of its life; was it?

    Nobody was ever sent to its session, should Stripe have made one and the answer was lost.
    """
    if attempt.session_expires_at - now >= LEAST_LIFE:
        return False
    prepared = PaymentAttempt.objects.filter(pk=attempt.pk, status=PaymentAttempt.Status.PREPARED)
    return bool(prepared.update(status=PaymentAttempt.Status.EXPIRED))


def open_attempt(attempt: PaymentAttempt) -> PaymentAttempt:
    """Make the Checkout Session of a prepared attempt and keep its id; no transaction may be open.

    Raises GatewayAway if Stripe does not answer (the attempt stays prepared, asking again makes no second session).
    If the attempt was given up in the meantime the fresh session is expired at once, so that nobody is charged
    for a booking that is cancelled (R3); the attempt that comes back then is not open.
    """
    try:
        session = gateway.create_session(attempt.parameters, key=str(attempt.key))
    except gateway.GatewayRefused as error:
        PaymentAttempt.objects.filter(pk=attempt.pk, status=PaymentAttempt.Status.PREPARED).update(
            status=PaymentAttempt.Status.REFUSED, error=str(error)[:2000]
        )
        raise
    if _open(attempt.pk, session.id, session.url):
        attempt.status, attempt.session_id, attempt.session_url = PaymentAttempt.Status.OPEN, session.id, session.url
        return attempt
    attempt.refresh_from_db()
    if attempt.status == PaymentAttempt.Status.EXPIRED:
        PaymentAttempt.objects.filter(pk=attempt.pk, session_id="").update(session_id=session.id)
        gateway.expire_session(session.id)
    return attempt


@compiled_update
def _open(attempt_id: int, session_id: str, session_url: str) -> tuple[QuerySet[PaymentAttempt], dict[str, Any]]:
    prepared = PaymentAttempt.objects.filter(pk=attempt_id, status=PaymentAttempt.Status.PREPARED)
    return prepared, {"status": PaymentAttempt.Status.OPEN, "session_id": session_id, "session_url": session_url}


def close_attempt(attempt: PaymentAttempt, *, now: dt.datetime) -> gateway.SessionState | None:
    """End an attempt so that it cannot take money any more; no transaction may be open.

    Returns the session's last word, which may be that it was paid already; None if Stripe never heard of it. Raises
    GatewayAway if Stripe does not answer, or knows nothing of a session that may still live: then nothing may be
    released.
    """
    if attempt.status == PaymentAttempt.Status.PREPARED:
        given_up = PaymentAttempt.objects.filter(pk=attempt.pk, status=PaymentAttempt.Status.PREPARED).update(
            status=PaymentAttempt.Status.EXPIRED
        )
        if given_up:
            return None
        attempt.refresh_from_db()
    if not attempt.session_id:
        return None
    try:
        state = gateway.expire_session(attempt.session_id)
    except gateway.NotKnown as error:
        if now < attempt.session_expires_at:
            raise gateway.GatewayAway(str(error)) from error
        living = PaymentAttempt.objects.filter(pk=attempt.pk).exclude(status=PaymentAttempt.Status.COMPLETE)
        living.update(status=PaymentAttempt.Status.EXPIRED, error=str(error)[:2000])
        return None
    keep_state(attempt, state)
    return state


def look_at_attempt(attempt: PaymentAttempt) -> gateway.SessionState | None:
    """Ask Stripe what became of the attempt; None if it has no session yet. No transaction may be open.

    Raises GatewayAway if Stripe does not answer, or knows nothing of it.
    """
    if not attempt.session_id:
        return None
    try:
        state = gateway.retrieve_session(attempt.session_id)
    except gateway.NotKnown as error:
        raise gateway.GatewayAway(str(error)) from error
    keep_state(attempt, state)
    return state


def keep_state(attempt: PaymentAttempt, state: gateway.SessionState) -> None:
    """Note what Stripe says of a session, never going back from an end."""
    ended = {"complete": PaymentAttempt.Status.COMPLETE, "expired": PaymentAttempt.Status.EXPIRED}.get(state.status)
    if ended:
        _end(attempt.pk, ended, state.id)
        attempt.status = ended


@compiled_update
def _end(attempt_id: int, status: str, session_id: str) -> tuple[QuerySet[PaymentAttempt], dict[str, Any]]:
    living = PaymentAttempt.objects.filter(pk=attempt_id).exclude(status=PaymentAttempt.Status.COMPLETE)
    return living, {"status": status, "session_id": session_id}


def forget_customer(payments: Collection[int]) -> int:
    """Take the customer's address out of attempts that are over; how many. Those that live are sent as they stand."""
    over = PaymentAttempt.objects.filter(payment__in=payments, parameters__has_key="customer_email")
    count = 0
    for attempt in over.exclude(status__in=[PaymentAttempt.Status.PREPARED, PaymentAttempt.Status.OPEN]):
        del attempt.parameters["customer_email"]
        attempt.save(update_fields=["parameters"])
        count += 1
    return count
