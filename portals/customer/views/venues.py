"""The houses, and what is on in each."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.catalog.models import Venue
from core.catalog.queries import Wanted, cities_of_venues, days_with_counts, rooms_of, venues_to_visit
from portals.access import open_to_all
from portals.customer.days import SHOWN, day_strip, day_title
from portals.customer.filters import DayFilter, VenueFilter
from portals.customer.programme import whats_on_at
from portals.parts import draw, keep_address

PER_PAGE = 24


@open_to_all
@require_safe
def venues(request: HttpRequest) -> HttpResponse:
    """All venues, by city and words."""
    form = VenueFilter(request.GET, cities=cities_of_venues())
    query = form.query
    found = venues_to_visit(words=query.get("q", ""), city=query.get("city", ""), now=timezone.now())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "query": urlencode(query)}
    response = draw(request, "customer/venues/venues.html", context, parts=["houses"])
    return keep_address(request, response, query=query)


@open_to_all
@require_safe
def venue(request: HttpRequest, slug: str) -> HttpResponse:
    """Where it is, how to get there, its rooms, and its programme by day: the chosen one or the next with something."""
    now = timezone.now()
    found = get_object_or_404(Venue.objects.select_related("organizer"), slug=slug)
    form = DayFilter(request.GET, zone=found.time_zone, now=now)
    counts = days_with_counts(Wanted(venue=slug), first=form.today, days=SHOWN, now=now)
    day = form.day_chosen or min(counts, default=form.today)
    context = {
        "venue": found,
        "form": form,
        "title_of_day": day_title(day, today=form.today),
        "days": day_strip(counts, first=form.today, chosen=day, url_of=lambda day: form.url_with(day=day)),
        "rooms": rooms_of(found),
        "on": whats_on_at(found, day=day, now=now),
    }
    return draw(request, "customer/venues/venue.html", context, parts=["programme"])
