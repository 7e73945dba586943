"""How pages write money and times."""

import datetime as dt

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language

from core.catalog.models import Venue
from core.kernel.money import format_money

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    """1450|money:"EUR" -> 14.50 EUR, as the reader's language writes it."""
    return format_money(amount, currency, get_language() or "en")


@register.filter
def at_venue(instant: dt.datetime, venue: Venue) -> str:
    """The instant on the venue's clock with the weekday: Saturday, 21 November, 20:15."""
    local = venue.local(instant)
    with timezone.override(venue.zone):
        return f"{formats.date_format(local, 'l, j F Y')}, {formats.date_format(local, 'H:i')}"


@register.filter
def iso(instant: dt.datetime) -> str:
    """For machines: 2026-11-21T19:15:00Z."""
    return instant.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
