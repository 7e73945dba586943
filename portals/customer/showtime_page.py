"""What the showtime page and its answers consist of."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from core.catalog.models import Showtime, Zone
from core.kernel import broadcast
from core.kernel.compiled import compiled
from core.seating import live
from core.seating.queries import State, state
from core.seating.refusals import NotOnSale
from portals.customer.hall import styles
from portals.customer.hall.drawing import Skeleton, script_words, skeleton
from portals.customer.hall.plan import hall_of
from portals.customer.hall.prices import price_rows
from portals.customer.nothing_free import nothing_free
from portals.customer.refusing import Refused
from portals.customer.selection import Selection, selection_of
from portals.people import holder_of

# Larger halls are not sent at once: with JavaScript the page fetches the plan, without it is offered zone by zone.
WHOLE_HALL = 3_000
PAGE = "customer/showtimes/showtime.html"


def find_showtime(id: int) -> Showtime:
    """A showtime that the public may see, with all that its page needs; else there is no such page."""
    for found in _public(id):
        return found
    raise Http404


@compiled
def _public(id: int) -> QuerySet[Showtime]:
    found = Showtime.objects.public().select_related("event__organizer", "room__venue", "seat_map").filter(pk=id)
    return found.defer("seat_map__document")  # seat by seat it may be megabytes; the hall that is kept has read it


def skeleton_of(showtime: Showtime) -> Skeleton:
    """The showtime's hall, with its prices."""
    return skeleton(hall_of(showtime.seat_map_id), showtime.tiers, showtime.event.organizer.currency)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state with its number, which was read first: the state is at least as new as the number says."""

    epoch: str
    sequence: int
    state: State
    selection: Selection

    @classmethod
    def take(cls, request: HttpRequest, showtime: Showtime, *, now: dt.datetime) -> "Snapshot":
        """Read it for the person at the screen."""
        epoch, sequence = broadcast.position(live.topic(showtime.pk))
        return cls(
            epoch, sequence, state(showtime, now=now), selection_of(holder_of(request), showtime=showtime, now=now)
        )

    def plan(self, drawn: Skeleton, *, chosen: list[int] | None = None, zone: Zone | None = None) -> SafeString:
        """The plan filled in."""
        mine, paying = self.selection.mine, self.selection.paying
        return drawn.fill(self.state, mine=mine, paying=paying, chosen=chosen or [], zone=zone)


def draw(
    request: HttpRequest, showtime: Showtime, *, now: dt.datetime, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    """The whole page, with the refusal beside what caused it."""
    shot, drawn = Snapshot.take(request, showtime, now=now), skeleton_of(showtime)
    hall = drawn.hall
    zone = next((zone for zone in hall.seated if str(zone.pk) == request.GET.get("zone")), None)
    by_zone = len(hall.seats) > WHOLE_HALL
    closed = _closed(showtime, now)
    free = len(hall.seats) - len(shot.state.sold) - len(shot.state.blocked) - len(shot.state.held)
    context = {
        "showtime": showtime,
        "closed": closed,
        "shot": shot,
        "selection": shot.selection,
        "hall": hall,
        "zone": zone,
        "by_zone": by_zone,
        "plan": shot.plan(drawn, chosen=refused.chosen if refused else [], zone=zone)
        if zone or not by_zone
        else drawn.around,
        "nothing_free": None
        if closed or free + sum(shot.state.standing.values()) > 0
        else nothing_free(showtime, now=now),
        "free": free,
        "price_rows": price_rows(showtime, hall),
        "refused": refused,
        "now": now,
        "styles_version": styles.VERSION,
        "words": script_words(),
        "types": {seat.seat_type[:2] for seat in hall.seats},
        "restricted": any(seat.restricted_view for seat in hall.seats),
        "most": showtime.event.organizer.max_places,
    }
    return render(request, PAGE, context, status=status)


def hall_part(request: HttpRequest, showtime: Showtime, *, now: dt.datetime) -> SafeString:
    """The plan alone."""
    return Snapshot.take(request, showtime, now=now).plan(skeleton_of(showtime))


def state_answer(request: HttpRequest, showtime: Showtime, *, now: dt.datetime) -> dict[str, Any]:
    """Everything that is not free, and what is mine."""
    shot = Snapshot.take(request, showtime, now=now)
    held = {str(seat_id): until and int(until.timestamp() * 1000) for seat_id, until in shot.state.held.items()}
    return {
        "epoch": shot.epoch,
        "sequence": shot.sequence,
        "sold": shot.state.sold,
        "blocked": shot.state.blocked,
        "held": held,
        "paying": shot.selection.paying,
        "standing": shot.state.standing,
    } | my_answer(request, shot.selection)


def my_answer(request: HttpRequest, selection: Selection) -> dict[str, Any]:
    """What is mine, with the panel."""
    context = {"selection": selection, "showtime": selection.showtime, "now": selection.now}
    panel = render(request, f"{PAGE}#selection", context).content.decode()
    return {"now": int(selection.now.timestamp() * 1000), "mine": selection.mine, "selection": panel}


def _closed(showtime: Showtime, now: dt.datetime) -> NotOnSale | None:
    try:
        NotOnSale.check(showtime, now)
    except NotOnSale as refusal:
        return refusal
    return None
