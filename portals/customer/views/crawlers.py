"""What search engines may read, and where it is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from core.catalog.models import Venue
from core.catalog.queries import public_events
from portals.access import open_to_all

MOST = 20_000
AN_HOUR = 60 * 60
PRIVATE = ["customer:tickets", "customer:bookings", "account_login", "account_signup"]


@open_to_all
@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    """What is on may be read by everybody; what belongs to somebody may not."""
    context = {
        "private": [reverse(name) for name in PRIVATE],
        "sitemap": settings.SITE_URL + reverse("customer:sitemap"),
    }
    return render(request, "customer/site/robots.txt", context, content_type="text/plain; charset=utf-8")


@open_to_all
@require_safe
@conditional_page
@cache_control(public=True, max_age=AN_HOUR)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages of the catalogue."""
    paths = [reverse("customer:home"), reverse("customer:venues")]
    paths += [
        reverse("customer:venue", args=[slug]) for slug in Venue.objects.order_by("slug").values_list("slug", flat=True)
    ]
    events = public_events().order_by("slug").values_list("slug", flat=True)[:MOST]
    paths += [reverse("customer:event", args=[slug]) for slug in events]
    context = {"addresses": [settings.SITE_URL + path for path in paths]}
    return render(request, "customer/site/sitemap.xml", context, content_type="application/xml")
