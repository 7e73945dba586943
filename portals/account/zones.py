"""Time zones as people choose them, and the one in which a person reads what has no venue."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

Handler = Callable[[HttpRequest], HttpResponse]
Choice = tuple[str, str]
COOKIE = "time_zone"
REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def time_zones(get_response: Handler) -> Handler:
    """Middleware: times without a place are told on the person's own clock. A cookie says it, so no row is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get(COOKIE, "")
        if name not in known_zones():
            return get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return get_response(request)

    return middleware


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """The names of all zones that belong to a place: Europe/Vienna."""
    return frozenset(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in REGIONS)


def zone_choices(now: dt.datetime) -> list[Choice | tuple[str, list[Choice]]]:
    """For a select: by region, each with how far it is from UTC today."""
    return [("", _("Not chosen: UTC")), *((region, list(zones)) for region, zones in _by_region(now.date()))]


@lru_cache(maxsize=2)
def _by_region(day: dt.date) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    names = sorted(known_zones())
    return tuple(
        (region, tuple((name, _label(name, noon)) for name in names if name.startswith(f"{region}/")))
        for region in REGIONS
    )


def _label(name: str, at: dt.datetime) -> str:
    offset = at.astimezone(zoneinfo.ZoneInfo(name)).strftime("%z")
    place = name.partition("/")[2].replace("_", " ").replace("/", ", ")
    return f"{place} (UTC{offset[:3].replace('-', '−')}:{offset[3:5]})"
