"""The life of a booking. Each step is written into its history."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.translation import gettext as _

from core.accounts.models import User
from core.audit import actions as audit
from core.bookings.models import Booking, BookingChange, BookingLine, PromoCode
from core.bookings.pricing import Quote
from core.bookings.refusals import PromoRefused
from core.catalog.models import Showtime
from core.kernel.actor import Actor
from core.kernel.append_only import erasing
from core.kernel.compiled import insert, insert_all
from core.payments.models import Payment
from core.seating.models import Place


@dataclass(frozen=True, slots=True)
class Contact:
    """To whom the tickets go. `mobile` is E.164 or empty, `language` a language code."""

    name: str
    email: str
    mobile: str
    language: str


def create(
    *,
    showtime: Showtime,
    places: Sequence[Place],
    quote: Quote,
    contact: Contact,
    promo: PromoCode | None,
    payment: Payment | None,
    lease_until: dt.datetime,
    actor: Actor,
    now: dt.datetime,
) -> Booking:
    """Write down what was agreed, awaiting payment; inside the caller's transaction."""
    booking = insert(
        Booking(
            organizer=showtime.event.organizer,
            showtime=showtime,
            user_id=actor.user_id,
            holder=actor.holder,
            name=contact.name,
            email=contact.email.strip().lower(),
            mobile=contact.mobile,
            language=contact.language,
            currency=quote.currency,
            subtotal=quote.subtotal,
            discount=quote.discount,
            fee=quote.fee,
            total=quote.total,
            promo_code=promo,
            payment=payment,
            created_at=now,
            lease_until=lease_until,
        )
    )
    labels = {place.pk: place_label(place) for place in places}
    insert_all(
        BookingLine(
            booking=booking,
            place_id=line.place_id,
            ticket_type=line.ticket_type,
            label=labels[line.place_id],
            price=line.price,
            discount=line.discount,
            fee=line.fee,
        )
        for line in quote.lines
    )
    _step(booking, actor=actor, now=now)
    return booking


def place_label(place: Place) -> str:
    """As it stands on the ticket: "Stalls, row C, seat 7", or the standing area."""
    if place.seat is None:
        return place.zone.label
    return seat_label(zone=place.zone.label, row=place.seat.row_label, seat=place.seat.seat_number)


def seat_label(*, zone: str, row: str, seat: str) -> str:
    """The words for a seat, in the present language."""
    return _("%(zone)s, row %(row)s, seat %(seat)s") % {"zone": zone, "row": row, "seat": seat}


def use_promo(promo: PromoCode) -> None:
    """Count one use. The database refuses one too many; raises PromoRefused then."""
    if not _count_promo(promo.pk):
        raise PromoRefused.used_up()


def confirm(booking: Booking, *, actor: Actor, now: dt.datetime) -> None:
    """The booking holds. The caller has the row's lock and has sold the places.

    One that had expired gave its promo code back; it is counted again, if the code is not used up by now.
    """
    if booking.status == Booking.Status.EXPIRED and booking.promo_code_id:
        _count_promo(booking.promo_code_id)
    booking.status = Booking.Status.CONFIRMED
    booking.reason = ""
    booking.confirmed_at = now
    booking.ended_at = None
    booking.save(update_fields=["status", "reason", "confirmed_at", "ended_at"])
    _step(booking, actor=actor, now=now)


def end_unpaid(booking: Booking, *, status: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Expired, or given up by the customer, with no money taken (R20). The caller has the row's lock."""
    booking.status = status
    booking.reason = reason[:200]
    booking.ended_at = now
    booking.save(update_fields=["status", "reason", "ended_at"])
    if booking.promo_code_id:
        PromoCode.objects.filter(pk=booking.promo_code_id, used__gt=0).update(used=F("used") - 1)
    _step(booking, actor=actor, now=now)


def cancel_lines(
    booking: Booking,
    *,
    lines: Collection[BookingLine],
    refunds: dict[int, int],
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Take back some or all lines of a confirmed booking; `refunds` says what goes back for each line's id."""
    for line in lines:
        line.cancelled_at = now
        line.refunded = refunds[line.pk]
    BookingLine.objects.bulk_update(lines, ["cancelled_at", "refunded"])
    left = booking.lines.filter(cancelled_at=None).exists()
    if left:
        booking.status = Booking.Status.PARTLY_REFUNDED
    elif booking.total:
        booking.status = Booking.Status.REFUNDED
    else:
        booking.status = Booking.Status.CANCELLED
    booking.reason = reason[:200]
    booking.ended_at = None if left else now
    booking.save(update_fields=["status", "reason", "ended_at"])
    _step(booking, actor=actor, now=now)


def extend_lease(booking: Booking, *, until: dt.datetime) -> None:
    """Wait longer for the money of a payment that settles later. The caller has the row's lock."""
    booking.lease_until = until
    booking.save(update_fields=["lease_until"])


def claim(*, user: User, email: str, now: dt.datetime, actor: Actor) -> int:
    """Give the person the bookings made as a guest with an address that is proved to be theirs (BO13); how many."""
    guest = Booking.objects.filter(user=None, email=email.strip().lower())
    count = 0
    for booking in guest.select_for_update():
        booking.user = user
        booking.save(update_fields=["user"])
        audit.record(
            "booking.claimed", booking, actor=actor, now=now, organizer_id=booking.organizer_id, code=booking.code
        )
        count += 1
    return count


def follow(*, visitor: str, holder: str, user_id: int | None) -> int:
    """Bookings that a visitor has begun go with the person who logs in; how many."""
    waiting = Booking.objects.filter(holder=visitor, status=Booking.Status.AWAITING_PAYMENT)
    if user_id is None:
        return waiting.update(holder=holder)
    return waiting.update(holder=holder, user_id=user_id)


def _count_promo(promo_id: int) -> bool:
    left = Q(most_uses=None) | Q(used__lt=F("most_uses"))
    return bool(PromoCode.objects.filter(left, pk=promo_id).update(used=F("used") + 1))


def _step(booking: Booking, *, actor: Actor, now: dt.datetime) -> None:
    insert(
        BookingChange(booking=booking, at=now, status=booking.status, reason=booking.reason, actor_label=actor.label)
    )
    audit.record(
        f"booking.{booking.status}",
        booking,
        actor=actor,
        now=now,
        organizer_id=booking.organizer_id,
        code=booking.code,
        total=booking.total,
        reason=booking.reason,
    )


def forget_contacts(*, bookings: Collection[int], pseudonym: str) -> int:
    """Take name, address and number out of bookings of somebody whose account was deleted; how many.

    What was sold and paid stays.
    """
    return Booking.objects.filter(pk__in=bookings).update(name="", email=pseudonym, mobile="")


def forget_names(*, bookings: Collection[int], labels: Collection[str]) -> int:
    """Take what somebody was called out of the history of bookings, their own or such as they worked on; how often."""
    with erasing():
        named = BookingChange.objects.filter(booking__in=bookings, actor_label__in=labels)
        return named.exclude(actor_label="").update(actor_label="")
