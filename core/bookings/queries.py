"""Reading bookings."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from core.bookings.fees import FeeRule
from core.bookings.models import Booking, BookingLine, PromoCode
from core.bookings.pricing import Item, Quote, Reduction, reckon
from core.bookings.refund_terms import RefundTerms
from core.bookings.refusals import PromoRefused, TypeNotSold
from core.catalog.models import Showtime
from core.kernel.compiled import compiled
from core.kernel.violations import Violation
from core.payments.models import Payment
from core.seating.models import Place


def seat_type(place: Place) -> str:
    """The seat type that prices go by; a standing place has none."""
    return place.seat.seat_type if place.seat else ""


def terms(showtime: Showtime) -> RefundTerms:
    """The organizer's terms for giving back."""
    organizer = showtime.event.organizer
    return RefundTerms(until_hours=organizer.cancel_until_hours, keep_fee=organizer.keep_fee)


def default_types(showtime: Showtime, places: Sequence[Place]) -> dict[int, str]:
    """For each place the ticket type that is offered first."""
    prices = showtime.prices
    return {
        place.pk: next(iter(prices.prices(zone_id=place.zone_id, seat_type=seat_type(place))), "") for place in places
    }


def quote(
    showtime: Showtime, places: Sequence[Place], types: Mapping[int, str], *, promo: PromoCode | None = None
) -> Quote:
    """What `places` cost with the ticket type chosen for each. Raises TypeNotSold naming the place."""
    prices = showtime.prices
    items = []
    for place in places:
        chosen = types.get(place.pk, "")
        price = prices.price(zone_id=place.zone_id, seat_type=seat_type(place), ticket_type=chosen)
        if price is None:
            raise TypeNotSold(place.label)
        items.append(Item(place.pk, chosen, price))
    organizer = showtime.event.organizer
    return reckon(
        items,
        currency=organizer.currency,
        fees=FeeRule(organizer.fee_fixed, organizer.fee_basis_points),
        reduction=Reduction(promo.percent, promo.amount) if promo else None,
    )


def promo_by_word(showtime: Showtime, word: str, *, now: dt.datetime) -> PromoCode | None:
    """The promo code that a person typed; None for nothing typed. Raises PromoRefused with the reason."""
    word = word.strip()
    if not word:
        return None
    promo = PromoCode.objects.filter(organizer=showtime.event.organizer, word__iexact=word).first()
    if promo is None:
        raise PromoRefused.unknown()
    if (promo.valid_from and promo.valid_from > now) or (promo.valid_until and promo.valid_until <= now):
        raise PromoRefused.over()
    if promo.most_uses is not None and promo.used >= promo.most_uses:
        raise PromoRefused.used_up()
    return promo


def has_promo_codes(showtime: Showtime, *, now: dt.datetime) -> bool:
    """Is it worth asking for one?"""
    codes = PromoCode.objects.filter(organizer=showtime.event.organizer)
    return codes.filter(Q(valid_until=None) | Q(valid_until__gt=now)).exists()


def booking_by_key(key: str) -> Booking | None:
    """The booking that the unguessable key of a link opens."""
    return next(iter(_by_key(key)), None)


@compiled
def _by_key(key: str) -> QuerySet[Booking]:
    return Booking.objects.filter(access_key=key)


@compiled
def lines_of(booking_id: int) -> QuerySet[BookingLine]:
    """All lines of a booking, also cancelled ones, as they were written."""
    return BookingLine.objects.filter(booking=booking_id).order_by("id")


def open_booking(holder: str, *, showtime: Showtime) -> Booking | None:
    """The booking of this person for this showtime that waits for its payment."""
    waiting = Booking.objects.filter(holder=holder, showtime=showtime, status=Booking.Status.AWAITING_PAYMENT)
    return waiting.order_by("-id").first()


def violations() -> Iterator[Violation]:
    """Bookings whose sums, states or payments contradict each other."""
    summed = Booking.objects.annotate(
        prices=Coalesce(Sum("lines__price"), 0),
        discounts=Coalesce(Sum("lines__discount"), 0),
        fees=Coalesce(Sum("lines__fee"), 0),
        places=Count("lines"),
    )
    total = F("prices") - F("discounts") + F("fees")
    wrong = summed.exclude(subtotal=F("prices"), discount=F("discounts"), fee=F("fees"), total=total, places__gt=0)
    for code in wrong.values_list("code", flat=True):
        yield Violation("a booking is the sum of its lines", f"bookings.booking {code}", "the sums differ")
    paid = Q(payment__status=Payment.Status.SUCCEEDED)
    unpaid = Booking.objects.filter(total__gt=0, confirmed_at__isnull=False).exclude(paid)
    for code in unpaid.values_list("code", flat=True):
        yield Violation("a confirmed booking is paid", f"bookings.booking {code}", "its payment never came")
    differs = Booking.objects.filter(payment__isnull=False).exclude(
        payment__amount=F("total"), payment__currency=F("currency")
    )
    for code in differs.values_list("code", flat=True):
        yield Violation("a payment asks for its booking", f"bookings.booking {code}", "amounts differ")
    living = BookingLine.objects.filter(booking__status__in=Booking.LIVING, cancelled_at=None)
    for line_id in living.filter(place__sold=False).values_list("id", flat=True):
        yield Violation("a living line has its place", f"bookings.bookingline {line_id}", "its place is not sold")
