"""From held seats to Stripe's page."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget

from core.bookings import queries
from core.bookings.refusals import PaymentTooSmall, PricesChanged, PromoRefused
from core.catalog.models import Showtime
from core.flows import purchase
from core.kernel.errors import Refusal
from core.seating.queries import Held, held_by
from core.seating.refusals import HoldLapsed
from portals.access import open_to_all
from portals.customer.forms import ContactForm
from portals.customer.nothing_held import nothing_held
from portals.customer.order import Order, order_of
from portals.customer.showtime_page import find_showtime
from portals.customer.typed import Typed, keep, take
from portals.people import actor_of, holder_of

PAGE = "customer/checkout/checkout.html"


def return_pages() -> purchase.ReturnPages:
    """Where Stripe sends the customer back: by the booking's key, since it may be another browser."""
    back = settings.SITE_URL + reverse("customer:by_key", args=["KEY"]).replace("KEY", "{key}")
    return purchase.ReturnPages(success=f"{back}?to=payment", cancel=f"{back}?to=cancelled")


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest, id: int) -> HttpResponse:
    """Ticket types, contact, total; then to Stripe. `update` reckons again without booking anything."""
    now = timezone.now()
    showtime = find_showtime(id)
    held = held_by(holder_of(request), showtime=showtime, now=now)
    if not held.places:
        return nothing_held(request, showtime)
    if request.method == "GET":
        return _page(request, showtime, held, take(request, showtime.pk), now)
    if "update" not in request.POST:
        return _pay(request, showtime, held, now)
    typed = Typed.of(request.POST, judged=False)
    return _part(request, showtime, held, typed, now) if request.htmx else _again(request, showtime, typed)


def _part(request: HttpRequest, showtime: Showtime, held: Held, typed: Typed, now: dt.datetime) -> HttpResponse:
    """The order; all of it where another tab has changed what is held; nothing for a look that finds it as it was."""
    was, same = request.POST.get("known", ""), request.POST.get("known") == known_as(held)
    if same and "look" in request.POST:
        return HttpResponse(status=204)
    if same:
        return _page(request, showtime, held, typed, now, part="order")
    moved = was.partition("/")[2] != known_as(held).partition("/")[2]
    page = _page(request, showtime, held, typed, now, part="buying", moved=moved)
    return reswap(retarget(page, "#buying"), "outerHTML")


def known_as(held: Held) -> str:
    """What the page knows of the hold: until when, and of which places."""
    places = ".".join(str(pk) for pk in sorted(place.pk for place in held.places))
    return f"{held.until.isoformat() if held.until else ''}/{places}"


def _pay(request: HttpRequest, showtime: Showtime, held: Held, now: dt.datetime) -> HttpResponse:
    typed = Typed.of(request.POST, judged=True)
    order, form = order_of(typed.said, showtime=showtime, held=held, now=now), ContactForm(typed.said)
    if not (form.is_valid() and order.is_sound):
        return _again(request, showtime, typed)
    try:
        return _begin(request, showtime, held, order, form, now)
    except HoldLapsed:
        return nothing_held(request, showtime)
    except (PricesChanged, PromoRefused, PaymentTooSmall) as refusal:
        # The page says what is true now, and takes the next press of the button for that.
        return _again(request, showtime, typed.refused(refusal))


def _again(request: HttpRequest, showtime: Showtime, typed: Typed) -> HttpResponse:
    """The page once more, by a redirect; it has the status of the refusal."""
    keep(request, showtime.pk, typed)
    return redirect("customer:checkout", id=showtime.pk)


def _begin(
    request: HttpRequest, showtime: Showtime, held: Held, order: Order, form: ContactForm, now: dt.datetime
) -> HttpResponse:
    begun = purchase.begin(
        showtime=showtime,
        places=held.places,
        types=order.types,
        promo_word=order.promo_word,
        seen=request.POST.get("seen", ""),
        contact=form.contact(),
        pages=return_pages(),
        actor=actor_of(request),
        now=now,
    )
    if begun.booking.payment_id is None:
        return redirect("customer:payment", code=begun.booking.code)
    try:
        return redirect(purchase.checkout(begun.booking, pages=return_pages(), now=now))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("customer:payment", code=begun.booking.code)


def _page(
    request: HttpRequest,
    showtime: Showtime,
    held: Held,
    typed: Typed,
    now: dt.datetime,
    *,
    part: str = "",
    moved: bool = False,
) -> HttpResponse:
    order = order_of(typed.said, showtime=showtime, held=held, now=now)
    form = ContactForm(typed.said) if typed.judged else ContactForm(initial=_known(request, typed))
    if typed.judged and not order.is_sound:
        form.add_error(None, [*order.errors, *filter(None, [order.promo_error])])
    terms = queries.terms(showtime)
    context = {
        "showtime": showtime,
        "held": held,
        "known": known_as(held),
        "moved": moved,
        "order": order,
        "form": form,
        "now": now,
        "refusal": typed.refusal,
        "typed_promo": typed.said.get("promo", ""),
        "asks_promo": queries.has_promo_codes(showtime, now=now),
        "terms": terms,
        "cancel_until": terms.ends_at(showtime.starts_at),
    }
    status = typed.status if typed.refusal else 200 if order.is_sound and not form.errors else 422
    return render(request, PAGE + (f"#{part}" if part else ""), context, status=status)


def _known(request: HttpRequest, typed: Typed) -> dict[str, Any]:
    """What the contact's fields start with: what was typed so far, else what the account says."""
    user = request.user
    known = {"name": user.name, "email": user.shown_email, "mobile": user.mobile} if user.is_authenticated else {}
    return known | {name: typed.said[name] for name in ContactForm.base_fields if name in typed.said}
