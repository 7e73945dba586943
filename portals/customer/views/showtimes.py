"""The showtime page: the hall as it is now, and what one has of it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.catalog.models import SeatMap, Showtime
from core.kernel import watchers as counting
from portals.access import administrators, open_to_all
from portals.customer.hall.styles import style_sheet
from portals.customer.showtime_page import draw, find_showtime, hall_part, state_answer

FOR_EVER = "public, max-age=31536000, immutable"


@open_to_all
@require_GET
def showtime(request: HttpRequest, id: int) -> HttpResponse:
    """The page. `?part=hall` is the plan alone, which the page fetches for halls too large to be sent at once."""
    found = find_showtime(id)
    if request.GET.get("part") == "hall":
        return HttpResponse(hall_part(request, found, now=timezone.now()))
    return draw(request, found, now=timezone.now())


@open_to_all
@require_GET
def places(request: HttpRequest, id: int) -> HttpResponse:
    """What is taken just now, for a page that has missed something (SE5)."""
    return JsonResponse(state_answer(request, find_showtime(id), now=timezone.now()))


@open_to_all
@require_GET
def map_styles(request: HttpRequest, seat_map_id: int) -> HttpResponse:
    """Where the seats are: a version of a seat map never changes, so this is fetched once."""
    public = Showtime.objects.public().filter(seat_map_id=seat_map_id)
    get_object_or_404(SeatMap.objects.filter(pk__in=public.values("seat_map_id")))
    response = HttpResponse(style_sheet(seat_map_id), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER
    return response


@administrators
@require_GET
def watchers(request: HttpRequest) -> HttpResponse:
    """Who watches what: connections, showtimes watched, watchers of each (SE8)."""
    counts = counting.watchers()
    return JsonResponse(
        {
            "total_connections": counts.total(),
            "active_screenings": sorted(counts),
            "screening_details": {str(showtime_id): counts[showtime_id] for showtime_id in sorted(counts)},
        }
    )
