"""What is on, put together for the pages that tell it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from core.catalog.models import Event, Venue
from core.catalog.queries import Wanted, announced, events_on, featured, least_prices, next_showtimes, showtimes_on
from portals.customer.days import day_title
from portals.customer.showings import Showing, price_from, showings

PER_PAGE = 24
FEATURED = 4
ON_A_CARD = 3
ON_A_ROW = 16


@dataclass(frozen=True, slots=True)
class VenueDay:
    """What is on in one venue on one day."""

    venue: Venue
    showings: list[Showing]


@dataclass(frozen=True, slots=True)
class Card:
    """An event on a programme, with its next showings (all of the day, where a day is chosen)."""

    event: Event
    showings: list[Showing]
    price: str

    @property
    def url(self) -> str:
        return reverse("customer:event", args=[self.event.slug])

    @property
    def next(self) -> Showing | None:
        """The first that can be had, else the first."""
        return next((showing for showing in self.showings if showing.can_be_had), next(iter(self.showings), None))

    @property
    def houses(self) -> list[VenueDay]:
        """The showings venue by venue."""
        return _by_venue(self.showings)

    @property
    def meta(self) -> str:
        """Today 20:15 · Palace"""
        return f"{self.next.when} · {self.next.venue}" if self.next else _("Dates to be announced")

    @property
    def flag(self) -> str:
        """What one should know before choosing it; "" where nothing is the matter."""
        if not self.showings or self.next is None:
            return ""
        if len(self.showings) < ON_A_CARD and all(showing.is_sold_out for showing in self.showings):
            return _("Sold out")
        if self.next.opens_later or (len(self.showings) == 1 and self.next.has_few):
            return self.next.state
        return ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of an event, venue by venue."""

    day: dt.date
    title: str
    venues: list[VenueDay]


@dataclass(frozen=True, slots=True)
class WhatsOn:
    """A page of the programme."""

    page: Page[Event]
    cards: list[Card]
    featured: list[Card]
    soon: list[Card]


def cards(events: Sequence[Event], wanted: Wanted, *, now: dt.datetime) -> list[Card]:
    """Events with their showings and lowest price, in four queries for all of them."""
    per_event = ON_A_ROW if wanted.day else ON_A_CARD
    grouped = next_showtimes(list(events), wanted, now=now, per_event=per_event)
    told = {showing.showtime.pk: showing for showing in showings(chain.from_iterable(grouped.values()), now=now)}
    fitting = showtimes_on(wanted, now=now).filter(event__in=list(events)).order_by()
    prices = least_prices(fitting, by="showtime__event_id")
    return [
        Card(event, [told[showtime.pk] for showtime in grouped[event.pk]], price_from(prices.get(event.pk), event))
        for event in events
    ]


def whats_on(wanted: Wanted, *, page_number: str | None, now: dt.datetime) -> WhatsOn:
    """A page of what fits; before anything is asked for also what the house puts forward and what comes later."""
    page = Paginator(events_on(wanted, now=now), PER_PAGE).get_page(page_number)
    opening = not wanted and page.number == 1
    ahead = list(featured(now=now, limit=FEATURED)) if opening else []
    soon = list(announced(now=now)) if opening else []
    everything = {event.pk: event for event in [*page.object_list, *ahead, *soon]}
    drawn = {card.event.pk: card for card in cards(list(everything.values()), wanted, now=now)}
    return WhatsOn(
        page=page,
        cards=[drawn[event.pk] for event in page.object_list],
        featured=[drawn[event.pk] for event in ahead],
        soon=[drawn[event.pk] for event in soon],
    )


def by_day(told: Iterable[Showing], *, now: dt.datetime) -> list[Day]:
    """Showings day by day and venue by venue, each day on the venue's own clock."""
    days: dict[dt.date, list[Showing]] = {}
    for showing in told:
        days.setdefault(showing.local.date(), []).append(showing)
    return [
        Day(day, day_title(day, today=on_it[0].venue.local(now).date()), _by_venue(on_it))
        for day, on_it in sorted(days.items())
    ]


def _by_venue(told: Iterable[Showing]) -> list[VenueDay]:
    houses: dict[int, VenueDay] = {}
    for showing in told:
        houses.setdefault(showing.venue.pk, VenueDay(showing.venue, [])).showings.append(showing)
    return list(houses.values())


@dataclass(frozen=True, slots=True)
class OnAtVenue:
    """One day of a venue, and what comes up there."""

    cards: list[Card]
    ahead: list[Card]


def whats_on_at(venue: Venue, *, day: dt.date, now: dt.datetime) -> OnAtVenue:
    """What a venue shows on a day, in the order of the clock, and all its events ahead, the next one first."""
    of_day, of_venue = Wanted(day=day, venue=venue.slug), Wanted(venue=venue.slug)
    return OnAtVenue(
        cards=cards(list(events_on(of_day, now=now)[:PER_PAGE]), of_day, now=now),
        ahead=cards(list(events_on(of_venue, now=now)[:PER_PAGE]), of_venue, now=now),
    )
