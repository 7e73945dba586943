"""Double entry: what is written sums to zero and stays; balances are their postings (AD5)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ledger import actions
from core.ledger.actions import Line
from core.ledger.models import Account, BalanceSnapshot, JournalEntry, Posting
from core.ledger.queries import balance, violations
from e2e.cast import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)
KIND = JournalEntry.Kind.SALE


def sale(number: int, amount: int, fee: int = 0, *, now: dt.datetime = NOW) -> JournalEntry | None:
    lines = [Line("clearing", amount), Line("unallocated", fee - amount), Line("fees", -fee)]
    return actions.post(KIND, reference=f"payment:{number}", currency="EUR", lines=lines, now=now)


def balances() -> dict[str, int]:
    return {account.kind: balance(account) for account in Account.objects.order_by("kind")}


def test_posting_writes_every_side_and_leaves_out_nothing_but_zeros():
    entry = sale(1, 1000)
    assert sorted(entry.postings.values_list("account__kind", "amount")) == [("clearing", 1000), ("unallocated", -1000)]
    assert balances() == {"clearing": 1000, "unallocated": -1000}


def test_posting_nothing_writes_no_entry():
    assert sale(1, 0) is None
    assert JournalEntry.objects.count() == 0


def test_posting_what_does_not_sum_to_zero_is_a_bug_and_writes_nothing():
    with pytest.raises(ValueError, match="do not sum to zero"):
        actions.post(KIND, reference="payment:1", currency="EUR", lines=[Line("clearing", 1)], now=NOW)
    assert JournalEntry.objects.count() == 0


def test_posting_the_same_twice_is_refused_by_the_database():
    sale(1, 1000)
    with pytest.raises(IntegrityError, match="journal_entry_once"), transaction.atomic():
        sale(1, 1000)
    assert balances() == {"clearing": 1000, "unallocated": -1000}


def test_accounts_are_apart_by_organizer_and_currency(house):
    first = actions.account("payable", currency="EUR", organizer_id=house.organizer.pk)
    assert actions.account("payable", currency="EUR", organizer_id=house.organizer.pk) == first
    assert actions.account("payable", currency="CHF", organizer_id=house.organizer.pk) != first
    assert actions.account("clearing", currency="EUR") == actions.account("clearing", currency="EUR")


def test_what_is_owed_is_owed_to_somebody():
    with pytest.raises(IntegrityError, match="account_payable_has_organizer"), transaction.atomic():
        actions.account("payable", currency="EUR")


@pytest.mark.parametrize("model", [JournalEntry, Posting, BalanceSnapshot])
def test_the_books_can_be_neither_changed_nor_deleted(model):
    sale(1, 1000)
    actions.snapshot_balances(now=LATER)
    field = {JournalEntry: "reference", Posting: "amount", BalanceSnapshot: "amount"}[model]
    for change in (lambda: model.objects.update(**{field: 7}), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert balances() == {"clearing": 1000, "unallocated": -1000}


def test_a_snapshot_takes_what_has_settled_and_the_balance_goes_on_from_there():
    sale(1, 1000, 100)
    assert actions.snapshot_balances(now=NOW + dt.timedelta(minutes=9)) == 0
    assert actions.snapshot_balances(now=LATER) == 3
    sale(2, 500, 50, now=LATER)
    assert actions.snapshot_balances(now=LATER) == 0
    assert balances() == {"clearing": 1500, "fees": -150, "unallocated": -1350}
    assert actions.snapshot_balances(now=LATER + dt.timedelta(hours=1)) == 3
    assert actions.snapshot_balances(now=LATER + dt.timedelta(hours=2)) == 0
    assert list(violations()) == []


def test_a_snapshot_keeps_below_the_first_posting_that_may_still_be_overtaken():
    sale(1, 1000)
    sale(2, 500, now=LATER)
    sale(3, 250)
    actions.snapshot_balances(now=LATER)
    assert BalanceSnapshot.objects.get(account__kind="clearing").amount == 1000
    assert balances()["clearing"] == 1750


@settings(deadline=None, max_examples=20)
@given(amounts=st.lists(st.integers(1, 10**12), max_size=8))
def test_the_books_stay_at_zero_whatever_is_sold(amounts):
    with transaction.atomic():
        for number, amount in enumerate(amounts):
            sale(number, amount, amount // 7)
        assert sum(balances().values()) == 0
        transaction.set_rollback(True)
