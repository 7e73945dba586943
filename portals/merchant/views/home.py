"""What a merchant sees first."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portals.access import merchants


@merchants()
@require_safe
def home(request: Any) -> HttpResponse:
    """The counters of the shop, and who works there."""
    team = request.merchant.memberships.select_related("user").order_by("user__name", "user__email")
    context = {"locations": request.merchant.locations.order_by("name"), "team": team}
    return render(request, "merchant/home/home.html", context)
