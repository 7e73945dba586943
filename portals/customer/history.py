"""What has happened to a booking, as its page tells it."""

import datetime as dt
from collections.abc import Iterable
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


def history_of(changes: Iterable[BookingChange], refunds: Iterable[Refund], *, currency: str) -> list[Step]:
    """The steps of a booking and its refunds, oldest first."""
    steps = [
        Step(change.at, str(change.get_status_display()), change.reason, TONES.get(change.status, ""))
        for change in changes
    ]
    for refund in refunds:
        amount = format_money(refund.amount, currency, get_language() or "en")
        what = _("Refund of %(amount)s") % {"amount": amount}
        steps.append(Step(refund.created_at, what, str(refund.get_status_display()), TONES.get(refund.status, "wait")))
    return sorted(steps, key=lambda step: step.at)
