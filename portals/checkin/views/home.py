"""What an usher sees first."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.accounts.roles import May
from core.catalog.queries import showtimes_of_organizer
from core.seating.occupancy import occupancy
from portals.access import ushers


@ushers(May.SCAN)
@require_safe
def home(request: Any) -> HttpResponse:
    """The showtimes of today for which the person may scan."""
    now = timezone.now()
    today = now.astimezone(ZoneInfo(request.organizer.time_zone)).date()
    running = showtimes_of_organizer(request.organizer, ends_after=now)[:100]
    showtimes = [one for one in running if one.local_start.date() <= today]
    full = occupancy([one.pk for one in showtimes], now=now)
    rows = [{"showtime": one, "occupancy": full[one.pk]} for one in showtimes if not one.is_cancelled]
    return render(request, "checkin/home/home.html", {"rows": rows, "today": today})
