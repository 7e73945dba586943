"""What an organizer sees first."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.catalog.queries import showtimes_of_organizer
from core.seating.occupancy import occupancy
from portals.access import organizers

SHOWN = 40


@organizers()
@require_safe
def home(request: Any) -> HttpResponse:
    """The showtimes to come, and how full they are."""
    now = timezone.now()
    showtimes = list(showtimes_of_organizer(request.organizer, ends_after=now)[:SHOWN])
    full = occupancy([one.pk for one in showtimes], now=now)
    rows = [{"showtime": one, "occupancy": full[one.pk], "running": one.starts_at <= now} for one in showtimes]
    return render(request, "organizer/home/home.html", {"rows": rows, "more": len(rows) == SHOWN})
