"""Tickets: the list, the large code for the door, the paper."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.accounts.models import Dependent
from core.tickets.actions import TicketNotUsable, assign, qr_text
from core.tickets.documents import tickets_pdf
from core.tickets.images import qr_data_uri, qr_png
from core.tickets.models import Ticket
from portals.access import open_to_all
from portals.customer.mine import tickets_of
from portals.customer.views.bookings import pdf
from portals.people import actor_of

PER_PAGE = 24


@open_to_all
@require_GET
def tickets(request: HttpRequest) -> HttpResponse:
    """Upcoming tickets, soonest first; past ones on the other tab, latest first."""
    now = timezone.now()
    past = request.GET.get("when") == "past"
    mine = tickets_of(request)
    if past:
        found = mine.filter(showtime__ends_at__lte=now).order_by("-showtime__starts_at", "booking_id", "id")
    else:
        found = mine.filter(showtime__ends_at__gt=now).order_by("showtime__starts_at", "booking_id", "id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "customer/tickets/tickets.html", {"page": page, "past": past})


@open_to_all
@require_GET
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """One ticket with its code large enough for any scanner."""
    mine = tickets_of(request)
    found = get_object_or_404(mine, code=code)
    valid = found.status == Ticket.Status.VALID
    siblings = list(mine.filter(booking=found.booking_id).order_by("id").values_list("code", flat=True))
    at = siblings.index(found.code)
    mine_to_give = valid and found.booking.user_id is not None and found.booking.user_id == request.user.pk
    context = {
        "ticket": found,
        "dependents": list(request.user.dependents.all()) if mine_to_give and request.user.is_authenticated else None,
        "booking": found.booking,
        "valid": valid,
        "over": found.showtime.ends_at <= timezone.now(),
        "qr": qr_data_uri(qr_text(found, now=timezone.now())) if valid else "",
        "previous": siblings[at - 1] if at else "",
        "next": siblings[at + 1] if at + 1 < len(siblings) else "",
        "position": at + 1,
        "count": len(siblings),
    }
    return render(request, "customer/tickets/ticket.html", context)


@open_to_all
@require_POST
def ticket_dependent(request: HttpRequest, code: str) -> HttpResponse:
    """Say for whom a ticket is, or take it back: only who bought it, and only those they buy for (AC11)."""
    if not request.user.is_authenticated:
        raise Http404
    found = get_object_or_404(Ticket.objects.of(request.user), code=code)
    chosen = _dependent(request, request.POST.get("dependent", ""))
    try:
        assign(ticket=found, dependent=chosen, actor=actor_of(request), now=timezone.now())
    except TicketNotUsable as refusal:
        messages.warning(request, str(refusal))
    else:
        nobody = _("This ticket is for nobody in particular.")
        messages.success(request, _("This ticket is for %(name)s.") % {"name": chosen.name} if chosen else nobody)
    return redirect("customer:ticket", code=code)


def _dependent(request: HttpRequest, wanted: str) -> Dependent | None:
    if not wanted:
        return None
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    return get_object_or_404(Dependent, user=request.user.pk, pk=int(wanted))


@open_to_all
@require_GET
def ticket_image(request: HttpRequest, code: str) -> HttpResponse:
    """The code as a picture."""
    found = get_object_or_404(tickets_of(request), code=code, status=Ticket.Status.VALID)
    response = HttpResponse(qr_png(qr_text(found, now=timezone.now())), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@open_to_all
@require_GET
def ticket_file(request: HttpRequest, code: str) -> HttpResponse:
    """The ticket as a PDF."""
    found = get_object_or_404(tickets_of(request), code=code)
    if found.status != Ticket.Status.VALID:
        return redirect("customer:ticket", code=code)
    return pdf(tickets_pdf([found], now=timezone.now()), f"ticket-{found.code}.pdf")
