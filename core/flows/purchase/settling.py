import datetime as dt

from django.db import transaction

from core.bookings import actions as bookings
from core.bookings.models import Booking
from core.payments import actions as payments
from core.payments.models import Payment

# A method that settles later holds its seats at most this long, and never into the last day before the show (R24).
LONGEST_SETTLING = dt.timedelta(days=7)
LAST_DAY = dt.timedelta(days=1)


@transaction.atomic
def wait_for_settling(*, payment_id: int, intent_id: str, now: dt.datetime) -> Booking:
    """The customer has agreed to pay and the money settles later: keep the seats until the stated deadline."""
    booking = Booking.objects.select_for_update(of=("self",)).select_related("showtime").get(payment_id=payment_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.status == Payment.Status.PENDING and booking.status == Booking.Status.AWAITING_PAYMENT:
        payments.mark_processing(payment, intent_id=intent_id)
        until = max(min(now + LONGEST_SETTLING, booking.showtime.starts_at - LAST_DAY), booking.lease_until)
        bookings.extend_lease(booking, until=until)
    return booking
