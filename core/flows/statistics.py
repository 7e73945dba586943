"""What the house did, in figures: for the administrators' start page (AD1)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from core.accounts.models import Organizer, User
from core.audit.models import Record
from core.bookings.models import Booking
from core.catalog.models import Event, Showtime, Venue
from core.ledger.models import Account, JournalEntry, Posting
from core.notifications.models import Delivery
from core.outbox.models import Message
from core.payments.models import MoneyIncident
from core.tickets.models import Ticket

# What is earned, and what moves it; payouts, and money that belongs to no booking, do not.
EARNED = (Account.Kind.PAYABLE, Account.Kind.FEES)
MOVES_REVENUE = (
    JournalEntry.Kind.SALE,
    JournalEntry.Kind.REFUND,
    JournalEntry.Kind.DISPUTE,
    JournalEntry.Kind.DISPUTE_WON,
)
MOST_POPULAR = 10


class Span(StrEnum):
    """A period up to and including today, and what its bars stand for."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"
    YEAR = "365"

    @property
    def bar_days(self) -> int:
        """How many days one bar stands for; 0 where it is a calendar month."""
        return {Span.WEEK: 1, Span.MONTH: 1, Span.QUARTER: 7, Span.YEAR: 0}[self]

    def bars(self, today: dt.date) -> list[dt.date]:
        """The first day of each bar, oldest first; the last one holds today."""
        if not self.bar_days:
            months = (today.year * 12 + today.month - 1 - back for back in reversed(range(12)))
            return [dt.date(month // 12, month % 12 + 1, 1) for month in months]
        count = {Span.WEEK: 7, Span.MONTH: 30, Span.QUARTER: 13}[self]
        first = today - dt.timedelta(days=count * self.bar_days - 1)
        return [first + dt.timedelta(days=self.bar_days * number) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What there is at this moment."""

    events: int
    showtimes: int
    venues: int
    organizers: int
    users: int


@dataclass(frozen=True, slots=True)
class Attention:
    """What somebody has to look at."""

    incidents: int
    deliveries: int
    messages: int
    lockouts: int


@dataclass(frozen=True, slots=True)
class Popular:
    """An event with the tickets that were sold for it."""

    event_id: int
    title: str
    is_movie: bool
    tickets: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what was sold on it, and what took place."""

    bookings: int
    tickets: int
    revenue: dict[str, int]
    new_users: int
    showtimes: int
    guests: int


@dataclass(frozen=True, slots=True)
class Sales:
    """A period: each list has one figure for each bar. Revenue is what was sold less what went back."""

    bars: list[dt.date]
    bookings: list[int]
    tickets: list[int]
    revenue: dict[str, list[int]]
    new_users: int
    popular: list[Popular]


def inventory(*, now: dt.datetime) -> Inventory:
    """Published events, showtimes still to come, venues, organizers, people with a login. Five queries."""
    return Inventory(
        events=Event.objects.published().count(),
        showtimes=Showtime.objects.upcoming(now).count(),
        venues=Venue.objects.count(),
        organizers=Organizer.objects.count(),
        users=User.objects.filter(is_active=True).count(),
    )


def attention(*, now: dt.datetime) -> Attention:
    """Open money incidents; what reached nobody this week; work that fails; lock-outs since yesterday. Four queries."""
    week, yesterday = now - dt.timedelta(days=7), now - dt.timedelta(days=1)
    return Attention(
        incidents=MoneyIncident.objects.filter(resolved_at=None).count(),
        deliveries=Delivery.objects.filter(status=Delivery.Status.DROPPED, created_at__gte=week).count(),
        messages=Message.objects.filter(done_at=None).exclude(last_error="").count(),
        lockouts=Record.objects.filter(action="account.locked_out", at__gte=yesterday).count(),
    )


def sales(span: Span, *, now: dt.datetime, zone: dt.tzinfo) -> Sales:
    """What was sold in the period, by the calendar of `zone`. Five queries, whatever the period."""
    today = now.astimezone(zone).date()
    bars = span.bars(today)
    begin = _begins(bars[0], zone)
    tickets = Ticket.objects.valid().filter(issued_at__gte=begin, issued_at__lte=now)
    return Sales(
        bars=bars,
        bookings=_by_bar(bars, _counted(_booked(begin, now), "confirmed_at", zone)),
        tickets=_by_bar(bars, _counted(tickets, "issued_at", zone)),
        revenue=_revenue_by_bar(bars, begin, now, zone),
        new_users=User.objects.filter(joined_at__gte=begin, joined_at__lte=now).count(),
        popular=_popular(tickets),
    )


def day(*, now: dt.datetime, zone: dt.tzinfo) -> Day:
    """Today so far, by the calendar of `zone`. Six queries."""
    begin = _begins(now.astimezone(zone).date(), zone)
    end = _begins(now.astimezone(zone).date() + dt.timedelta(days=1), zone)
    showtimes = Showtime.objects.public().filter(starts_at__gte=begin, starts_at__lt=end)
    showtimes = showtimes.filter(status=Showtime.Status.ON_SALE)
    earned = _earned(begin, now).values_list("account__currency").annotate(sum=-Sum("amount"))
    return Day(
        bookings=_booked(begin, now).count(),
        tickets=Ticket.objects.valid().filter(issued_at__gte=begin, issued_at__lte=now).count(),
        revenue=dict(earned.order_by("account__currency")),
        new_users=User.objects.filter(joined_at__gte=begin, joined_at__lte=now).count(),
        showtimes=showtimes.count(),
        guests=Ticket.objects.valid().filter(showtime__in=showtimes).count(),
    )


def _begins(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    # In UTC: two instants in one zone are compared by their clocks, and an hour comes twice in autumn.
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _booked(begin: dt.datetime, end: dt.datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(confirmed_at__gte=begin, confirmed_at__lte=end)


def _earned(begin: dt.datetime, end: dt.datetime) -> QuerySet[Posting]:
    entries = Q(entry__booked_at__gte=begin, entry__booked_at__lte=end, entry__kind__in=MOVES_REVENUE)
    return Posting.objects.filter(entries, account__kind__in=EARNED)


def _counted(rows: QuerySet[Any], field: str, zone: dt.tzinfo) -> Iterator[tuple[dt.date, int]]:
    by_day = rows.order_by().annotate(day=TruncDate(field, tzinfo=zone)).values_list("day")
    yield from by_day.annotate(count=Count("pk"))


def _revenue_by_bar(bars: list[dt.date], begin: dt.datetime, end: dt.datetime, zone: dt.tzinfo) -> dict[str, list[int]]:
    by_day = _earned(begin, end).annotate(day=TruncDate("entry__booked_at", tzinfo=zone))
    sums = by_day.values_list("account__currency", "day").annotate(sum=-Sum("amount"))
    found: dict[str, list[tuple[dt.date, int]]] = {}
    for currency, on, amount in sums.order_by("account__currency", "day"):
        found.setdefault(currency, []).append((on, amount))
    return {currency: _by_bar(bars, iter(amounts)) for currency, amounts in found.items()}


def _by_bar(bars: list[dt.date], figures: Iterator[tuple[dt.date, int]]) -> list[int]:
    sums = [0] * len(bars)
    for on, figure in figures:
        sums[sum(first <= on for first in bars) - 1] += figure
    return sums


def _popular(tickets: QuerySet[Ticket]) -> list[Popular]:
    by_event = tickets.order_by().values_list(
        "showtime__event_id", "showtime__event__title", "showtime__event__film__pk"
    )
    top = by_event.annotate(count=Count("pk")).order_by("-count", "showtime__event_id")[:MOST_POPULAR]
    return [Popular(event_id, title, film is not None, count) for event_id, title, film, count in top]
