"""What has happened to a booking, as its page tells it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.bookings.models import Booking, BookingChange
from core.kernel.money import format_money
from core.payments.models import Refund

TONES = {
    Booking.Status.CONFIRMED: "good",
    Booking.Status.AWAITING_PAYMENT: "wait",
    Refund.Status.SUCCEEDED: "good",
    Refund.Status.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history. `tone` is good, wait, bad or nothing."""

    at: dt.datetime
    what: str
    why: str
    tone: str


def history_of(booking: Booking) -> list[Step]:
    """The steps of a booking and its refunds, oldest first."""
    steps = [
        Step(change.at, _name(change, booking), change.reason, TONES.get(change.status, ""))
        for change in booking.changes.all()
        if booking.total or change.status != Booking.Status.AWAITING_PAYMENT  # where nothing is to pay nobody waits
    ]
    for refund in booking.payment.refunds.all() if booking.payment else []:
        amount = format_money(refund.amount, booking.currency, get_language() or "en")
        what = _("Refund of %(amount)s") % {"amount": amount}
        steps.append(Step(refund.created_at, what, str(refund.get_status_display()), TONES.get(refund.status, "wait")))
    return sorted(steps, key=lambda step: step.at)


def _name(change: BookingChange, booking: Booking) -> str:
    if change.status == Booking.Status.PARTLY_REFUNDED and not booking.total:
        return _("Partly cancelled")
    return str(change.get_status_display())
