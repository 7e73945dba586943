"""The least that Stripe charges, by currency, in minor units (docs.stripe.com/currencies, minimum charge amounts)."""

LEAST = {
    "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30,
    "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200,
    "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
}  # fmt: skip


def least(currency: str) -> int:
    """The smallest amount that can be charged; 1 where Stripe names none."""
    return LEAST.get(currency.upper(), 1)
