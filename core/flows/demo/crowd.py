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
from core.bookings.models import Booking, BookingChange, BookingLine, PromoCode
from core.catalog.models import Showtime, TicketType
from core.catalog.pricing import PriceList
from core.flows.demo.demand import dice
from core.flows.demo.seats import Group, Spot, groups
from core.kernel.money import share
from core.ledger.actions import account
from core.ledger.models import Account, JournalEntry, Posting
from core.payments.models import Payment
from core.seating.models import Hold, Place
from core.tickets.models import Ticket

TO_PAY = dt.timedelta(minutes=3)
_KINDS = ((TicketType.ADULT.value, 78), (TicketType.REDUCED.value, 22))
_FAMILY = ((TicketType.CHILD.value, 55), (TicketType.ADULT.value, 40), (TicketType.REDUCED.value, 5))
_CHUNK = 1_500


@dataclass(slots=True)
class Purchase:
    """One booking to be written."""

    showtime: Showtime
    group: Group
    kinds: list[str]
    prices: list[int]
    at: dt.datetime
    user: User | None = None
    promo: PromoCode | None = None

    @property
    def discounts(self) -> list[int]:
        """What the promo code takes off each place."""
        return [share(price, self.promo.percent * 100) if self.promo else 0 for price in self.prices]

    @property
    def fees(self) -> list[int]:
        """The fee of each place that costs anything."""
        seller = self.showtime.event.organizer
        paid = [price - off for price, off in zip(self.prices, self.discounts, strict=True)]
        return [seller.fee_fixed + share(amount, seller.fee_basis_points) if amount else 0 for amount in paid]

    @property
    def total(self) -> int:
        """What was paid."""
        return sum(self.prices) - sum(self.discounts) + sum(self.fees)


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
            f"{row}{seat}" if seat_type else zone,
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
        amounts = [_price(spot, kind, prices) for spot, kind in zip(group, kinds, strict=True)]
        at = first_sale + (last_sale - first_sale) * chance.random() ** 0.6
        purchases.append(Purchase(showtime, group, kinds, amounts, at))
    return purchases


def write(purchases: Sequence[Purchase]) -> int:
    """Write the purchases with all that belongs to them; how many tickets."""
    by_time = sorted(purchases, key=lambda purchase: purchase.at)
    return sum(_write(by_time[n : n + _CHUNK]) for n in range(0, len(by_time), _CHUNK))


def _write(purchases: Sequence[Purchase]) -> int:
    payments = _payments(purchases)
    bookings = _bookings(purchases, payments)
    BookingChange.objects.bulk_create(_changes(bookings))
    lines = BookingLine.objects.bulk_create(_lines(purchases, bookings))
    Ticket.objects.bulk_create(_tickets(lines))
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
    paid = [purchase for purchase in purchases if purchase.total]
    made = iter(
        Payment.objects.bulk_create(
            Payment(
                organizer_id=purchase.showtime.event.organizer_id,
                amount=purchase.total,
                currency=purchase.showtime.event.organizer.currency,
                status=Payment.Status.SUCCEEDED,
                created_at=purchase.at,
                succeeded_at=purchase.at + TO_PAY,
                ended_at=purchase.at + TO_PAY,
            )
            for purchase in paid
        )
    )
    return [next(made) if purchase.total else None for purchase in purchases]


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
            currency=purchase.showtime.event.organizer.currency,
            subtotal=sum(purchase.prices),
            discount=sum(purchase.discounts),
            fee=sum(purchase.fees),
            total=purchase.total,
            promo_code=purchase.promo,
            payment=payment,
            created_at=purchase.at,
            lease_until=purchase.at + dt.timedelta(minutes=purchase.showtime.event.organizer.lease_minutes),
            confirmed_at=purchase.at + TO_PAY if payment else purchase.at,
        )
        for number, (purchase, payment) in enumerate(zip(purchases, payments, strict=True), start=first)
    )


def _changes(bookings: Iterable[Booking]) -> list[BookingChange]:
    changes = []
    for booking in bookings:
        who = str(booking.user or booking.name)
        if booking.payment_id:
            status = Booking.Status.AWAITING_PAYMENT
            changes.append(BookingChange(booking=booking, at=booking.created_at, status=status, actor_label=who))
        confirmed = Booking.Status.CONFIRMED
        changes.append(BookingChange(booking=booking, at=booking.confirmed_at, status=confirmed, actor_label=who))
    return changes


def _lines(purchases: Sequence[Purchase], bookings: Sequence[Booking]) -> list[BookingLine]:
    return [
        BookingLine(
            booking=booking,
            place_id=spot.place_id,
            ticket_type=kind,
            label=spot.label,
            price=price,
            discount=discount,
            fee=fee,
        )
        for purchase, booking in zip(purchases, bookings, strict=True)
        for spot, kind, price, discount, fee in zip(
            purchase.group, purchase.kinds, purchase.prices, purchase.discounts, purchase.fees, strict=True
        )
    ]


def _tickets(lines: Iterable[BookingLine]) -> list[Ticket]:
    return [
        Ticket(
            booking_id=line.booking_id,
            line=line,
            showtime_id=line.booking.showtime_id,
            place_id=line.place_id,
            ticket_type=line.ticket_type,
            label=line.label,
            issued_at=line.booking.confirmed_at,
        )
        for line in lines
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
        JournalEntry(kind=JournalEntry.Kind.SALE, reference=f"payment:{payment.pk}", booked_at=payment.succeeded_at)
        for _purchase, payment in paid
    )
    accounts: dict[tuple[str, str, int | None], Account] = {}
    postings = []
    for entry, (purchase, payment) in zip(entries, paid, strict=True):
        fees = sum(purchase.fees)
        sides = (
            (Account.Kind.CLEARING, None, payment.amount),
            (Account.Kind.PAYABLE, payment.organizer_id, fees - payment.amount),
            (Account.Kind.FEES, None, -fees),
        )
        for kind, organizer_id, amount in sides:
            key = (kind, payment.currency, organizer_id)
            if key not in accounts:
                accounts[key] = account(kind, currency=payment.currency, organizer_id=organizer_id)
            postings.append(Posting(entry=entry, account=accounts[key], amount=amount))
    Posting.objects.bulk_create(posting for posting in postings if posting.amount)
