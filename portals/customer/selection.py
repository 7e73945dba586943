"""What one person has in one showtime, with what it costs: the panel beside the plan."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core.bookings import queries as bookings
from core.bookings.models import Booking
from core.catalog.models import Showtime, TicketType
from core.seating.models import Place
from core.seating.queries import NOTHING_HELD, Held, held_by


@dataclass(frozen=True, slots=True)
class Row:
    """Places of one kind: a seat, or the standing places of a zone."""

    place: Place
    count: int
    ticket_type: str
    price: int

    @property
    def total(self) -> int:
        return self.price * self.count


@dataclass(frozen=True, slots=True)
class Selection:
    """The panel. `waiting` is a payment that was begun."""

    showtime: Showtime
    now: dt.datetime
    held: Held
    rows: list[Row]
    fee: int
    total: int
    waiting: Booking | None

    @property
    def count(self) -> int:
        return len(self.held.places)

    @property
    def has_seats(self) -> bool:
        """Is there a plan to choose from?"""
        return self.showtime.seat_map.seat_count > 0

    @property
    def mine(self) -> list[int]:
        """The ids of the held seats."""
        return [place.seat_id for place in self.held.places if place.seat_id]

    @property
    def paying(self) -> list[int]:
        """The ids of the seats in the payment that was begun."""
        if self.waiting is None:
            return []
        return [line.place.seat_id for line in self.waiting.lines.all() if line.place.seat_id]

    @property
    def standing(self) -> dict[int, int]:
        """How many standing places are held in each zone."""
        return {row.place.zone_id: row.count for row in self.rows if row.place.seat is None}

    @property
    def left(self) -> str:
        """How much time is left, as the countdown writes it."""
        seconds = max(0, int((self.held.until - self.now).total_seconds())) if self.held.until else 0
        return f"{seconds // 60}:{seconds % 60:02d}"

    @property
    def extensions_left(self) -> int:
        return max(0, self.showtime.event.organizer.max_extensions - self.held.extensions)

    @property
    def lapsed(self) -> list[Place]:
        """Places that were lost a moment ago and are still free."""
        return [] if self.waiting else self.held.lapsed

    @property
    def other_types(self) -> str:
        """The ticket types that can be chosen for what is held, besides the ones that are reckoned with."""
        prices, shown = self.showtime.prices, {row.ticket_type for row in self.rows}
        kinds = {
            kind
            for place in self.held.places
            for kind in prices.prices(zone_id=place.zone_id, seat_type=bookings.seat_type(place))
        }
        names = [str(kind.label) for kind in TicketType if kind in kinds]
        return ", ".join(name for name in names if name not in shown)

    @property
    def lapsed_names(self) -> str:
        return ", ".join(place.label for place in self.lapsed)

    @property
    def lapsed_standing(self) -> dict[int, int]:
        """Of the lapsed places the standing ones: how many of each zone."""
        return _counted(place.zone_id for place in self.lapsed if place.seat_id is None)


def selection_of(holder: str, *, showtime: Showtime, now: dt.datetime) -> Selection:
    """The panel of `holder` in `showtime`. What was lost, and what waits, is looked up only where nothing is held."""
    if not holder:
        return Selection(showtime, now, NOTHING_HELD, [], 0, 0, None)
    held = held_by(holder, showtime=showtime, now=now)
    waiting = bookings.open_booking(holder, showtime=showtime) if held.is_paying and not held.places else None
    types = {pk: kind for pk, kind in bookings.default_types(showtime, held.places).items() if kind}
    quote = bookings.quote(showtime, [place for place in held.places if place.pk in types], types)
    prices = {line.place_id: line.price for line in quote.lines}
    return Selection(
        showtime=showtime,
        now=now,
        held=held,
        rows=_rows(held.places, types, prices),
        fee=quote.fee,
        total=quote.total,
        waiting=waiting,
    )


def _rows(places: Iterable[Place], types: dict[int, str], prices: dict[int, int]) -> list[Row]:
    rows: dict[tuple[int, int], Row] = {}
    for place in places:
        kind = types.get(place.pk, "")
        key = (place.zone_id, place.seat_id or 0)
        before = rows[key].count if key in rows else 0
        name = str(TicketType(kind).label) if kind else ""
        rows[key] = Row(place, before + 1, name, prices.get(place.pk, 0))
    return list(rows.values())


def _counted(zone_ids: Iterable[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for zone_id in zone_ids:
        counts[zone_id] = counts.get(zone_id, 0) + 1
    return counts
