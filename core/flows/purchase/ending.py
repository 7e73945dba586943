import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.bookings import actions as bookings
from core.bookings.models import Booking
from core.flows.purchase.completing import complete, lessee
from core.flows.purchase.settling import wait_for_settling
from core.kernel.actor import Actor
from core.payments import actions as payments
from core.payments.gateway import SessionState
from core.payments.models import Payment, PaymentAttempt
from core.payments.queries import last_attempt
from core.seating import actions as seating

LEASE_OVER = gettext_noop("The payment was not finished in time.")
GIVEN_UP = gettext_noop("You left the payment.")
SHOWTIME_CANCELLED = gettext_noop("The showtime was cancelled.")
METHOD_FAILED = gettext_noop("The payment did not go through.")


def settle(booking: Booking, *, actor: Actor, now: dt.datetime) -> Booking:
    """Ask Stripe what became of the payment and act on it; no transaction may be open.

    The success page and the completer call this: the webhook may be late or lost. Raises GatewayAway.
    """
    if booking.status != Booking.Status.AWAITING_PAYMENT or booking.payment_id is None:
        return booking
    attempt = last_attempt(booking.payment_id)
    state = payments.look_at_attempt(attempt) if attempt else None
    if state is None or state.status != "complete":
        return booking
    return _honour(booking, state, actor=actor, now=now)


def settle_late(booking: Booking, *, actor: Actor, now: dt.datetime) -> Booking:
    """Ask Stripe whether money came after all for a payment that was to settle later and was given up.

    No transaction may be open. Raises GatewayAway.
    """
    agreed = PaymentAttempt.objects.filter(payment__booking=booking, status=PaymentAttempt.Status.COMPLETE)
    for attempt in agreed:
        state = payments.look_at_attempt(attempt)
        if state and state.is_paid:
            return _honour(booking, state, actor=actor, now=now)
    return booking


def give_up(booking: Booking, *, by_customer: bool, actor: Actor, now: dt.datetime) -> Booking:
    """End a payment and free its places, in that order; no transaction may be open.

    Stripe is asked to end the session first. Paid already: honoured. No answer: GatewayAway is raised and the
    places are kept, to be asked for again. A payment that settles later has no session to end: the customer cannot
    take it back, its places go at the stated deadline, and money that comes after it is sent back.
    """
    if booking.status != Booking.Status.AWAITING_PAYMENT or booking.payment_id is None:
        return booking
    payment = Payment.objects.get(pk=booking.payment_id)
    settling = payment.status == Payment.Status.PROCESSING
    if settling and by_customer:
        return booking
    for attempt in payment.attempts.order_by("id"):
        state = payments.close_attempt(attempt, now=now)
        if state and state.status == "complete" and (state.is_paid or not settling):
            return _honour(booking, state, actor=actor, now=now)
    over = SHOWTIME_CANCELLED if booking.showtime.is_cancelled else LEASE_OVER
    return release(
        booking.pk,
        status=Booking.Status.CANCELLED if by_customer else Booking.Status.EXPIRED,
        reason=GIVEN_UP if by_customer else over,
        actor=actor,
        now=now,
    )


@transaction.atomic
def release(
    booking_id: int,
    *,
    status: str,
    reason: str,
    actor: Actor,
    now: dt.datetime,
    ended: Collection[str] = (*PaymentAttempt.DEAD, PaymentAttempt.Status.COMPLETE),
) -> Booking:
    """Free the places of a booking whose payment cannot complete any more.

    Nothing is freed while one of its attempts is not `ended`: "continue payment" may have made another in the
    meantime. Whoever has not asked Stripe about each of them counts a complete one as not ended: it may be paid.
    """
    booking = Booking.objects.select_for_update(of=("self",)).select_related("showtime", "payment").get(pk=booking_id)
    payment = booking.payment
    if booking.status != Booking.Status.AWAITING_PAYMENT or payment is None:
        return booking
    if payment.attempts.exclude(status__in=ended).exists():
        return booking
    payments.mark_expired(Payment.objects.select_for_update().get(pk=payment.pk), now=now)
    seating.give_back(
        showtime_id=booking.showtime_id,
        place_ids=list(booking.lines.values_list("place_id", flat=True)),
        lessee=lessee(booking),
        now=now,
    )
    with translation.override(booking.language):
        bookings.end_unpaid(booking, status=status, reason=_(reason), actor=actor, now=now)
    return booking


def expire_session_ended(attempt: PaymentAttempt, *, actor: Actor, now: dt.datetime) -> Booking | None:
    """Stripe says that a session has ended unpaid: free the places, unless the payment can still be continued."""
    booking = Booking.objects.filter(payment_id=attempt.payment_id).first()
    if booking is None or booking.can_be_paid(now):
        # While the lease runs "continue payment" may make a new attempt, so the seats stay.
        return booking
    return release(
        booking.pk,
        status=Booking.Status.EXPIRED,
        reason=LEASE_OVER,
        actor=actor,
        now=now,
        ended=PaymentAttempt.DEAD,
    )


def _honour(booking: Booking, state: SessionState, *, actor: Actor, now: dt.datetime) -> Booking:
    if booking.payment_id is None:
        raise AssertionError(f"{booking} has no payment to honour")
    if not state.is_paid:
        return wait_for_settling(payment_id=booking.payment_id, intent_id=state.intent_id, now=now)
    return complete(payment_id=booking.payment_id, intent_id=state.intent_id, amount=state.amount, actor=actor, now=now)
