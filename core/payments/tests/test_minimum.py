import pytest

from core.payments.minimum import LEAST, least
from e2e.stripe_emulator.money import MINIMUM


@pytest.mark.parametrize(("currency", "amount"), [("EUR", 50), ("eur", 50), ("HUF", 17500), ("KWD", 1)])
def test_the_least_that_can_be_charged(currency, amount):
    assert least(currency) == amount


def test_the_least_amounts_are_those_of_stripe():
    assert {currency.lower(): amount for currency, amount in LEAST.items()} == MINIMUM
