"""A showtime that does not take place: everybody with a ticket is told and gets all the money back, once (R17)."""

import datetime as dt
import logging

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.bookings.models import Booking
from core.bookings.refund_terms import RefundTerms
from core.catalog import actions as catalog
from core.catalog.models import Showtime
from core.flows import announcing
from core.flows.refunds import give_back
from core.kernel.actor import Actor
from core.outbox import actions as outbox
from core.payments.models import Payment, Refund
from core.tickets.models import Ticket

logger = logging.getLogger(__name__)
CANCELLER = Actor.system("cancelled showtime")
# Whatever the organizer's terms say of customers who change their minds.
EVERYTHING = RefundTerms(until_hours=0, keep_fee=False)


@transaction.atomic
def cancel_showtime(*, showtime: Showtime, actor: Actor, now: dt.datetime) -> Showtime:
    """Call a showtime off (OR4). From this commit on nothing of it can be held or paid for.

    Tickets are given back by a task, booking by booking. Payments under way are ended by the completer, which asks
    Stripe first; money that comes all the same goes back. Called again it changes nothing.
    """
    showtime = catalog.cancel_showtime(showtime=showtime, actor=actor, now=now)
    outbox.post("flows.refund_holders", now=now, showtime=showtime.pk)
    return showtime


def refund_holders(*, now: dt.datetime, showtime_id: int | None = None, limit: int = 5_000) -> int:
    """Give back what is still sold of cancelled showtimes, or of that one; how many bookings.

    One transaction for each, so that a hall of thousands locks nobody out and one that fails keeps no other waiting.
    The completer calls it too: a payment may be completed at the very moment in which the showtime is cancelled.
    """
    living = Booking.objects.filter(status__in=Booking.LIVING, showtime__in=Showtime.objects.cancelled())
    if showtime_id:
        living = living.filter(showtime=showtime_id)
    count = 0
    # Put in order and cut off here: asked for the first few in order, PostgreSQL would go through all bookings to find
    # them, and nearly always there are none.
    for booking_id in sorted(living.values_list("id", flat=True))[:limit]:
        try:
            count += _refund_holder(booking_id, now=now)
        except Exception:
            logger.exception("booking of a cancelled showtime could not be refunded", extra={"booking": booking_id})
    return count


@transaction.atomic
def _refund_holder(booking_id: int, *, now: dt.datetime) -> bool:
    found = Booking.objects.select_related("showtime__event", "showtime__room__venue", "user")
    booking = found.select_for_update(of=("self",)).get(pk=booking_id)
    if not booking.is_living:
        return False
    payment = Payment.objects.select_for_update().get(pk=booking.payment_id) if booking.payment_id else None
    going = list(booking.tickets.filter(status=Ticket.Status.VALID).select_related("line"))
    with translation.override(booking.language):
        reason = _("The showtime was cancelled.")
    refund = give_back(
        booking,
        payment,
        going,
        EVERYTHING,
        why=Refund.Reason.SHOWTIME_CANCELLED,
        reason=reason,
        actor=CANCELLER,
        now=now,
    )
    announcing.showtime_cancelled(booking, going, amount=refund.amount if refund else 0, now=now)
    return True
