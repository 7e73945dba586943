"""Time zones as people choose them, and the one in which a person reads what has no venue."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Handler = Callable[[HttpRequest], HttpResponse]
Choice = tuple[str, str]
COOKIE = "time_zone"
REGIONS = {
    "Africa": gettext_lazy("Africa"),
    "America": gettext_lazy("America"),
    "Antarctica": gettext_lazy("Antarctica"),
    "Asia": gettext_lazy("Asia"),
    "Atlantic": gettext_lazy("Atlantic"),
    "Australia": gettext_lazy("Australia"),
    "Europe": gettext_lazy("Europe"),
    "Indian": gettext_lazy("Indian Ocean"),
    "Pacific": gettext_lazy("Pacific"),
}


def time_zones(get_response: Handler) -> Handler:
    """Middleware: times without a place are told on the person's own clock. A cookie says it, so no row is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get(COOKIE, "")
        if name not in known_zones():
            name = settings.TIME_ZONE_OF_PEOPLE
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return get_response(request)

    return middleware


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """The names of all zones that belong to a place: Europe/Vienna."""
    return frozenset(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in REGIONS)


def zone_choices(now: dt.datetime) -> list[Choice | tuple[str, list[Choice]]]:
    """For a select: by region, each place with how far it is from UTC today."""
    pattern = _("%(place)s (UTC%(offset)s)")
    regions = {
        region: [(name, pattern % {"place": place, "offset": offset}) for name, place, offset in places]
        for region, places in _by_region(now.date()).items()
    }
    none = _("Not chosen: %(zone)s") % {"zone": settings.TIME_ZONE_OF_PEOPLE}
    return [("", none), *((str(REGIONS[region]), choices) for region, choices in regions.items())]


@lru_cache(maxsize=2)
def _by_region(day: dt.date) -> dict[str, list[tuple[str, str, str]]]:
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    found: dict[str, list[tuple[str, str, str]]] = {region: [] for region in REGIONS}
    for name in sorted(known_zones()):
        region, _slash, place = name.partition("/")
        offset = noon.astimezone(zoneinfo.ZoneInfo(name)).strftime("%z").replace("-", "−")
        found[region].append((name, place.replace("_", " ").replace("/", ", "), f"{offset[:3]}:{offset[3:5]}"))
    return found
