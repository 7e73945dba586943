"""The days of a programme."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

SHOWN = 14


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day to choose. Without `url` nothing is on."""

    day: dt.date
    name: str
    url: str
    count: int
    current: bool


def today_in(time_zone: str, *, now: dt.datetime) -> dt.date:
    """The date in a time zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def day_name(day: dt.date, *, today: dt.date) -> str:
    """Today, Tomorrow, Sat 28 Nov; with the year where it is another."""
    if day == today:
        return _("Today")
    if day == today + dt.timedelta(days=1):
        return _("Tomorrow")
    if day.year == today.year:
        return dateformat.format(day, pgettext("date, in letters of Django's date filter", "D j M"))
    return dateformat.format(day, pgettext("date with year, in letters of Django's date filter", "D j M Y"))


def day_title(day: dt.date, *, today: dt.date) -> str:
    """Today, Saturday 21 November"""
    whole = dateformat.format(day, pgettext("weekday and date, in letters of Django's date filter", "l j F"))
    if day == today:
        return _("Today, %(day)s") % {"day": whole}
    if day == today + dt.timedelta(days=1):
        return _("Tomorrow, %(day)s") % {"day": whole}
    return whole


def day_strip(
    counts: Mapping[dt.date, int], *, first: dt.date, chosen: dt.date | None, url_of: Callable[[str], str]
) -> list[DayLink]:
    """The coming days; those on which something is on as links to what `url_of` makes of "2026-11-22"."""
    links = []
    for offset in range(SHOWN):
        day = first + dt.timedelta(days=offset)
        name = _("Today") if not offset else dateformat.format(day, "D")
        url = url_of(day.isoformat()) if counts.get(day) else ""
        links.append(DayLink(day, name, url, counts.get(day, 0), day == chosen))
    return links
