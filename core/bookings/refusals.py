"""Why a booking is not made or not changed."""

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.kernel.dates import day_and_time
from core.kernel.errors import Conflict, Refusal
from core.kernel.money import format_money


class PricesChanged(Conflict):
    """What is asked now differs from what was shown: shown again, never charged silently."""

    def __init__(self) -> None:
        super().__init__(_("The price has changed since you saw it. Please look at it again before you pay."))


class TypeNotSold(Refusal):
    """This ticket type is not sold for this place."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(_("Choose a ticket type for %(label)s.") % {"label": label})


class PromoRefused(Refusal):
    """A promo code that does not hold (any more)."""

    @classmethod
    def unknown(cls) -> "PromoRefused":
        return cls(_("This code is not known here. Check it, or go on without."))

    @classmethod
    def over(cls) -> "PromoRefused":
        return cls(_("This code is not valid any more."))

    @classmethod
    def used_up(cls) -> "PromoRefused":
        return cls(_("This code has been used as often as it can be."))


class PaymentTooSmall(Refusal):
    """Less than the payment service can charge, and yet not nothing."""

    def __init__(self, least: int, currency: str) -> None:
        words = {"amount": format_money(least, currency, get_language() or "en")}
        super().__init__(_("Less than %(amount)s cannot be charged. Add a ticket, or take the code out.") % words)


class NotCancellable(Refusal):
    """The terms, or the state of the booking, do not allow giving it back."""

    @classmethod
    def never(cls) -> "NotCancellable":
        return cls(_("Tickets of this organizer cannot be given back."))

    @classmethod
    def too_late(cls, ended_at: dt.datetime) -> "NotCancellable":
        when = {"when": day_and_time(ended_at)}
        return cls(_("These tickets could be given back until %(when)s.") % when)

    @classmethod
    def nothing_chosen(cls) -> "NotCancellable":
        return cls(_("Choose at least one ticket to give back."))

    @classmethod
    def together(cls, labels: str) -> "NotCancellable":
        return cls(_("%(labels)s go only together: give back both, or neither.") % {"labels": labels})

    @classmethod
    def gone(cls) -> "NotCancellable":
        return cls(_("These tickets are cancelled already, or not yours to cancel."))


class BookingEnded(Conflict):
    """The booking has come to an end in the meantime."""

    def __init__(self) -> None:
        super().__init__(_("This booking has ended in the meantime. Nothing was charged for it."))
