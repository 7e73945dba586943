"""People with browsers who buy at the house, for the tests of the pages from checkout to ticket."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from core.bookings.models import Booking
from core.payments.models import PaymentAttempt
from core.seating import actions as seating
from e2e.cast import NOW, House, StripeDesk, user_actor, visitor

CONTACT = {"name": "Amina Yilmaz", "email": "Amina@foyer.example", "mobile": ""}
HTMX = {"HX-Request": "true"}


def arrive(client: Client, house: House, *labels: str, who: str = "amina") -> None:
    """This browser, without a login, holds the seats."""
    session = client.session
    session["visitor"] = f"anon:{who}"
    session.save()
    seating.hold(showtime=house.showtime, seat_ids=house.seats(*labels), actor=visitor(who), now=NOW)


def arrive_known(client: Client, house: House, user: Any, *labels: str) -> None:
    """Somebody with a login holds the seats."""
    client.force_login(user)
    seating.hold(showtime=house.showtime, seat_ids=house.seats(*labels), actor=user_actor(user), now=NOW)


def checkout_url(house: House) -> str:
    """Where the held seats are bought."""
    return reverse("customer:checkout", args=[house.showtime.pk])


def filled(client: Client, house: House, **more: str) -> dict[str, str]:
    """The form of the checkout as the browser would send it."""
    page = client.get(checkout_url(house)).context
    order = page["order"]
    types = {f"type-{place}": kind for place, kind in order.types.items()}
    return {**CONTACT, **types, "seen": order.token, "known": page["known"], **more}


def pay_button(client: Client, house: House, **more: str) -> Any:
    """Look at the checkout and press the button."""
    return client.post(checkout_url(house), filled(client, house, **more))


def shown(client: Client, response: Any) -> Any:
    """The page that a plain form of the checkout leads back to; the browser's Back never sends the form again."""
    url = str(response["Location"])
    assert (response.status_code, url.endswith("/checkout/")) == (302, True)
    return client.get(url)


def refused(client: Client, house: House, **more: str) -> Any:
    """Press the button, and look at the page that says why it could not be."""
    return shown(client, pay_button(client, house, **more))


def book(client: Client, house: House, *labels: str, who: str = "amina") -> Booking:
    """Hold the seats and begin to pay for them."""
    arrive(client, house, *labels, who=who)
    assert pay_button(client, house).status_code == 302
    return Booking.objects.get(holder=f"anon:{who}", status="awaiting_payment")


def pay(client: Client, desk: StripeDesk, booking: Booking) -> Booking:
    """Pay at Stripe and come back to the page of the payment."""
    desk.pay(PaymentAttempt.objects.get(payment=booking.payment_id, status="open").session_id)
    client.get(reverse("customer:payment", args=[booking.code]))
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    return booking


def buy(client: Client, desk: StripeDesk, house: House, *labels: str, who: str = "amina") -> Booking:
    """The whole purchase."""
    return pay(client, desk, book(client, house, *labels, who=who))


def total_in(part: Any) -> str:
    """The total of the order that a part of the page shows."""
    return _only(r'<p class="total">.*?<span class="price">(.*?)</span>', part)


def token_in(part: Any) -> str:
    """The token of what a part of the page shows."""
    return _only(r'name="seen" value="(.*?)"', part)


def _only(pattern: str, response: Any) -> str:
    found = re.findall(pattern, response.text, re.DOTALL)
    assert len(found) == 1, response.text
    return str(found[0])


def heading(response: Any) -> str:
    """What the page is called."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.text, re.DOTALL)
    assert found, response.text
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def told(response: Any) -> list[str]:
    """The messages that the next page shows."""
    return [str(message) for message in response.wsgi_request._messages]
