import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from core.bookings import actions as bookings
from core.bookings import queries
from core.bookings.actions import Contact
from core.bookings.models import Booking
from core.bookings.pricing import Quote
from core.bookings.refusals import PaymentTooSmall, PricesChanged
from core.catalog.models import Showtime
from core.flows.purchase.completing import confirm, lessee
from core.flows.purchase.paying import ReturnPages, session_parameters
from core.kernel import tokens
from core.kernel.actor import Actor
from core.payments import actions as payments
from core.payments.minimum import least
from core.payments.models import Payment
from core.seating import actions as seating
from core.seating.models import Place
from core.seating.refusals import HoldLapsed, NotOnSale

PURPOSE = "quote"
TOKEN_LIFE_SECONDS = 60 * 60


@dataclass(frozen=True, slots=True)
class Begun:
    """A booking that waits for its payment, or is confirmed already because nothing was to pay."""

    booking: Booking
    fresh: bool


def offer(quote: Quote, *, showtime: Showtime, promo_word: str = "") -> str:
    """The signed token of what a person is shown: places, ticket types, prices, fees, code and total."""
    lines = [[line.place_id, line.ticket_type, line.price, line.discount, line.fee] for line in quote.lines]
    return tokens.seal(
        {
            "showtime": showtime.pk,
            "lines": sorted(lines),
            "currency": quote.currency,
            "promo": promo_word.strip().upper(),
        },
        purpose=PURPOSE,
    )


def open_quote(token: str) -> dict[int, str]:
    """The ticket type of each place in a token; empty if it is not ours or too old."""
    seen = tokens.unseal(token, purpose=PURPOSE, max_age=TOKEN_LIFE_SECONDS)
    return {int(line[0]): str(line[1]) for line in seen["lines"]} if seen else {}


def begin(
    *,
    showtime: Showtime,
    places: Sequence[Place],
    types: Mapping[int, str],
    promo_word: str,
    seen: str,
    contact: Contact,
    pages: ReturnPages,
    actor: Actor,
    now: dt.datetime,
) -> Begun:
    """Turn held `places` into a booking under payment, for exactly what the token `seen` says.

    Asked twice at once (a double click), the second call returns the first one's booking. Nothing to pay: the
    booking is confirmed in the same transaction (BO11). Raises NotOnSale, TypeNotSold, PromoRefused, PricesChanged
    (nothing was charged: show the new quote), HoldLapsed, and NeedsProof for too much that costs nothing.
    """
    _check_possible(showtime, places, now)
    promo = queries.promo_by_word(showtime, promo_word, now=now)
    quote = queries.quote(showtime, places, types, promo=promo)
    _check_agreed(quote, seen=seen, showing=offer(quote, showtime=showtime, promo_word=promo_word))
    lease_until = now + dt.timedelta(minutes=showtime.event.organizer.lease_minutes)
    place_ids = [place.pk for place in places]
    try:
        with transaction.atomic():
            booking = bookings.create(
                showtime=showtime,
                places=places,
                quote=quote,
                contact=contact,
                promo=promo,
                payment=_payment(showtime, quote, now=now),
                lease_until=lease_until,
                actor=actor,
                now=now,
            )
            # The lease is the moment that decides: of two requests for the same seats the second waits here.
            seating.lease(
                showtime_id=showtime.pk, place_ids=place_ids, lessee=lessee(booking), until=lease_until,
                actor=actor, now=now,
            )  # fmt: skip
            if promo:
                bookings.use_promo(promo)
            _prepare_paying(booking, pages=pages, actor=actor, now=now)
    except HoldLapsed:
        if waiting := _begun_already(showtime, place_ids, actor):
            return Begun(waiting, fresh=False)
        raise
    return Begun(booking, fresh=True)


def _begun_already(showtime: Showtime, place_ids: Sequence[int], actor: Actor) -> Booking | None:
    waiting = queries.open_booking(actor.holder, showtime=showtime)
    places = waiting.lines.values_list("place_id", flat=True) if waiting else ()
    return waiting if set(places) == set(place_ids) else None


def _check_possible(showtime: Showtime, places: Sequence[Place], now: dt.datetime) -> None:
    NotOnSale.check(showtime, now)
    if not places:
        raise HoldLapsed


def _prepare_paying(booking: Booking, *, pages: ReturnPages, actor: Actor, now: dt.datetime) -> None:
    if booking.payment is None:
        seating.check_given_away(showtime=booking.showtime, actor=actor, now=now)
        confirm(booking, actor=actor, now=now)
        return
    parameters = session_parameters(booking, pages, now=now)
    payments.prepare_attempt(payment=booking.payment, parameters=parameters, now=now)


def _check_agreed(quote: Quote, *, seen: str, showing: str) -> None:
    if not _same(seen, showing):
        raise PricesChanged
    if 0 < quote.total < least(quote.currency):
        raise PaymentTooSmall(least(quote.currency), quote.currency)


def _payment(showtime: Showtime, quote: Quote, *, now: dt.datetime) -> Payment | None:
    if not quote.total:
        return None
    organizer = showtime.event.organizer
    return payments.prepare(organizer=organizer, amount=quote.total, currency=quote.currency, now=now)


def _same(seen: str, current: str) -> bool:
    shown = tokens.unseal(seen, purpose=PURPOSE, max_age=TOKEN_LIFE_SECONDS)
    return shown is not None and shown == tokens.unseal(current, purpose=PURPOSE, max_age=TOKEN_LIFE_SECONDS)
