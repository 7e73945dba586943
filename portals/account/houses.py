"""For which house somebody works just now who works for several."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from core.accounts.models import Membership
from core.accounts.roles import Door
from portals.access import View, staff_without_house
from portals.doors import entrance_of
from portals.leading import next_address
from portals.membership import choose


def house_pattern(door: Door) -> URLPattern:
    """The address of the choice behind a door."""
    return path("houses/", staff_without_house(door)(_houses_behind(door)), name="houses")


def _houses_behind(door: Door) -> View:
    @require_http_methods(["GET", "POST"])
    def houses(request: Any) -> HttpResponse:
        """Choose, or switch with one click from the header."""
        if request.method == "POST":
            mine = Membership.objects.filter(pk__in=[one.pk for one in request.memberships])
            wanted = request.POST.get("house", "")
            choose(request, door, get_object_or_404(mine, pk=wanted if wanted.isdecimal() and len(wanted) < 19 else 0))
            return HttpResponseRedirect(next_address(request) or entrance_of(request).home_url)
        return render(request, "account/houses.html", {"next": next_address(request)})

    return houses
