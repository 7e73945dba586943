"""What is asked of a showtime's places, and the answers: a page without JavaScript, JSON with it."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.catalog.models import Showtime
from core.kernel.errors import Refusal
from portals.customer.refusing import Refused
from portals.customer.selection import selection_of
from portals.customer.showtime_page import PAGE, draw, my_answer
from portals.people import holder_of


class Malformed(Refusal):
    """Something else than a number where a number belongs."""

    def __init__(self, name: str) -> None:
        super().__init__(_("“%(name)s” has to be a whole number. Please choose again.") % {"name": name})


def number(data: QueryDict, name: str) -> int | None:
    """The number of that name, None where there is none. Raises Malformed."""
    text = data.get(name, "")
    return _whole(text, name) if text else None


def numbers(data: QueryDict, name: str) -> list[int]:
    """All numbers of that name, each once. Raises Malformed."""
    return list(dict.fromkeys(_whole(text, name) for text in data.getlist(name)))


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Malformed(name)
    return int(text)


def answer(request: HttpRequest, showtime: Showtime) -> HttpResponse:
    """It is done: what is mine now."""
    if not _wants_json(request):
        return redirect("customer:showtime", id=showtime.pk)
    selection = selection_of(holder_of(request), showtime=showtime, now=timezone.now())
    return JsonResponse(my_answer(request, selection))


def refuse(
    request: HttpRequest, showtime: Showtime, slot: str, refusal: Refusal, *, chosen: Sequence[int] = ()
) -> HttpResponse:
    """It is refused: why, beside what caused it, with what can be done; nothing has changed."""
    now = timezone.now()
    refused = Refused.about(slot, refusal, showtime, chosen=chosen, now=now)
    if not _wants_json(request):
        return draw(request, showtime, now=now, refused=refused, status=refused.status)
    selection = selection_of(holder_of(request), showtime=showtime, now=now)
    told = render(request, f"{PAGE}#refusal", {"refused": refused, "showtime": showtime}).content.decode()
    return JsonResponse(
        my_answer(request, selection) | {"slot": slot, "refusal": told, "taken": refused.taken}, status=refused.status
    )


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
