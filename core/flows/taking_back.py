"""A booking that the house takes back for a customer, beyond the organizer's terms (AD3)."""

import datetime as dt

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.bookings.models import Booking
from core.bookings.refusals import NotCancellable
from core.flows import announcing
from core.flows.cancelling import EVERYTHING
from core.flows.refunds import give_back
from core.kernel.actor import Actor
from core.payments.models import Payment, Refund
from core.tickets.models import Ticket


@transaction.atomic
def take_back(*, booking: Booking, actor: Actor, now: dt.datetime) -> Booking:
    """Cancel all that is left of a booking and give all the money back, fees too. Raises NotCancellable."""
    booking = Booking.objects.select_for_update(of=("self",)).select_related("showtime").get(pk=booking.pk)
    going = list(booking.tickets.filter(status=Ticket.Status.VALID).select_related("line"))
    if not booking.is_living or not going:
        raise NotCancellable.gone()
    payment = Payment.objects.select_for_update().get(pk=booking.payment_id) if booking.payment_id else None
    with translation.override(booking.language):
        reason = _("Cancelled by the house.")
    refund = give_back(
        booking, payment, going, EVERYTHING, why=Refund.Reason.BY_HOUSE, reason=reason, actor=actor, now=now
    )
    announcing.tickets_cancelled(booking, going, amount=refund.amount if refund else 0, now=now)
    return booking
