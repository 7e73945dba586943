"""For whom the person at the screen works, and what they may do there: asked anew for each request of a portal."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.accounts.models import Membership
from core.accounts.roles import Door
from portals.doors import STAFF, come_by, entrance_at, entrance_of

Handler = Callable[[HttpRequest], HttpResponse]


def behind_doors(get_response: Handler) -> Handler:
    """Middleware: behind a staff door the request has a membership, what it allows, and its organizer or merchant.

    So have a person's own pages for who came by such a door. Nowhere else is anything asked.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        door = _door(request)
        if door is not None:
            _set(request, door)
        return get_response(request)

    return middleware


def _door(request: HttpRequest) -> Door | None:
    own = request.path.startswith("/account/")
    return (entrance_of(request) if own else entrance_at(request.path)).staff


def house_key(door: Door) -> str:
    """Where the session keeps for which house the person works behind this door, where there are several."""
    return f"membership:{door}"


def choose(request: HttpRequest, door: Door, membership: Membership) -> None:
    """From now on the person works for this house behind this door."""
    request.session[house_key(door)] = membership.pk


def _set(request: Any, door: Door) -> None:
    every = list(_memberships(request)) if request.user.is_authenticated else []
    request.every_membership = every
    request.memberships = [one for one in every if door in one.powers.doors]
    request.membership = found = _chosen(request, door)
    request.may = found.powers.may if found else frozenset()
    request.organizer = found.organizer if found else None
    request.merchant = found.merchant if found else None
    request.usher = found if door == Door.CHECKIN else None
    if found:
        come_by(request, STAFF[door])


def _memberships(request: HttpRequest) -> Any:
    return Membership.objects.filter(user=request.user.pk).select_related("organizer", "merchant").order_by("pk")


def _chosen(request: Any, door: Door) -> Membership | None:
    if len(request.memberships) == 1:
        only: Membership = request.memberships[0]
        return only
    chosen = request.session.get(house_key(door))
    return next((one for one in request.memberships if one.pk == chosen), None)
