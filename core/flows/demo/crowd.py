"""Sold houses: bookings that look as if a crowd of guests had made them, and the books to go with them.

They are written in bulk, with everything that a purchase leaves behind: the ended hold, the booking with its lines
and its history, payment, tickets, and the journal entry. `manage.py verify` finds nothing wrong with them.
"""

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from core.accounts.models import User
from core.bookings.actions import seat_label
from core.bookings.fees import FeeRule
from core.bookings.models import Booking, BookingChange, BookingLine, PromoCode
from core.bookings.pricing import Item, Quote, Reduction, reckon
from core.catalog.models import Showtime, TicketType
from core.catalog.pricing import PriceList
from core.flows.demo.demand import dice
from core.flows.demo.seats import Group, Spot, groups
from core.kernel.codes import access_key
from core.ledger.actions import account
from core.ledger.models import Account, JournalEntry, Posting
from core.payments.models import Payment
from core.seating.models import Hold, Place
from core.tickets.models import Ticket

TO_PAY = dt.timedelta(minutes=3)
_KINDS = ((TicketType.ADULT.value, 78), (TicketType.REDUCED.value, 22))
_FAMILY = ((TicketType.CHILD.value, 55), (TicketType.ADULT.value, 40), (TicketType.REDUCED.value, 5))
_CHUNK = 1_500


@dataclass(frozen=True, slots=True)
class Purchase:
    """One booking to be written."""

    showtime: Showtime
    group: Group
    quote: Quote
    at: dt.datetime
    user: User | None = None
    promo: PromoCode | None = None

    @property
    def confirmed_at(self) -> dt.datetime:
        """When the money was there; at once where none was asked for."""
        return self.at + TO_PAY if self.quote.total else self.at


def reckoned(
    showtime: Showtime, group: Group, kinds: Sequence[str], prices: PriceList, promo: PromoCode | None = None
) -> Quote:
    """What a group pays, each as one of `kinds`."""
    seller = showtime.event.organizer
    return reckon(
        [Item(spot.place_id, kind, _price(spot, kind, prices)) for spot, kind in zip(group, kinds, strict=True)],
        currency=seller.currency,
        fees=FeeRule(seller.fee_fixed, seller.fee_basis_points),
        reduction=Reduction(promo.percent, promo.amount) if promo else None,
    )


def free_spots(showtime: Showtime, now: dt.datetime) -> list[Spot]:
    """The places that are free, locked until the transaction ends; those that somebody is just taking are left out."""
    places = (
        Place.objects.free(now)
        .filter(showtime=showtime)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")
        .values_list(
            "id", "zone_id", "number", "zone__label", "seat__seat_type", "seat__row_label", "seat__block",
            "seat__order_in_row", "seat__row_rank", "seat__x", "seat__pair", "seat__seat_number",
        )
    )  # fmt: skip
    middle = showtime.seat_map.width / 2
    return [
        Spot(
            place_id,
            zone_id,
            seat_type or "",
            (zone_id, row or "", block or 0),
            number if seat_type is None else order,
            rank or 0,
            (x or middle) - middle,
            pair or "",
            seat_label(zone=zone, row=row, seat=seat) if seat_type else zone,
        )
        for place_id, zone_id, number, zone, seat_type, row, block, order, rank, x, pair, seat in places
    ]


def visitors(
    showtime: Showtime, prices: PriceList, wanted: int, *, family: bool, first_sale: dt.datetime, now: dt.datetime
) -> list[Purchase]:
    """Guests' purchases that take about `wanted` more places of a showtime, made between `first_sale` and now."""
    if wanted <= 0:
        return []
    chance = dice("crowd", showtime.event.slug, showtime.room_id, showtime.starts_at.isoformat(), wanted)
    last_sale = min(now, showtime.starts_at) - TO_PAY
    purchases = []
    for group in groups(free_spots(showtime, now), wanted, chance):
        kinds = [_kind(spot, prices, chance, family=family) for spot in group]
        at = first_sale + (last_sale - first_sale) * chance.random() ** 0.6
        purchases.append(Purchase(showtime, group, reckoned(showtime, group, kinds, prices), at))
    return purchases


def write(purchases: Sequence[Purchase]) -> int:
    """Write the purchases with all that belongs to them; how many tickets."""
    by_time = sorted(purchases, key=lambda purchase: purchase.at)
    return sum(_write(by_time[n : n + _CHUNK]) for n in range(0, len(by_time), _CHUNK))


def _write(purchases: Sequence[Purchase]) -> int:
    payments = _payments(purchases)
    bookings = _bookings(purchases, payments)
    BookingChange.objects.bulk_create(_changes(purchases, bookings))
    lines = BookingLine.objects.bulk_create(_lines(purchases, bookings))
    Ticket.objects.bulk_create(_tickets(lines, purchases))
    Hold.objects.bulk_create(_holds(purchases, bookings))
    booking = BookingLine.objects.filter(place=OuterRef("pk")).order_by("-id").values("booking_id")[:1]
    Place.objects.filter(id__in=[line.place_id for line in lines]).update(
        sold=True,
        held_until=None,
        holder=Concat(Value("booking:"), Cast(Subquery(booking), CharField()), output_field=CharField()),
    )
    _post(purchases, payments)
    return len(lines)


def _kind(spot: Spot, prices: PriceList, chance: random.Random, *, family: bool) -> str:
    sold = prices.prices(zone_id=spot.zone_id, seat_type=spot.seat_type)
    weighted = [(kind, weight) for kind, weight in (_FAMILY if family else _KINDS) if kind in sold]
    kinds, weights = zip(*weighted, strict=True)
    return str(chance.choices(kinds, weights)[0])


