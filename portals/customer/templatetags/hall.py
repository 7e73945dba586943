"""What the showtime page's script is told, and how its times are written."""

import datetime as dt
from collections.abc import Mapping

from django import template

from core.catalog.models import Venue
from core.kernel import dates
from core.seating.live import iso

register = template.Library()


@register.filter
def milliseconds(instant: dt.datetime) -> int:
    """The instant as scripts count it."""
    return int(instant.timestamp() * 1000)


@register.filter
def exact(instant: dt.datetime) -> str:
    """For machines, to the millisecond: 2026-11-21T19:15:00.250Z."""
    return iso(instant)


@register.filter
def clock_at(instant: dt.datetime, venue: Venue) -> str:
    """19:45 on the venue's clock."""
    return dates.clock(venue.local(instant))


@register.filter
def get(counts: Mapping[int, int], key: int) -> int:
    """What a mapping has under that key, 0 for nothing."""
    return counts.get(key, 0)
