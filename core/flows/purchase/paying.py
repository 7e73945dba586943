import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from core.bookings.models import Booking
from core.bookings.queries import lines_of
from core.bookings.refusals import BookingEnded
from core.kernel.compiled import compiled
from core.kernel.dates import day_and_time
from core.payments import actions as payments
from core.payments.gateway import GatewayAway, GatewayRefused
from core.payments.models import Payment, PaymentAttempt
from core.payments.queries import last_attempt

LANGUAGES_OF_STRIPE = {"en", "de", "fr", "it", "es", "nl", "pl", "cs", "hu", "sl", "hr"}


@dataclass(frozen=True, slots=True)
class ReturnPages:
    """Absolute addresses to which Stripe sends the customer back; {code} and {key} are the booking's."""

    success: str
    cancel: str

    def of(self, booking: Booking) -> "ReturnPages":
        """The addresses for one booking."""
        words = {"code": booking.code, "key": booking.access_key}
        return ReturnPages(success=self.success.format(**words), cancel=self.cancel.format(**words))


def session_parameters(booking: Booking, pages: ReturnPages, *, now: dt.datetime) -> dict[str, Any]:
    """The Checkout Session of a booking, but for what `payments` adds: one line per ticket, one for the fees."""
    with translation.override(booking.language):
        start = day_and_time(booking.showtime.local_start)
        items = [
            _item(
                booking,
                f"{booking.showtime.event.title}, {line.label}",
                f"{start} · {line.get_ticket_type_display()}",
                line.price - line.discount,
            )
            for line in lines_of(booking.pk)
        ]
        if booking.fee:
            items.append(_item(booking, _("Service fee"), "", booking.fee))
    back = pages.of(booking)
    return {
        "line_items": items,
        "allowed_payment_method_types": payment_method_types(booking, now=now),
        "client_reference_id": booking.code,
        "customer_email": booking.email,
        "locale": booking.language if booking.language in LANGUAGES_OF_STRIPE else "auto",
        "success_url": back.success,
        "cancel_url": back.cancel,
    }


def _item(booking: Booking, name: str, description: str, amount: int) -> dict[str, Any]:
    product = {"name": name[:250]} | ({"description": description[:250]} if description else {})
    price = {"currency": booking.currency.lower(), "unit_amount": amount, "product_data": product}
    return {"price_data": price, "quantity": 1}


def payment_method_types(booking: Booking, *, now: dt.datetime) -> list[str]:
    """Methods that settle at once; delayed ones only where the organizer allows them and the show is far away."""
    days = booking.organizer.delayed_methods_days
    far = days is not None and booking.showtime.starts_at - now >= dt.timedelta(days=days)
    return ["card", "sepa_debit"] if far and booking.currency == "EUR" else ["card"]


def checkout(booking: Booking, *, pages: ReturnPages, now: dt.datetime) -> str:
    """The address of Stripe's page for this booking; no transaction may be open.

    While the lease lasts the same session is offered again ("continue payment"); if Stripe has ended it, a new
    attempt is made. Raises BookingEnded if there is nothing to pay any more, GatewayAway if Stripe is silent.
    """
    attempt = _living_attempt(booking, pages=pages, now=now)
    if attempt.status == PaymentAttempt.Status.PREPARED:
        try:
            attempt = payments.open_attempt(attempt)
        except GatewayRefused as error:
            raise GatewayAway(str(error)) from error
    if attempt.status != PaymentAttempt.Status.OPEN:
        raise BookingEnded
    return attempt.session_url


@compiled
def _locked(booking_id: int) -> QuerySet[Booking]:
    found = Booking.objects.select_related("payment", "showtime__event", "showtime__room__venue", "organizer")
    return found.select_for_update(of=("self",)).filter(pk=booking_id)


@transaction.atomic
def _living_attempt(booking: Booking, *, pages: ReturnPages, now: dt.datetime) -> PaymentAttempt:
    # Under the booking's lock: giving up frees nothing while an attempt lives, and none is born after it freed.
    [locked] = _locked(booking.pk)
    payment = locked.payment
    ended = locked.showtime.is_cancelled or not locked.can_be_paid(now)
    if payment is None or ended or payment.status != Payment.Status.PENDING:
        raise BookingEnded
    attempt = last_attempt(payment.pk)
    living = {PaymentAttempt.Status.PREPARED, PaymentAttempt.Status.OPEN}
    if attempt is not None and attempt.status in living and not payments.set_aside_if_stale(attempt, now=now):
        return attempt
    if attempt is not None and attempt.status == PaymentAttempt.Status.COMPLETE:
        raise BookingEnded
    return payments.prepare_attempt(payment=payment, parameters=session_parameters(locked, pages, now=now), now=now)
