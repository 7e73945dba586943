"""Holding places, keeping them longer, giving them back."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.kernel.errors import Refusal
from core.seating import actions
from portals.access import open_to_all
from portals.customer.holding import answer, number, numbers, refuse
from portals.customer.showtime_page import find_showtime
from portals.people import actor_of


@open_to_all
@require_POST
def holds(request: HttpRequest, id: int) -> HttpResponse:
    """Hold and release seats: `add` and `drop` name some, `seat` is the whole choice of a form without JavaScript."""
    showtime, actor, now, sent = find_showtime(id), actor_of(request), timezone.now(), request.POST
    chosen: list[int] = []
    try:
        if "drop" in sent:
            actions.release(showtime=showtime, seat_ids=numbers(sent, "drop"), actor=actor, now=now)
        elif "add" in sent:
            chosen = numbers(sent, "add")
            actions.hold(showtime=showtime, seat_ids=chosen, actor=actor, now=now)
        else:
            chosen, zone_id = numbers(sent, "seat"), number(sent, "zone")
            actions.choose(showtime=showtime, seat_ids=chosen, zone_id=zone_id, actor=actor, now=now)
    except Refusal as refusal:
        return refuse(request, showtime, "seats", refusal, chosen=chosen)
    return answer(request, showtime)


@open_to_all
@require_POST
def hold_release(request: HttpRequest, id: int) -> HttpResponse:
    """Give back everything."""
    showtime = find_showtime(id)
    actions.release(showtime=showtime, actor=actor_of(request), now=timezone.now())
    return answer(request, showtime)


@open_to_all
@require_POST
def hold_again(request: HttpRequest, id: int) -> HttpResponse:
    """Hold what lapsed a moment ago, as far as it is still free."""
    showtime = find_showtime(id)
    try:
        actions.hold_again(showtime=showtime, actor=actor_of(request), now=timezone.now())
    except Refusal as refusal:
        return refuse(request, showtime, "selection", refusal)
    return answer(request, showtime)


@open_to_all
@require_POST
def hold_extension(request: HttpRequest, id: int) -> HttpResponse:
    """Keep everything that is held for one more hold time."""
    showtime = find_showtime(id)
    try:
        actions.extend(showtime=showtime, actor=actor_of(request), now=timezone.now())
    except Refusal as refusal:
        return refuse(request, showtime, "selection", refusal)
    return answer(request, showtime)


@open_to_all
@require_POST
def best(request: HttpRequest, id: int) -> HttpResponse:
    """Hold the best seats that are free, without looking at the plan (SE10)."""
    showtime, sent = find_showtime(id), request.POST
    try:
        actions.hold_best(
            showtime=showtime,
            quantity=number(sent, "quantity") or 0,
            zone_id=number(sent, "zone"),
            together="together" in sent,
            step_free="step_free" in sent,
            actor=actor_of(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return refuse(request, showtime, "best", refusal)
    return answer(request, showtime)


@open_to_all
@require_POST
def standing(request: HttpRequest, id: int) -> HttpResponse:
    """Hold as many standing places of a zone as are wanted, no more and no less (SE9)."""
    showtime, sent = find_showtime(id), request.POST
    slot = "standing"
    try:
        zone_id = number(sent, "zone") or 0
        slot = f"standing-{zone_id}"
        quantity = number(sent, "quantity") or 0
        actions.choose_standing(
            showtime=showtime, zone_id=zone_id, quantity=quantity, actor=actor_of(request), now=timezone.now()
        )
    except Refusal as refusal:
        return refuse(request, showtime, slot, refusal)
    return answer(request, showtime)
