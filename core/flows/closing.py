"""Finishing what was left half-way, and forgetting what is old. Everything here is safe to run twice."""

import datetime as dt
import logging

from django.db.models import Q

from core.accounts import actions as accounts
from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.flows import cancelling, erasing, purchase
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.outbox import actions as outbox
from core.payments import actions as payments
from core.payments.gateway import GatewayAway
from core.payments.models import Payment

logger = logging.getLogger(__name__)
COMPLETER = Actor.system("completer")
DONE_KEPT = dt.timedelta(days=7)
ERRANDS_KEPT = dt.timedelta(days=1)
MOST_SILENCES = 3
# A bank that has not settled a debit after so long does not any more.
STILL_COMES = dt.timedelta(days=30)


def complete_unfinished(*, now: dt.datetime, limit: int = 100) -> int:
    """End the payments whose lease is over, the oldest first: honour what was paid, free what was not; how many ended.

    Those for a showtime that was cancelled end at once, and what is still sold of it is given back.

    Stripe is asked for each before anything is freed. Where it does not answer, the places stay taken and the
    next run asks again. Those that fail do not count, so they keep none of the others waiting; but when Stripe is
    silent again and again the run ends, so that no worker waits for it for long.
    """
    ended = silent = 0
    cancelling.refund_holders(now=now, limit=limit)
    over = Q(lease_until__lte=now) | Q(showtime__in=Showtime.objects.cancelled())
    unfinished = Booking.objects.filter(over, status=Booking.Status.AWAITING_PAYMENT)
    for booking in unfinished.select_related("showtime__event").order_by("lease_until"):
        if ended == limit or silent == MOST_SILENCES:
            break
        try:
            booking = purchase.give_up(booking, by_customer=False, actor=COMPLETER, now=now)
        except GatewayAway:
            logger.warning("payment service away; places kept", extra={"booking": booking.code})
            silent += 1
        except Exception:
            logger.exception("booking could not be ended", extra={"booking": booking.code})
        else:
            ended += booking.status != Booking.Status.AWAITING_PAYMENT
    return ended


def ask_again(*, now: dt.datetime) -> int:
    """Ask Stripe about payments that were to settle later and did not in time; for how many money has come.

    Their seats went at the deadline, and money that comes after it goes back as soon as Stripe tells of it. Should that
    telling be lost for good, once a day is soon enough.
    """
    came = 0
    late = Booking.objects.filter(payment__status=Payment.Status.EXPIRED, payment__created_at__gt=now - STILL_COMES)
    for booking in late.exclude(payment__intent_id="").order_by("id"):
        try:
            booking = purchase.settle_late(booking, actor=COMPLETER, now=now)
        except GatewayAway:
            logger.warning("payment service away; asked again tomorrow", extra={"booking": booking.code})
            break
        came += Payment.objects.filter(booking=booking, status=Payment.Status.SUCCEEDED).exists()
    return came


def forget_old(*, now: dt.datetime) -> dict[str, int]:
    """Delete what is kept for a while only, and what is left of deleted accounts; how many of each."""
    return {
        "messages": outbox.forget_done(before=now - DONE_KEPT),
        "codes": accounts.forget_codes(before=now - DONE_KEPT),
        "tries": accounts.forget_tries(before=now - DONE_KEPT),
        "errands": accounts.forget_errands(before=now - ERRANDS_KEPT),
        "notices": notifications.forget_old(now=now),
        "contacts": erasing.forget_contacts(now=now),
        "events": payments.forget_handled(now=now),
    }
