"""Where the payment stands: the truth at each moment, however often, late or by whom the page is opened."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from core.bookings import queries
from core.bookings.models import Booking
from core.flows import purchase
from core.kernel.errors import Refusal
from core.payments.gateway import GatewayAway
from core.payments.models import Refund
from portals.access import by_key, open_to_all
from portals.customer.mine import booking_of, open_by_key
from portals.customer.views.checkout import return_pages
from portals.people import actor_of

PAGES = {"payment": "customer:payment", "cancelled": "customer:payment_left"}


@by_key
@never_cache
@require_safe
def by_link(request: HttpRequest, key: str) -> HttpResponse:
    """The booking's own, unguessable link: opens it for this browser session."""
    booking = queries.booking_by_key(key)
    if booking is None:
        raise Http404
    open_by_key(request, booking)
    return redirect(PAGES.get(request.GET.get("to", ""), "customer:booking"), code=booking.code)


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def payment(request: HttpRequest, code: str) -> HttpResponse:
    """The state of the payment, refreshing itself while it is open; a POST goes (on) to Stripe's page."""
    now = timezone.now()
    booking = booking_of(request, code)
    away = False
    if request.method == "POST":
        try:
            return redirect(purchase.checkout(booking, pages=return_pages(), now=now))
        except Refusal as refusal:
            messages.warning(request, str(refusal))
            return redirect("customer:payment", code=code)
    if not request.htmx:
        # The whole page asks Stripe itself: the webhook may be late. Its part, asked for again and again, does not.
        try:
            booking = purchase.settle(booking, actor=actor_of(request), now=now)
        except GatewayAway:
            away = True
    return _page(request, booking.code, away=away)


def _page(request: HttpRequest, code: str, *, away: bool) -> HttpResponse:
    booking = booking_of(request, code)
    now = timezone.now()
    payable = booking.can_be_paid(now)
    known = f"{booking.status}.{booking.payment.status if booking.payment else 'free'}.{payable:d}"
    if request.htmx and request.GET.get("known") == known:
        return HttpResponse(status=204)
    refunds = list(booking.payment.refunds.all()) if booking.payment else []
    context = {
        "booking": booking,
        "now": now,
        "away": away,
        "payable": payable,
        "waiting": booking.status == Booking.Status.AWAITING_PAYMENT,
        "known": known,
        "sent_back": sum(refund.amount for refund in refunds),
        "stuck": any(refund.status == Refund.Status.FAILED for refund in refunds),
        "bookable": booking.showtime.closes_at > now,
        "lines": queries.lines_of(booking.pk),
    }
    part = "#state" if request.htmx else ""
    return render(request, f"customer/payment/payment.html{part}", context)


@open_to_all
@never_cache
@require_GET
def payment_left(request: HttpRequest, code: str) -> HttpResponse:
    """Back from Stripe without paying: nothing is lost yet. Opening this page changes nothing."""
    booking = booking_of(request, code)
    if booking.status != Booking.Status.AWAITING_PAYMENT:
        return redirect("customer:payment", code=code)
    now = timezone.now()
    context = {"booking": booking, "now": now, "payable": booking.can_be_paid(now), "lines": booking.lines.all()}
    return render(request, "customer/payment/left.html", context)


@open_to_all
@require_POST
def payment_end(request: HttpRequest, code: str) -> HttpResponse:
    """Give the payment up: Stripe's session is ended first, then the seats are free."""
    booking = booking_of(request, code)
    try:
        booking = purchase.give_up(booking, by_customer=True, actor=actor_of(request), now=timezone.now())
    except GatewayAway as refusal:
        messages.warning(request, str(refusal))
        return redirect("customer:payment", code=code)
    if booking.status == Booking.Status.CANCELLED:
        return redirect("customer:showtime", id=booking.showtime_id)
    return redirect("customer:payment", code=code)
