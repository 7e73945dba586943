"""A purchase, step by step, for the tests of what crosses apps."""

import datetime as dt
from typing import Any

from core.bookings.actions import Contact
from core.bookings.models import Booking, PromoCode
from core.bookings.queries import default_types, quote
from core.flows import purchase, verification
from core.kernel.actor import Actor
from core.payments.models import PaymentAttempt
from core.seating import actions as seating
from core.seating.models import Place
from core.seating.queries import held_by
from core.tickets.models import Ticket
from e2e.cast import NOW, House, StripeDesk, tell, visitor

PAGES = purchase.ReturnPages(
    success="https://foyer.example/b/{key}/?to=payment", cancel="https://foyer.example/b/{key}/"
)
CONTACT = Contact(name="Amina Yilmaz", email="amina@foyer.example", mobile="", language="en")
LATER = NOW + dt.timedelta(minutes=2)
LEASE_OVER = NOW + dt.timedelta(minutes=11)


def begin(
    house: House, *labels: str, actor: Actor | None = None, now: dt.datetime = NOW, promo: PromoCode | None = None
) -> Booking:
    """Hold the seats and begin the purchase, adults all."""
    actor = actor or visitor()
    seating.hold(showtime=house.showtime, seat_ids=house.seats(*labels), actor=actor, now=now)
    return begin_held(house, actor=actor, now=now, promo=promo)


def begin_held(
    house: House, *, actor: Actor, now: dt.datetime = NOW, seen: str = "", promo: PromoCode | None = None
) -> Booking:
    """Begin the purchase of what `actor` holds."""
    places = held_by(actor.holder, showtime=house.showtime, now=now).places
    types = default_types(house.showtime, places)
    word = promo.word if promo else ""
    price = quote(house.showtime, places, types, promo=promo)
    return purchase.begin(
        showtime=house.showtime, places=places, types=types, promo_word=word,
        seen=seen or purchase.offer(price, showtime=house.showtime, promo_word=word), contact=CONTACT, pages=PAGES,
        actor=actor, now=now,
    ).booking  # fmt: skip


def to_stripe(booking: Booking, *, now: dt.datetime = NOW) -> str:
    """The customer goes to Stripe's page; the session's id."""
    purchase.checkout(booking, pages=PAGES, now=now)
    return PaymentAttempt.objects.get(payment=booking.payment_id, status="open").session_id


def state(booking: Booking) -> tuple[str, int, int]:
    """(booking's status, valid tickets, sold places)."""
    booking.refresh_from_db()
    return (
        booking.status,
        Ticket.objects.filter(booking=booking, status="valid").count(),
        Place.objects.filter(showtime=booking.showtime, sold=True).count(),
    )


def all_adds_up() -> bool:
    return [str(violation) for violation in verification.violations()] == []


def completed(desk: StripeDesk) -> dict:
    return next(event for event in desk.events() if event["type"] == "checkout.session.completed")


def pay(booking: Booking, desk: StripeDesk, run_due: Any, *, now: dt.datetime = LATER) -> Booking:
    """The customer pays, and Stripe's event arrives and is handled."""
    session = to_stripe(booking)
    desk.pay(session)
    event = next(e for e in desk.events() if e["data"]["object"]["id"] == session and "completed" in e["type"])
    tell(event, now=now)
    run_due(now=now)
    booking.refresh_from_db()
    return booking
