"""What was booked, with its history, its tickets, and the way back."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.bookings import queries
from core.bookings.models import Booking
from core.bookings.refusals import NotCancellable
from core.flows import refunds
from core.kernel.errors import Refusal
from core.notifications import actions as notifications
from core.tickets.calendar import calendar_file
from core.tickets.documents import tickets_pdf
from core.tickets.models import Ticket
from core.tickets.queries import living_tickets
from portals.access import open_to_all
from portals.customer.history import history_of
from portals.customer.mine import booking_of, bookings_of
from portals.people import actor_of
from portals.refusal_status import status_of

PER_PAGE = 20


@open_to_all
@require_GET
def bookings(request: HttpRequest) -> HttpResponse:
    """All bookings, newest first, those that expired too with the reason (R20)."""
    page = Paginator(bookings_of(request).order_by("-created_at"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "customer/bookings/bookings.html", {"page": page, "now": timezone.now()})


@open_to_all
@require_GET
def booking(request: HttpRequest, code: str) -> HttpResponse:
    """One booking: places, money, history, tickets."""
    now = timezone.now()
    found = booking_of(request, code)
    terms = queries.terms(found.showtime)
    context = {
        "booking": found,
        "lines": found.lines.all(),
        "history": history_of(found),
        "tickets": found.tickets.order_by("id"),
        "payable": found.can_be_paid(now),
        "cancellable": found.is_living and terms.allow(starts_at=found.showtime.starts_at, now=now),
        "cancel_until": terms.ends_at(found.showtime.starts_at),
        "upcoming": found.showtime.starts_at > now,
        "bookable": found.showtime.closes_at > now,
        "now": now,
    }
    return render(request, "customer/bookings/booking.html", context)


@open_to_all
@require_http_methods(["GET", "POST"])
def cancellation(request: HttpRequest, code: str) -> HttpResponse:
    """Give back all tickets or some: first what it means, then, on POST, for good."""
    found = booking_of(request, code)
    if request.method == "GET":
        return _cancellation_page(request, found)
    try:
        refunds.cancel(
            booking=found,
            ticket_codes=request.POST.getlist("ticket"),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except NotCancellable as refusal:
        return _cancellation_page(request, found, refusal=refusal)
    paid = _("Your tickets are cancelled. A mail says what happens with the money.")
    messages.success(request, paid if found.total else _("Your tickets are cancelled. A mail confirms it."))
    return redirect("customer:booking", code=code)


def _cancellation_page(request: HttpRequest, found: Booking, *, refusal: Refusal | None = None) -> HttpResponse:
    terms = queries.terms(found.showtime)
    valid = list(found.tickets.filter(status=Ticket.Status.VALID).select_related("line"))
    amounts = refunds.amounts_of(found.payment, [ticket.line for ticket in valid], terms)
    context = {
        "booking": found,
        "terms": terms,
        "refusal": refusal,
        "allowed": found.is_living and terms.allow(starts_at=found.showtime.starts_at, now=timezone.now()),
        "cancel_until": terms.ends_at(found.showtime.starts_at),
        "going": [(ticket, amounts[ticket.line.pk]) for ticket in valid],
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "customer/bookings/cancellation.html", context, status=status)


@open_to_all
@require_POST
def resending(request: HttpRequest, code: str) -> HttpResponse:
    """Mail the tickets once more."""
    found = booking_of(request, code)
    try:
        notifications.resend(booking=found, actor=actor_of(request), now=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The tickets are on their way to %(email)s.") % {"email": found.email})
    return redirect("customer:booking", code=code)


@open_to_all
@require_GET
def tickets_file(request: HttpRequest, code: str) -> HttpResponse:
    """All valid tickets of the booking as one PDF."""
    found = booking_of(request, code)
    valid = living_tickets(found)
    if not valid:
        messages.warning(request, _("No valid tickets are left in this booking."))
        return redirect("customer:booking", code=code)
    return pdf(tickets_pdf(valid, now=timezone.now()), f"tickets-{found.code}.pdf")


@open_to_all
@require_GET
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """The evening for the person's own calendar."""
    found = booking_of(request, code)
    url = settings.SITE_URL + reverse("customer:booking", args=[code])
    response = HttpResponse(
        calendar_file(found, now=timezone.now(), url=url), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return response


def pdf(body: bytes, name: str) -> HttpResponse:
    """A PDF to be shown or kept, by nobody else's cache."""
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
