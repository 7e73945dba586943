"""A booking written down without the story around it."""

import datetime as dt

from core.bookings import actions, queries
from core.bookings.actions import Contact
from core.bookings.models import Booking, PromoCode
from core.kernel.actor import Actor
from core.payments import actions as payments
from e2e.cast import NOW, House, visitor

CONTACT = Contact(name="Amina Yilmaz", email="Amina@foyer.example", mobile="", language="en")


def booked(house: House, *labels: str, actor: Actor | None = None, promo: PromoCode | None = None) -> Booking:
    """Amina agrees to buy the seats, adults all; nobody has leased or sold them."""
    places = list(
        house.showtime.places.filter(seat_id__in=house.seats(*labels)).select_related("seat", "zone").order_by("pk")
    )
    quote = queries.quote(house.showtime, places, queries.default_types(house.showtime, places), promo=promo)
    payment = payments.prepare(organizer=house.organizer, amount=quote.total, currency="EUR", now=NOW)
    if promo:
        actions.use_promo(promo)
    return actions.create(
        showtime=house.showtime,
        places=places,
        quote=quote,
        contact=CONTACT,
        promo=promo,
        payment=payment,
        lease_until=NOW + dt.timedelta(minutes=10),
        actor=actor or visitor(),
        now=NOW,
    )
