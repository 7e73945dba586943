"""How pages write money and times."""

import datetime as dt
from collections.abc import Iterable

from django import template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.bookings.models import BookingLine
from core.catalog.models import Venue
from core.kernel.dates import clock, day_and_time, long_day, weekday_and_date
from core.kernel.money import format_money

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    """1450|money:"EUR" -> 14.50 EUR, as the reader's language writes it."""
    return format_money(amount, currency, get_language() or "en")


@register.filter
def at_venue(instant: dt.datetime, venue: Venue) -> str:
    """The instant on the venue's clock: Saturday 21 November, 20:15; with the year where it is another."""
    local, today = venue.local(instant), venue.local(timezone.now()).date()
    day = weekday_and_date(local) if local.year == today.year else long_day(local)
    return f"{day}, {clock(local)}"


@register.filter
def until_at(instant: dt.datetime, venue: Venue) -> str:
    """An end that is near, as people say it: 20:15, tomorrow 20:15, Tue 24 Nov 20:15."""
    local, today = venue.local(instant), venue.local(timezone.now()).date()
    if local.date() == today:
        return clock(local)
    if local.date() == today + dt.timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": clock(local)}
    return day_and_time(local)


@register.filter
def countdown(end: dt.datetime, now: dt.datetime) -> str:
    """How long it is from `now` to the end, as the countdown writes it: 4:59."""
    seconds = max(0, int((end - now).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


@register.filter
def iso(instant: dt.datetime) -> str:
    """For machines: 2026-11-21T19:15:00Z."""
    return instant.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@register.filter
def sent_back(lines: Iterable[BookingLine]) -> int:
    """How much of what a booking cost has gone back, in all."""
    return sum(line.refunded for line in lines)
