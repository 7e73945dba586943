"""What a person is about to buy: the held places with the ticket types that the form says, reckoned."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.bookings import queries
from core.bookings.models import PromoCode
from core.bookings.pricing import Quote, QuoteLine
from core.bookings.refusals import PromoRefused, TypeNotSold
from core.catalog.models import Showtime, TicketType
from core.flows import purchase
from core.seating.models import Place
from core.seating.queries import Held


@dataclass(frozen=True, slots=True)
class Row:
    """One held place: the ticket types that are offered for it (kind, name, price), and what it costs now."""

    place: Place
    options: list[tuple[str, str, int]]
    line: QuoteLine
    error: str

    @property
    def chosen(self) -> str:
        """The name of the ticket type that is reckoned with."""
        return next((name for kind, name, _amount in self.options if kind == self.line.ticket_type), "")


@dataclass(frozen=True, slots=True)
class Order:
    """The form's choice, reckoned: what is shown, and the token that says what was shown."""

    rows: list[Row]
    types: dict[int, str]
    quote: Quote
    promo: PromoCode | None
    promo_error: str
    token: str
    errors: list[str] = field(default_factory=list)

    @property
    def promo_word(self) -> str:
        """The code that counts; "" for none."""
        return self.promo.word if self.promo else ""

    @property
    def is_sound(self) -> bool:
        """False when the form said something that cannot be."""
        return not (self.promo_error or self.errors)


def order_of(said: Mapping[str, str], *, showtime: Showtime, held: Held, now: dt.datetime) -> Order:
    """Reckon the held places with what the form `said`: "type-<place>" and "promo"."""
    types, errors = _types(said, showtime=showtime, held=held)
    promo, promo_error = None, ""
    try:
        word = said.get("promo", "")[:30].replace("\0", "")  # PostgreSQL knows no text with that
        promo = queries.promo_by_word(showtime, word, now=now)
    except PromoRefused as refusal:
        promo_error = str(refusal)
    quote = queries.quote(showtime, held.places, types, promo=promo)
    return Order(
        rows=_rows(showtime, held, quote, errors),
        types=types,
        quote=quote,
        promo=promo,
        promo_error=promo_error,
        token=purchase.offer(quote, showtime=showtime, promo_word=promo.word if promo else ""),
        errors=list(errors.values()),
    )


def _types(said: Mapping[str, str], *, showtime: Showtime, held: Held) -> tuple[dict[int, str], dict[int, str]]:
    """The ticket type of each place, and what is wrong with it. Instead of a wrong one the first is shown."""
    prices = showtime.prices
    types, errors = queries.default_types(showtime, held.places), {}
    for place in held.places:
        chosen = said.get(f"type-{place.pk}", "") or types[place.pk]
        if chosen in prices.prices(zone_id=place.zone_id, seat_type=queries.seat_type(place)):
            types[place.pk] = chosen
        else:
            errors[place.pk] = str(TypeNotSold(place.label))
    return types, errors


def _rows(showtime: Showtime, held: Held, quote: Quote, errors: Mapping[int, str]) -> list[Row]:
    prices = showtime.prices
    lines = {line.place_id: line for line in quote.lines}
    rows = []
    for place in held.places:
        offered = prices.prices(zone_id=place.zone_id, seat_type=queries.seat_type(place))
        options = [(kind, str(TicketType(kind).label), amount) for kind, amount in offered.items()]
        rows.append(Row(place, options, lines[place.pk], errors.get(place.pk, "")))
    return rows
