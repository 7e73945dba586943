"""Reckoning a booking: plain values in, plain values out. Everything in minor units of one currency."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.bookings.fees import FeeRule


@dataclass(frozen=True, slots=True)
class Item:
    """One place with the ticket type that was chosen for it."""

    place_id: int
    ticket_type: str
    price: int


@dataclass(frozen=True, slots=True)
class Reduction:
    """What a promo code takes off: percent of each ticket, or an amount off the whole."""

    percent: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One place with all that it costs."""

    place_id: int
    ticket_type: str
    price: int
    discount: int
    fee: int

    @property
    def total(self) -> int:
        """What is charged for this place."""
        return self.price - self.discount + self.fee


@dataclass(frozen=True, slots=True)
class Quote:
    """A whole booking, reckoned."""

    currency: str
    lines: tuple[QuoteLine, ...]

    @property
    def subtotal(self) -> int:
        return sum(line.price for line in self.lines)

    @property
    def discount(self) -> int:
        return sum(line.discount for line in self.lines)

    @property
    def fee(self) -> int:
        return sum(line.fee for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` over `weights` in whole units that add up to it (largest remainder), never above a weight."""
    whole = sum(weights)
    amount = min(amount, whole)
    if not whole:
        return [0] * len(weights)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def reckon(items: Sequence[Item], *, currency: str, fees: FeeRule, reduction: Reduction | None = None) -> Quote:
    """What `items` cost with discount and fees; the discount is spread over the tickets, to the cent."""
    prices = [item.price for item in items]
    if reduction is None:
        discounts = [0] * len(items)
    elif reduction.percent:
        discounts = spread((sum(prices) * reduction.percent + 50) // 100, prices)
    else:
        discounts = spread(reduction.amount, prices)
    return Quote(
        currency=currency,
        lines=tuple(
            QuoteLine(item.place_id, item.ticket_type, item.price, discount, fees.fee(item.price - discount))
            for item, discount in zip(items, discounts, strict=True)
        ),
    )
