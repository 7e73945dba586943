"""Reading the books, and proving them."""

from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from core.kernel.violations import Violation
from core.ledger.models import Account, BalanceSnapshot, JournalEntry, Posting


def balance(account: Account) -> int:
    """What lies in the account now: its last snapshot and what was posted since."""
    last = account.snapshots.order_by("-up_to_id").first()
    later = account.postings.filter(id__gt=last.up_to_id) if last else account.postings.all()
    moved: int = later.aggregate(amount=Coalesce(Sum("amount"), 0))["amount"]
    return moved + (last.amount if last else 0)


def violations() -> Iterator[Violation]:
    """Entries that do not sum to zero, and snapshots that differ from their postings."""
    unbalanced = JournalEntry.objects.annotate(total=Coalesce(Sum("postings__amount"), 0)).exclude(total=0)
    for entry_id, total in unbalanced.values_list("id", "total"):
        yield Violation("journal entries sum to zero", f"ledger.journalentry {entry_id}", f"sums to {total}")
    for entry_id in JournalEntry.objects.filter(postings=None).values_list("id", flat=True):
        yield Violation("journal entries sum to zero", f"ledger.journalentry {entry_id}", "has no postings")
    mixed = (
        Posting.objects.values("entry_id")
        .annotate(currencies=Count("account__currency", distinct=True))
        .filter(currencies__gt=1)
    )
    for row in mixed:
        yield Violation("journal entries sum to zero", f"ledger.journalentry {row['entry_id']}", "mixes currencies")
    for pk, account_id, amount, found in _wrong_snapshots():
        yield Violation(
            "balances equal their postings",
            f"ledger.account {account_id}",
            f"snapshot {pk} says {amount}, its postings {found}",
        )


def _wrong_snapshots() -> QuerySet[BalanceSnapshot, tuple[int, int, int, int]]:
    """Snapshots that are not the one before and what was posted since: id, account, amount, and what it should be.

    Each looks at its own stretch of the postings only: summed from the very beginning each time, ten times as many
    sales, with ten times as many snapshots, would take a hundred times as long to prove.
    """
    before = BalanceSnapshot.objects.filter(account=OuterRef("account"), up_to_id__lt=OuterRef("up_to_id"))
    last = before.order_by("-up_to_id")
    stretch = Posting.objects.filter(
        account=OuterRef("account"), id__gt=OuterRef("since"), id__lte=OuterRef("up_to_id")
    ).order_by()
    moved = stretch.values("account").annotate(total=Sum("amount")).values("total")
    return (
        BalanceSnapshot.objects.alias(since=Coalesce(Subquery(last.values("up_to_id")[:1]), Value(0)))
        .annotate(posted=Coalesce(Subquery(last.values("amount")[:1]), Value(0)) + Coalesce(Subquery(moved), Value(0)))
        .exclude(posted=F("amount"))
        .values_list("id", "account_id", "amount", "posted")
    )