def _price(spot: Spot, kind: str, prices: PriceList) -> int:
    amount = prices.price(zone_id=spot.zone_id, seat_type=spot.seat_type, ticket_type=kind)
    if amount is None:
        raise ValueError(f"{spot.label} is not sold")
    return amount


def _payments(purchases: Sequence[Purchase]) -> list[Payment | None]:
    paid = [purchase for purchase in purchases if purchase.quote.total]
    made = iter(
        Payment.objects.bulk_create(
            Payment(
                organizer_id=purchase.showtime.event.organizer_id,
                amount=purchase.quote.total,
                currency=purchase.quote.currency,
                status=Payment.Status.SUCCEEDED,
                created_at=purchase.at,
                succeeded_at=purchase.confirmed_at,
                ended_at=purchase.confirmed_at,
                intent_id=f"pi_demo_{access_key()}",
            )
            for purchase in paid
        )
    )
    return [next(made) if purchase.quote.total else None for purchase in purchases]


def _bookings(purchases: Sequence[Purchase], payments: Sequence[Payment | None]) -> list[Booking]:
    first = Booking.objects.count() + 1
    return Booking.objects.bulk_create(
        Booking(
            organizer_id=purchase.showtime.event.organizer_id,
            showtime=purchase.showtime,
            user=purchase.user,
            holder=purchase.user.holder if purchase.user else f"anon:demo-{number}",
            name=purchase.user.name if purchase.user else "Guest",
            email=purchase.user.email if purchase.user else f"guest+{number}@foyer.example",
            status=Booking.Status.CONFIRMED,
            currency=purchase.quote.currency,
            subtotal=purchase.quote.subtotal,
            discount=purchase.quote.discount,
            fee=purchase.quote.fee,
            total=purchase.quote.total,
            promo_code=purchase.promo,
            payment=payment,
            created_at=purchase.at,
            lease_until=purchase.at + dt.timedelta(minutes=purchase.showtime.event.organizer.lease_minutes),
            confirmed_at=purchase.confirmed_at,
        )
        for number, (purchase, payment) in enumerate(zip(purchases, payments, strict=True), start=first)
    )


def _changes(purchases: Sequence[Purchase], bookings: Sequence[Booking]) -> list[BookingChange]:
    steps = []
    for purchase, booking in zip(purchases, bookings, strict=True):
        if booking.payment_id:
            steps.append((booking, purchase.at, Booking.Status.AWAITING_PAYMENT))
        steps.append((booking, purchase.confirmed_at, Booking.Status.CONFIRMED))
    return [
        BookingChange(booking_id=booking.pk, at=at, status=status, actor_label=booking.name)
        for booking, at, status in steps
    ]


def _lines(purchases: Sequence[Purchase], bookings: Sequence[Booking]) -> list[BookingLine]:
    return [
        BookingLine(
            booking_id=booking.pk,
            place_id=line.place_id,
            ticket_type=line.ticket_type,
            label=spot.label,
            price=line.price,
            discount=line.discount,
            fee=line.fee,
        )
        for purchase, booking in zip(purchases, bookings, strict=True)
        for spot, line in zip(purchase.group, purchase.quote.lines, strict=True)
    ]


def _tickets(lines: Iterable[BookingLine], purchases: Sequence[Purchase]) -> list[Ticket]:
    origins = [purchase for purchase in purchases for _spot in purchase.group]
    return [
        Ticket(
            booking_id=line.booking_id,
            line_id=line.pk,
            showtime_id=purchase.showtime.pk,
            place_id=line.place_id,
            ticket_type=line.ticket_type,
            label=line.label,
            issued_at=purchase.confirmed_at,
        )
        for line, purchase in zip(lines, origins, strict=True)
    ]


def _holds(purchases: Sequence[Purchase], bookings: Sequence[Booking]) -> list[Hold]:
    return [
        Hold(
            showtime_id=booking.showtime_id,
            place_id=spot.place_id,
            holder=booking.holder,
            user_id=booking.user_id,
            held_at=booking.created_at - TO_PAY,
            expires_at=booking.lease_until,
            leased_at=booking.created_at,
            status=Hold.Status.SOLD,
            ended_at=booking.confirmed_at,
        )
        for purchase, booking in zip(purchases, bookings, strict=True)
        for spot in purchase.group
    ]


def _post(purchases: Sequence[Purchase], payments: Sequence[Payment | None]) -> None:
    """A sale: the clearing account is owed the total, we owe the organizer all of it but the fees."""
    paid = [(purchase, payment) for purchase, payment in zip(purchases, payments, strict=True) if payment]
    entries = JournalEntry.objects.bulk_create(
        JournalEntry(kind=JournalEntry.Kind.SALE, reference=f"payment:{payment.pk}", booked_at=purchase.confirmed_at)
        for purchase, payment in paid
    )
    accounts: dict[tuple[str, str, int | None], int] = {}
    postings = []
    for entry, (purchase, payment) in zip(entries, paid, strict=True):
        fees = purchase.quote.fee
        sides = (
            (Account.Kind.CLEARING, None, payment.amount),
            (Account.Kind.PAYABLE, payment.organizer_id, fees - payment.amount),
            (Account.Kind.FEES, None, -fees),
        )
        for kind, organizer_id, amount in sides:
            key = (kind, payment.currency, organizer_id)
            if key not in accounts:
                accounts[key] = account(kind, currency=payment.currency, organizer_id=organizer_id).pk
            postings.append(Posting(entry_id=entry.pk, account_id=accounts[key], amount=amount))
    Posting.objects.bulk_create(posting for posting in postings if posting.amount)
