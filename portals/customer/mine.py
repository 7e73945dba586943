"""Which bookings and tickets the person at the screen may see.

Somebody who is logged in sees their own. A visitor sees what was booked in this browser session, and what an
unguessable link that was mailed to them has opened in it. Every query of the portal begins here; what is somebody
else's is not found.
"""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from core.bookings.models import Booking
from core.kernel.compiled import AnyOf, compiled
from core.tickets.models import Ticket
from core.tickets.queries import WITH_EVENING
from portals.people import VISITOR_KEY

OPENED_KEY = "opened_bookings"
MOST_OPENED = 50


def bookings_of(request: HttpRequest) -> QuerySet[Booking]:
    """The bookings that this person may see."""
    return _with_evening(Booking.objects.filter(_mine(request)))


def booking_of(request: HttpRequest, code: str) -> Booking:
    """The booking with that code, if this person may see it; else there is no such page."""
    user_id = request.user.pk if request.user.is_authenticated else None
    visitor = None if request.user.is_authenticated else request.session.get(VISITOR_KEY)
    for found in _by_code(code, request.session.get(OPENED_KEY, []), user_id, visitor):
        return found
    raise Http404


@compiled
def _by_code(code: str, opened: list[int], user_id: int | None, visitor: str | None) -> QuerySet[Booking]:
    # As `_mine` says it; whoever is not there is NULL, and equals nothing.
    mine = Q(AnyOf("id", opened)) | Q(user=user_id) | Q(holder=visitor, user=None)
    return _with_evening(Booking.objects.filter(mine, code=code))


def _with_evening(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return bookings.select_related("showtime__event__organizer", "showtime__room__venue", "payment")


def tickets_of(request: HttpRequest) -> QuerySet[Ticket]:
    """The tickets that this person may see.

    The bookings are asked for first: as a part of the query, which joins ten tables, PostgreSQL would look at them
    last, and at the tickets of everybody before.
    """
    mine = list(Booking.objects.filter(_mine(request)).values_list("pk", flat=True))
    return Ticket.objects.filter(booking__in=mine).select_related(*WITH_EVENING, "dependent")


def open_by_key(request: HttpRequest, booking: Booking) -> None:
    """The person came with the booking's own link: it stays open for this browser session."""
    opened = [pk for pk in request.session.get(OPENED_KEY, []) if pk != booking.pk]
    request.session[OPENED_KEY] = [*opened, booking.pk][-MOST_OPENED:]


def keep_open(request: HttpRequest, visitor: str) -> None:
    """The visitor turns out to be somebody: what was booked in this browser so far stays open in this session."""
    if not visitor:
        return
    booked = Booking.objects.filter(holder=visitor, user=None).order_by("id").values_list("pk", flat=True)
    opened = request.session.get(OPENED_KEY, [])
    request.session[OPENED_KEY] = list(dict.fromkeys([*opened, *booked]))[-MOST_OPENED:]


def _mine(request: HttpRequest) -> Q:
    mine = Q(pk__in=request.session.get(OPENED_KEY, []))
    if request.user.is_authenticated:
        return mine | Q(user=request.user)
    visitor = request.session.get(VISITOR_KEY)
    return mine | Q(holder=visitor, user=None) if visitor else mine
