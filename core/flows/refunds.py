"""Giving tickets back: the seats are free again, and the money goes where it came from."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.bookings import actions as bookings
from core.bookings import queries
from core.bookings.models import Booking, BookingLine
from core.bookings.pricing import spread
from core.bookings.refund_terms import RefundTerms
from core.bookings.refusals import NotCancellable
from core.flows import announcing
from core.kernel.actor import Actor
from core.ledger import actions as ledger
from core.ledger.actions import Line
from core.ledger.models import Account, JournalEntry
from core.payments import actions as payments
from core.payments.models import Payment, Refund
from core.seating import actions as seating
from core.tickets import actions as tickets
from core.tickets.models import Ticket


@transaction.atomic
def cancel(*, booking: Booking, actor: Actor, now: dt.datetime, ticket_codes: Collection[str] | None = None) -> Booking:
    """Give back a booking, or the named tickets of it, within the organizer's terms (BO6).

    The seats are free and everybody sees it at the commit; Stripe is asked for the refund afterwards, with a key.
    Raises NotCancellable with the reason.
    """
    booking = (
        Booking.objects.select_for_update(of=("self",))
        .select_related("showtime__event__organizer", "showtime__room__venue", "organizer")
        .get(pk=booking.pk)
    )
    if ticket_codes is not None and not ticket_codes:
        raise NotCancellable.nothing_chosen()
    valid = list(booking.tickets.filter(status=Ticket.Status.VALID).select_related("line", "place__seat"))
    going = [ticket for ticket in valid if ticket_codes is None or ticket.code in ticket_codes]
    if not booking.is_living or not going or (ticket_codes is not None and len(going) != len(set(ticket_codes))):
        raise NotCancellable.gone()
    terms = queries.terms(booking.showtime)
    _check_terms(booking, terms, now)
    _check_together(going, staying=[ticket for ticket in valid if ticket not in going])
    payment = Payment.objects.select_for_update().get(pk=booking.payment_id) if booking.payment_id else None
    with translation.override(booking.language):
        reason = _("Cancelled by you.")
    refund = give_back(booking, payment, going, terms, why=Refund.Reason.CANCELLED, reason=reason, actor=actor, now=now)
    announcing.tickets_cancelled(booking, going, amount=refund.amount if refund else 0, now=now)
    return booking


def give_back(
    booking: Booking,
    payment: Payment | None,
    going: Sequence[Ticket],
    terms: RefundTerms,
    *,
    why: Refund.Reason,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> Refund | None:
    """Take valid tickets back: lines and tickets cancelled, places free, the refund on its way, all by `terms`.

    The caller has the locks of booking and payment, and has looked whether it may.
    """
    lines = [ticket.line for ticket in going]
    amounts = amounts_of(payment, lines, terms)
    tickets.cancel(tickets=going, actor=actor, now=now)
    bookings.cancel_lines(booking, lines=lines, refunds=amounts, reason=reason, actor=actor, now=now)
    seating.unsell(showtime_id=booking.showtime_id, place_ids=[ticket.place_id for ticket in going])
    return _refund(booking, payment, lines, amounts, why=why, now=now)


def amounts_of(payment: Payment | None, lines: Sequence[BookingLine], terms: RefundTerms) -> dict[int, int]:
    """What goes back for each line's id. Where money was sent back at Stripe's own desk, only what is left can."""
    amounts = [terms.refund(price=line.price, discount=line.discount, fee=line.fee) for line in lines]
    if payment is not None and sum(amounts) > (left := payments.refundable(payment)):
        amounts = spread(left, amounts)
    return {line.pk: amount for line, amount in zip(lines, amounts, strict=True)}


def _check_terms(booking: Booking, terms: RefundTerms, now: dt.datetime) -> None:
    if terms.allow(starts_at=booking.showtime.starts_at, now=now):
        return
    ends_at = terms.ends_at(booking.showtime.starts_at)
    if ends_at is None:
        raise NotCancellable.never()
    raise NotCancellable.too_late(booking.showtime.room.venue.local(ends_at))


def _check_together(going: Sequence[Ticket], *, staying: Sequence[Ticket]) -> None:
    """A companion may stay at home; a wheelchair space or half a sofa is not given back alone."""
    leaving = [ticket for ticket in going if ticket.place.pair and not ticket.place.is_companion]
    for ticket in leaving:
        left = [other for other in staying if other.place.pair == ticket.place.pair]
        if left:
            raise NotCancellable.together(", ".join(one.label for one in (ticket, *left)))


def _refund(
    booking: Booking,
    payment: Payment | None,
    lines: Sequence[BookingLine],
    amounts: dict[int, int],
    *,
    why: Refund.Reason,
    now: dt.datetime,
) -> Refund | None:
    amount = sum(amounts.values())
    if not amount or payment is None:
        return None
    refund = payments.prepare_refund(payment=payment, amount=amount, reason=why, now=now)
    fees = sum(max(amounts[line.pk] - (line.price - line.discount), 0) for line in lines)
    ledger.post(
        JournalEntry.Kind.REFUND,
        reference=f"refund:{refund.pk}",
        currency=payment.currency,
        lines=[
            Line(Account.Kind.CLEARING, -amount),
            Line(Account.Kind.PAYABLE, amount - fees, booking.organizer_id),
            Line(Account.Kind.FEES, fees),
        ],
        now=now,
    )
    return refund


def book_refund_outside(payment: Payment, *, stripe_id: str, amount: int, now: dt.datetime) -> Refund:
    """Write a refund made at Stripe's desk into the books; the tickets stay good until somebody cancels them.

    It is charged to the organizer, whose desk it was; the incident asks a person to look.
    """
    refund = payments.note_refund_outside(payment=payment, stripe_id=stripe_id, amount=amount, now=now)
    ledger.post(
        JournalEntry.Kind.REFUND,
        reference=f"refund:{refund.pk}",
        currency=payment.currency,
        lines=[
            Line(Account.Kind.CLEARING, -amount),
            Line(Account.Kind.PAYABLE, amount, payment.organizer_id),
        ],
        now=now,
    )
    return refund
