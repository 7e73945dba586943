"""From held seats to Stripe's page."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.bookings import queries
from core.bookings.models import PromoCode
from core.bookings.pricing import Quote, QuoteLine
from core.bookings.refusals import PricesChanged, PromoRefused, TypeNotSold
from core.catalog.models import Showtime, TicketType
from core.flows import purchase
from core.kernel.errors import Refusal
from core.payments.gateway import GatewayAway
from core.seating.models import Place
from core.seating.queries import Held, held_by
from core.seating.refusals import HoldLapsed
from portals.access import open_to_all
from portals.customer.forms import ContactForm
from portals.customer.people import actor_of

ORDER_PART = "order"


@dataclass(frozen=True, slots=True)
class Row:
    """One held place as the form shows it."""

    place: Place
    options: list[tuple[str, str, int]]
    line: QuoteLine


@dataclass(frozen=True, slots=True)
class Order:
    """The form's choice, reckoned: what is shown, and the token that says what was shown."""

    rows: list[Row]
    types: dict[int, str]
    quote: Quote
    promo: PromoCode | None
    promo_word: str
    promo_error: str
    token: str


def return_pages() -> purchase.ReturnPages:
    """Where Stripe sends the customer back: by the booking's key, since it may be another browser."""
    back = settings.SITE_URL + reverse("customer:by_key", args=["KEY"]).replace("KEY", "{key}")
    return purchase.ReturnPages(success=f"{back}?to=payment", cancel=f"{back}?to=cancelled")


@open_to_all
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest, id: int) -> HttpResponse:
    """Ticket types, contact, total; then to Stripe. `update` reckons again without booking anything."""
    now = timezone.now()
    showtime = get_object_or_404(_showtimes(), pk=id)
    held = held_by(actor_of(request).holder, showtime=showtime, now=now)
    if not held.places:
        return _nothing_held(request, showtime)
    order = _order(request, showtime, held, now)
    paying = request.method == "POST" and "update" not in request.POST
    form = ContactForm(request.POST) if paying else ContactForm(initial=_known(request))
    status = 200
    if paying and form.is_valid() and not order.promo_error:
        try:
            return _begin(request, showtime, held, order, form, now)
        except (PricesChanged, GatewayAway) as refusal:
            messages.warning(request, str(refusal))
            status = 409
    elif paying:
        status = 422
    return _page(request, showtime, held, order, form, status)


def _begin(
    request: HttpRequest, showtime: Showtime, held: Held, order: Order, form: ContactForm, now: dt.datetime
) -> HttpResponse:
    actor = actor_of(request)
    try:
        begun = purchase.begin(
            showtime=showtime,
            places=held.places,
            types=order.types,
            promo_word=order.promo_word,
            seen=request.POST.get("seen", ""),
            contact=form.contact(),
            pages=return_pages(),
            actor=actor,
            now=now,
        )
    except HoldLapsed as refusal:
        messages.warning(request, str(refusal))
        return redirect("customer:showtime", id=showtime.pk)
    if begun.booking.payment_id is None:
        return redirect("customer:payment", code=begun.booking.code)
    try:
        return redirect(purchase.checkout(begun.booking, pages=return_pages(), now=now), permanent=False)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("customer:payment", code=begun.booking.code)


def _order(request: HttpRequest, showtime: Showtime, held: Held, now: dt.datetime) -> Order:
    types = queries.default_types(showtime, held.places)
    types |= {pk: chosen for pk in types if (chosen := request.POST.get(f"type-{pk}", ""))}
    promo, word, error = None, request.POST.get("promo", "")[:30], ""
    try:
        promo = queries.promo_by_word(showtime, word, now=now)
    except PromoRefused as refusal:
        error = str(refusal)
    try:
        quote = queries.quote(showtime, held.places, types, promo=promo)
    except TypeNotSold:
        # A type that is not offered for the place was sent: the first one offered is shown instead.
        types = queries.default_types(showtime, held.places)
        quote = queries.quote(showtime, held.places, types, promo=promo)
    prices = queries.price_list(showtime)
    names = dict(TicketType.choices)
    lines = {line.place_id: line for line in quote.lines}
    rows = []
    for place in held.places:
        offered = prices.prices(zone_id=place.zone_id, seat_type=queries.seat_type(place))
        options = [(kind, str(names[TicketType(kind)]), amount) for kind, amount in offered.items()]
        rows.append(Row(place, options, lines[place.pk]))
    token = purchase.offer(quote, showtime=showtime, promo_word=word if promo else "")
    return Order(rows, types, quote, promo, word if promo else "", error, token)


def _page(
    request: HttpRequest, showtime: Showtime, held: Held, order: Order, form: ContactForm, status: int
) -> HttpResponse:
    now = timezone.now()
    context = {
        "showtime": showtime,
        "held": held,
        "order": order,
        "form": form,
        "now": now,
        "typed_promo": request.POST.get("promo", ""),
        "asks_promo": queries.has_promo_codes(showtime, now=now),
        "terms": queries.terms(showtime),
        "cancel_until": queries.terms(showtime).ends_at(showtime.starts_at),
    }
    part = "#" + ORDER_PART if request.htmx and "update" in request.POST else ""
    return render(request, f"customer/checkout/checkout.html{part}", context, status=status)


def _known(request: HttpRequest) -> dict[str, Any]:
    if not request.user.is_authenticated:
        return {}
    user = request.user
    return {"name": user.name, "email": user.email, "mobile": user.mobile}


def _nothing_held(request: HttpRequest, showtime: Showtime) -> HttpResponse:
    waiting = queries.open_booking(actor_of(request).holder, showtime=showtime)
    if waiting:
        return redirect("customer:payment", code=waiting.code)
    messages.info(request, str(HoldLapsed()))
    return redirect("customer:showtime", id=showtime.pk)


def _showtimes() -> Any:
    return Showtime.objects.public().select_related("event__organizer", "room__venue", "seat_map")
