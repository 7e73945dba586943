"""Money: whole minor units with a currency, never a float."""

from decimal import Decimal
from functools import lru_cache

from babel.core import get_global
from babel.numbers import format_currency


def exponent(currency: str) -> int:
    """How many decimal places the currency has: 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217, from CLDR)."""
    fractions = get_global("currency_fractions")
    digits: int = fractions.get(currency, fractions["DEFAULT"])[0]
    return digits


def to_major(amount: int, currency: str) -> Decimal:
    """1450, EUR -> Decimal("14.50")."""
    places = exponent(currency)
    return Decimal(amount).scaleb(-places)


@lru_cache(maxsize=8192)
def format_money(amount: int, currency: str, language: str = "en") -> str:
    """The amount as people of `language` write it, with the currency's code: "14.50 EUR", "14,50 EUR"."""
    locale = language.replace("-", "_")
    places = exponent(currency)
    pattern = "#,##0" + ("." + "0" * places if places else "") + " ¤¤"
    return format_currency(to_major(amount, currency), currency, format=pattern, locale=locale, currency_digits=False)


def share(amount: int, basis_points: int) -> int:
    """The part of `amount` that `basis_points` hundredths of a percent are, half a minor unit rounded up."""
    return (amount * basis_points + 5_000) // 10_000
