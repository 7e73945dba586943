import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from core.bookings import actions as bookings
from core.bookings.models import Booking
from core.bookings.queries import lines_of
from core.catalog.models import Showtime
from core.flows import announcing
from core.kernel.actor import Actor
from core.kernel.compiled import compiled
from core.ledger import actions as ledger
from core.ledger.actions import Line
from core.ledger.models import Account, JournalEntry
from core.payments import actions as payments
from core.payments.models import MoneyIncident, Payment, Refund
from core.seating import actions as seating
from core.seating.models import Place
from core.tickets import actions as tickets


def lessee(booking: Booking) -> str:
    """The name under which a booking has its places."""
    return f"booking:{booking.pk}"


@transaction.atomic
def complete(*, payment_id: int, intent_id: str, amount: int, actor: Actor, now: dt.datetime) -> Booking:
    """The money of a payment has come: keep the promise, or send it back. The second call does nothing (R1, R7).

    The row of the booking is the lock on which webhook, success page, completer and cancellation meet. Money for
    an expired booking gets its seats if they are still free, and goes back otherwise, at once and said so (R18).
    """
    [booking] = _locked(payment_id)
    [payment] = _locked_payment(payment_id)
    if payment.status == Payment.Status.SUCCEEDED:
        if payment.intent_id != intent_id:
            _send_second_back(payment, intent_id=intent_id, amount=amount, now=now)
        return booking
    payments.mark_succeeded(payment, intent_id=intent_id, amount=amount, now=now)
    late = booking.status == Booking.Status.EXPIRED
    wanted = booking.status == Booking.Status.AWAITING_PAYMENT or late
    gone = _sell(booking, now=now) if wanted and _can_be_seen(booking.showtime, now) else _places(booking)
    if gone:
        _send_back(booking, payment, gone, actor=actor, now=now)
        return booking
    if late:
        payments.note_incident(MoneyIncident.Kind.LATE, reference=f"payment:{payment.pk}", payment=payment, now=now)
    _confirm_sold(booking, actor=actor, now=now)
    ledger.post(
        JournalEntry.Kind.SALE,
        reference=f"payment:{payment.pk}",
        currency=booking.currency,
        lines=[
            Line(Account.Kind.CLEARING, payment.money),
            Line(Account.Kind.PAYABLE, -(booking.total - booking.fee), booking.organizer_id),
            Line(Account.Kind.FEES, -booking.fee),
            Line(Account.Kind.UNALLOCATED, booking.total - payment.money),
        ],
        now=now,
    )
    return booking


@compiled
def _locked(payment_id: int) -> QuerySet[Booking]:
    found = Booking.objects.select_related("showtime__event", "showtime__room__venue", "organizer", "user")
    return found.select_for_update(of=("self",)).filter(payment=payment_id)


@compiled
def _locked_payment(payment_id: int) -> QuerySet[Payment]:
    return Payment.objects.select_for_update().filter(pk=payment_id)


def confirm(booking: Booking, *, actor: Actor, now: dt.datetime) -> None:
    """Confirm a booking for which nothing is to pay, in the transaction that has just leased its places (BO11)."""
    if _sell(booking, now=now):
        raise AssertionError(f"{booking}: places leased in this transaction cannot be gone")
    _confirm_sold(booking, actor=actor, now=now)


def _confirm_sold(booking: Booking, *, actor: Actor, now: dt.datetime) -> None:
    bookings.confirm(booking, actor=actor, now=now)
    tickets.issue(booking=booking, actor=actor, now=now)
    announcing.booking_confirmed(booking, now=now)


def _places(booking: Booking) -> list[Place]:
    return list(Place.objects.filter(id__in=booking.lines.values("place_id")).select_related("seat", "zone"))


def _sell(booking: Booking, *, now: dt.datetime) -> list[Place]:
    place_ids = [line.place_id for line in lines_of(booking.pk)]
    return seating.sell(showtime_id=booking.showtime_id, place_ids=place_ids, lessee=lessee(booking), now=now)


def _can_be_seen(showtime: Showtime, now: dt.datetime) -> bool:
    """A sale that was closed while somebody pays is honoured; what is cancelled or over cannot be."""
    return not showtime.is_cancelled and showtime.ends_at > now


def _send_back(booking: Booking, payment: Payment, gone: list[Place], *, actor: Actor, now: dt.datetime) -> None:
    with translation.override(booking.language):
        if booking.status == Booking.Status.AWAITING_PAYMENT:
            reason = _("The seats were gone when the payment arrived; the money goes back.")
            place_ids = list(booking.lines.values_list("place_id", flat=True))
            seating.give_back(showtime_id=booking.showtime_id, place_ids=place_ids, lessee=lessee(booking), now=now)
            bookings.end_unpaid(booking, status=Booking.Status.EXPIRED, reason=reason, actor=actor, now=now)
    _refund_stray(payment, reason=Refund.Reason.SEATS_GONE, now=now)
    payments.note_incident(
        MoneyIncident.Kind.SEATS_GONE,
        reference=f"payment:{payment.pk}",
        payment=payment,
        detail=", ".join(place.label for place in gone),
        now=now,
    )
    announcing.payment_refunded(booking, amount=payment.money, now=now)


def _send_second_back(first: Payment, *, intent_id: str, amount: int, now: dt.datetime) -> None:
    """Money came once more for what is paid already: a payment of its own, that pays for nothing and goes back."""
    if Payment.objects.filter(intent_id=intent_id).exists():
        return
    second = payments.prepare(organizer=first.organizer, amount=amount, currency=first.currency, now=now)
    payments.mark_succeeded(second, intent_id=intent_id, amount=amount, now=now)
    _refund_stray(second, reason=Refund.Reason.PAID_TWICE, now=now)
    payments.note_incident(
        MoneyIncident.Kind.PAID_TWICE, reference=intent_id, payment=second, detail=first.intent_id, now=now
    )


def _refund_stray(payment: Payment, *, reason: str, now: dt.datetime) -> None:
    refund = payments.prepare_refund(payment=payment, amount=payment.money, reason=reason, now=now)
    stray = [Line(Account.Kind.CLEARING, payment.money), Line(Account.Kind.UNALLOCATED, -payment.money)]
    for kind, reference, lines in (
        (JournalEntry.Kind.STRAY_PAYMENT, f"payment:{payment.pk}", stray),
        (JournalEntry.Kind.STRAY_REFUND, f"refund:{refund.pk}", [Line(line.kind, -line.amount) for line in stray]),
    ):
        ledger.post(kind, reference=reference, currency=payment.currency, lines=lines, now=now)
