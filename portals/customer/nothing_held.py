"""A checkout without a held seat: what became of them, and where that is to be seen."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core.bookings import queries
from core.catalog.models import Showtime
from core.seating.models import Hold
from core.seating.refusals import HoldLapsed
from portals.customer.mine import bookings_of
from portals.people import holder_of


def nothing_held(request: HttpRequest, showtime: Showtime) -> HttpResponse:
    """On to the payment that was begun or the booking that was made, else back to the seats, with the reason."""
    url = _elsewhere(request, showtime)
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _elsewhere(request: HttpRequest, showtime: Showtime) -> str:
    holder = holder_of(request)
    waiting = queries.open_booking(holder, showtime=showtime) if holder else None
    if waiting:
        return reverse("customer:payment", args=[waiting.code])
    last = Hold.objects.filter(holder=holder, showtime=showtime).order_by("-id").first() if holder else None
    if last and last.status == Hold.Status.SOLD:
        bought = bookings_of(request).filter(lines__place=last.place_id).order_by("-id").first()
        if bought:
            return reverse("customer:booking", args=[bought.code])
    messages.warning(request, _why(last))
    return reverse("customer:showtime", args=[showtime.pk])


def _why(last: Hold | None) -> str:
    if last is None:
        return _("Choose your seats first.")
    if last.status == Hold.Status.RELEASED:
        return _("You have given your seats back.")
    return str(HoldLapsed())
