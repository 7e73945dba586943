"""An event and when it can be seen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.catalog.queries import public_events, showtimes_of_event
from portals.access import open_to_all
from portals.customer.programme import by_day
from portals.customer.showings import least_of, showings
from portals.customer.structured import event_for_machines
from portals.customer.trailers import embedded

DAYS_IN_SIGHT = 7


@open_to_all
@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """Story, facts, cast, trailer, and every showtime by day and venue with how full it is (DI3)."""
    now = timezone.now()
    found = get_object_or_404(public_events(), slug=slug)
    told = showings(showtimes_of_event(found, now=now), now=now)
    ahead = [showing for showing in told if not showing.is_past]
    days = by_day(ahead, now=now)
    context = {
        "event": found,
        "days": days[:DAYS_IN_SIGHT],
        "later_days": days[DAYS_IN_SIGHT:],
        "last": told[0] if told and not ahead else None,
        "can_be_picked": any(showing.can_be_picked for showing in ahead),
        "opens": next((showing for showing in ahead if showing.url and showing.opens_later), None),
        "price": least_of(ahead, found),
        "trailer": embedded(found.trailer_url),
        "structured": event_for_machines(found, ahead),
    }
    return render(request, "customer/events/event.html", context)
