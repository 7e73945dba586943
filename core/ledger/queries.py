"""Reading the books, and proving them."""

from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, Subquery, Sum
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
    posted = (
        Posting.objects.filter(account=OuterRef("account"), id__lte=OuterRef("up_to_id"))
        .values("account")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    wrong = BalanceSnapshot.objects.annotate(posted=Coalesce(Subquery(posted), 0)).exclude(posted=F("amount"))
    for snapshot in wrong:
        yield Violation(
            "balances equal their postings",
            f"ledger.account {snapshot.account_id}",
            f"snapshot {snapshot.pk} says {snapshot.amount}, its postings {snapshot.posted}",
        )
