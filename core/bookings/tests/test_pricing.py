"""Reckoning a booking, to the cent (BO1)."""

from hypothesis import given
from hypothesis import strategies as st

from core.bookings.fees import FeeRule
from core.bookings.pricing import Item, Reduction, reckon, spread

NO_FEES = FeeRule(0, 0)
amounts = st.integers(min_value=0, max_value=1_000_000)
prices = st.lists(amounts, max_size=12)


def items(*amounts: int) -> list[Item]:
    return [Item(number, "adult", amount) for number, amount in enumerate(amounts, start=1)]


def told(quote) -> list[tuple[int, int, int, int]]:
    return [(line.price, line.discount, line.fee, line.total) for line in quote.lines]


# --- spread


def test_spread_divides_what_does_not_divide():
    assert spread(100, [90, 90, 90]) == [34, 33, 33]
    assert spread(1000, [1200, 800, 0]) == [600, 400, 0]


def test_spread_gives_the_odd_cents_to_the_largest_remainders():
    assert spread(10, [3, 5, 3]) == [3, 4, 3]
    assert spread(3, [100, 1]) == [3, 0]


def test_spread_gives_no_more_than_there_is():
    assert spread(5000, [1200, 800]) == [1200, 800]
    assert spread(5, [0, 0]) == [0, 0]
    assert spread(5, []) == []


@given(amount=amounts, weights=prices)
def test_spread_adds_up_and_takes_from_none_more_than_it_has(amount, weights):
    parts = spread(amount, weights)
    assert sum(parts) == min(amount, sum(weights))
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


@given(amount=amounts, weights=st.lists(amounts, min_size=1, max_size=12))
def test_spread_differs_from_the_exact_share_by_less_than_a_cent(amount, weights):
    whole = sum(weights)
    amount = min(amount, whole)
    for part, weight in zip(spread(amount, weights), weights, strict=True):
        assert whole == 0 or abs(part * whole - amount * weight) < whole


# --- reckon


def test_reckon_without_discount_or_fees():
    quote = reckon(items(1200, 800), currency="EUR", fees=NO_FEES)
    assert told(quote) == [(1200, 0, 0, 1200), (800, 0, 0, 800)]
    assert (quote.subtotal, quote.discount, quote.fee, quote.total) == (2000, 0, 0, 2000)


def test_reckon_takes_a_percentage_off_the_whole_and_spreads_it():
    quote = reckon(items(999, 999, 999), currency="EUR", fees=NO_FEES, reduction=Reduction(percent=10))
    assert [line.discount for line in quote.lines] == [100, 100, 100]
    quote = reckon(items(995, 995), currency="EUR", fees=NO_FEES, reduction=Reduction(percent=1))
    assert [line.discount for line in quote.lines] == [10, 10]


def test_reckon_takes_an_amount_off_the_whole_and_no_more():
    quote = reckon(items(1200, 800), currency="EUR", fees=NO_FEES, reduction=Reduction(amount=500))
    assert told(quote) == [(1200, 300, 0, 900), (800, 200, 0, 600)]
    quote = reckon(items(1200), currency="EUR", fees=NO_FEES, reduction=Reduction(amount=5000))
    assert quote.total == 0


def test_reckon_asks_fees_on_what_is_paid_and_none_for_a_free_ticket():
    quote = reckon(items(1200, 0), currency="EUR", fees=FeeRule(50, 200), reduction=Reduction(percent=50))
    assert told(quote) == [(1200, 600, 62, 662), (0, 0, 0, 0)]
    quote = reckon(items(1200), currency="EUR", fees=FeeRule(50, 200), reduction=Reduction(percent=100))
    assert (quote.fee, quote.total) == (0, 0)


@given(
    prices=st.lists(amounts, min_size=1, max_size=12),
    fixed=st.integers(0, 500),
    basis_points=st.integers(0, 3000),
    percent=st.integers(0, 100),
    amount=amounts,
)
def test_reckon_adds_up_to_the_cent(prices, fixed, basis_points, percent, amount):
    reduction = Reduction(percent=percent) if percent else Reduction(amount=amount)
    quote = reckon(items(*prices), currency="EUR", fees=FeeRule(fixed, basis_points), reduction=reduction)
    assert quote.subtotal == sum(prices)
    assert quote.total == quote.subtotal - quote.discount + quote.fee == sum(line.total for line in quote.lines)
    wanted = (sum(prices) * percent + 50) // 100 if percent else min(amount, sum(prices))
    assert quote.discount == wanted
    assert all(line.total >= 0 and line.discount <= line.price for line in quote.lines)
    assert all((line.fee > 0) <= (line.price > line.discount) for line in quote.lines)
