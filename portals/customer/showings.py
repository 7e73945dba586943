"""Showtimes as a programme tells them: when on the venue's clock, in which language, how full, from what price."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.catalog.models import Event, Showtime, Venue
from core.catalog.queries import least_prices
from core.kernel import dates
from core.kernel.money import format_money
from core.seating.occupancy import Fullness, Occupancy, occupancy
from portals.customer.days import day_name

COUNTED_UP_TO = 20


@dataclass(frozen=True, slots=True)
class Showing:
    """One showtime with what there is to say about it at an instant."""

    showtime: Showtime
    occupancy: Occupancy
    least: int | None
    now: dt.datetime

    @property
    def local(self) -> dt.datetime:
        """When it starts on the venue's clock; naive, so that a template shows it as it is."""
        return self.showtime.local_start.replace(tzinfo=None)

    @property
    def venue(self) -> Venue:
        return self.showtime.room.venue

    @property
    def clock(self) -> str:
        return dates.clock(self.showtime.local_start)

    @property
    def iso(self) -> str:
        return self.showtime.local_start.isoformat(timespec="minutes")

    @property
    def when(self) -> str:
        """Today 20:15"""
        return f"{day_name(self.local.date(), today=self.venue.local(self.now).date())} {self.clock}"

    @property
    def is_cancelled(self) -> bool:
        return self.showtime.status == Showtime.Status.CANCELLED or self.showtime.event.status == Event.Status.CANCELLED

    @property
    def is_past(self) -> bool:
        return self.showtime.starts_at <= self.now

    @property
    def opens_later(self) -> bool:
        """Is its sale still to open?"""
        return self.showtime.sale_opens_at is not None and self.showtime.sale_opens_at > self.now

    @property
    def is_sold_out(self) -> bool:
        return self.occupancy.fullness == Fullness.SOLD_OUT

    @property
    def can_be_had(self) -> bool:
        """Could somebody buy a ticket now?"""
        return bool(self.occupancy.free) and self.is_open and not self.opens_later

    @property
    def is_open(self) -> bool:
        """Neither cancelled nor past, and its sale has not ended."""
        return not (self.is_cancelled or self.is_past) and self.showtime.closes_at > self.now

    @property
    def url(self) -> str:
        """Its page with the seats; "" where there is nothing to pick and never will be."""
        if not self.is_open or self.is_sold_out:
            return ""
        return reverse("customer:showtime", args=[self.showtime.pk])

    @property
    def can_be_picked(self) -> bool:
        """Is there a seat to pick now, or at least one that may come back?"""
        return bool(self.url) and not self.opens_later

    @property
    def has_few(self) -> bool:
        return self.can_be_had and self.occupancy.fullness == Fullness.FEW

    @property
    def percent(self) -> int | None:
        """How full; None where nobody should care."""
        known = self.is_open and not self.opens_later and self.occupancy.total
        return self.occupancy.percent if known else None

    @property
    def price(self) -> str:
        """from 9.50 EUR"""
        return price_from(self.least, self.showtime.event)

    @property
    def state(self) -> str:
        """What is the matter with it, in a few words."""
        if self.is_cancelled:
            return _("Cancelled")
        if self.is_past:
            return _("Over") if self.showtime.ends_at <= self.now else _("Has begun")
        if not self.is_open:
            return _("Sold at the door only")
        if self.opens_later and self.showtime.sale_opens_at:
            opens = dates.day_and_time(self.venue.local(self.showtime.sale_opens_at))
            return _("On sale from %(when)s") % {"when": opens}
        return self._fullness_in_words()

    @property
    def spoken(self) -> str:
        """Original with subtitles, or dubbed, as far as it is known: "English, German subtitles"."""
        language, subtitles = self.showtime.language, self.showtime.subtitles
        if language and subtitles:
            return _("%(language)s, %(subtitles)s subtitles") % {"language": language, "subtitles": subtitles}
        return language or (_("%(subtitles)s subtitles") % {"subtitles": subtitles} if subtitles else "")

    def _fullness_in_words(self) -> str:
        free = self.occupancy.free
        if self.occupancy.fullness == Fullness.FEW and free <= COUNTED_UP_TO:
            return ngettext("%(free)d place left", "%(free)d places left", free) % {"free": free}
        return {
            Fullness.UNKNOWN: _("Not on sale yet"),
            Fullness.PLENTY: _("Plenty left"),
            Fullness.FILLING: _("Filling up"),
            Fullness.FEW: _("Few left"),
            Fullness.TAKEN: _("All held just now"),
            Fullness.SOLD_OUT: _("Sold out"),
        }[self.occupancy.fullness]


def price_from(least: int | None, event: Event) -> str:
    """from 9.50 EUR; Free; "" where there is no price."""
    if least is None:
        return ""
    if not least:
        return _("Free")
    return _("from %(amount)s") % {"amount": format_money(least, event.organizer.currency, get_language() or "en")}


def showings(showtimes: Iterable[Showtime], *, now: dt.datetime) -> list[Showing]:
    """Showtimes with prices and how full they are, in two queries for all of them."""
    found = list(showtimes)
    ids = [showtime.pk for showtime in found]
    prices = least_prices(Showtime.objects.filter(pk__in=ids))
    full = occupancy(ids, now=now)
    return [Showing(showtime, full[showtime.pk], prices.get(showtime.pk), now) for showtime in found]


def least_of(told: Iterable[Showing], event: Event) -> str:
    """from 9.50 EUR, over all of them that can or will be bought; Free only if all that has a price is free."""
    prices = [showing.least for showing in told if showing.least is not None and showing.url]
    return price_from(min((price for price in prices if price), default=min(prices, default=None)), event)
