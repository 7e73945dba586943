"""What administrators do by hand, beside looking at rows."""

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.seating import actions as seating
from portals.access import administrators


@administrators
@require_http_methods(["GET", "POST"])
def lapsed_holds(request: HttpRequest) -> HttpResponse:
    """Run the clean-up of lapsed holds by hand; says how many and how long it took (SE11)."""
    context = {}
    if request.method == "POST":
        now, started = timezone.now(), time.perf_counter()
        context = {"count": seating.lapse(now=now), "seconds": time.perf_counter() - started, "ran_at": now}
    return render(request, "desk/holds/lapsed.html", context)
