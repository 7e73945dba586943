"""Fees, and the organizer's terms for giving back (BO6)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bookings.fees import FeeRule
from core.bookings.refund_terms import RefundTerms

STARTS = dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("rule", "price", "fee"),
    [
        (FeeRule(0, 0), 1200, 0),
        (FeeRule(50, 0), 1200, 50),
        (FeeRule(0, 250), 1200, 30),
        (FeeRule(150, 200), 2499, 200),
        (FeeRule(150, 200), 0, 0),
        (FeeRule(0, 1), 50, 0),
        (FeeRule(0, 100), 50, 1),
    ],
)
def test_a_fee_is_fixed_and_a_share_rounded_half_up_and_nothing_for_nothing(rule, price, fee):
    assert rule.fee(price) == fee


@pytest.mark.parametrize(
    ("hours", "before_start", "allowed"),
    [
        (24, dt.timedelta(hours=24), True),
        (24, dt.timedelta(hours=24, seconds=-1), False),
        (24, dt.timedelta(days=9), True),
        (0, dt.timedelta(0), True),
        (0, dt.timedelta(seconds=-1), False),
        (None, dt.timedelta(days=99), False),
    ],
)
def test_terms_allow_giving_back_up_to_the_last_instant(hours, before_start, allowed):
    terms = RefundTerms(until_hours=hours, keep_fee=True)
    assert terms.allow(starts_at=STARTS, now=STARTS - before_start) is allowed


def test_terms_name_their_end():
    assert RefundTerms(until_hours=24, keep_fee=True).ends_at(STARTS) == STARTS - dt.timedelta(days=1)
    assert RefundTerms(until_hours=None, keep_fee=True).ends_at(STARTS) is None


@given(price=st.integers(0, 100_000), off=st.integers(0, 100), fee=st.integers(0, 10_000), keep=st.booleans())
def test_never_more_goes_back_than_was_paid(price, off, fee, keep):
    discount = price * off // 100
    back = RefundTerms(until_hours=1, keep_fee=keep).refund(price=price, discount=discount, fee=fee)
    assert back == price - discount + (0 if keep else fee)
    assert 0 <= back <= price - discount + fee
