"""Writing the books. Corrections are new entries; nothing is ever changed."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet, Sum

from core.kernel.compiled import AnyOf, compiled, insert
from core.ledger.models import Account, BalanceSnapshot, JournalEntry, Posting

# A posting whose transaction commits late has a smaller id than ones already committed. A snapshot keeps this
# distance from the present, so that no posting can still slip in below it.
SETTLING_TIME = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry to be written: debit positive, credit negative, in minor units."""

    kind: str
    amount: int
    organizer_id: int | None = None


def account(kind: str, *, currency: str, organizer_id: int | None = None) -> Account:
    """The account of that kind, opened when it is first needed."""
    owner: dict[str, Any] = {"organizer_id": organizer_id}
    found, _ = Account.objects.get_or_create(kind=kind, currency=currency, **owner)
    return found


def post(kind: str, *, reference: str, currency: str, lines: list[Line], now: dt.datetime) -> JournalEntry | None:
    """Write one entry; lines of zero are left out, and an entry without lines is not written.

    Raises ValueError if the lines do not sum to zero, and IntegrityError if this kind was written for this
    reference already: the caller has locked what moves, so either is a bug.
    """
    lines = [line for line in lines if line.amount]
    if sum(line.amount for line in lines) != 0:
        raise ValueError(f"{kind} {reference}: the lines do not sum to zero")
    if not lines:
        return None
    entry = insert(JournalEntry(kind=kind, reference=reference, booked_at=now))
    found = _accounts([line.kind for line in lines], [line.organizer_id for line in lines], currency)
    known = {(row.kind, row.organizer_id): row for row in found}
    Posting.objects.bulk_create(
        Posting(
            entry=entry,
            account=known.get((line.kind, line.organizer_id))
            or account(line.kind, currency=currency, organizer_id=line.organizer_id),
            amount=line.amount,
        )
        for line in lines
    )
    return entry


@compiled
def _accounts(kinds: list[str], organizer_ids: list[int | None], currency: str) -> QuerySet[Account]:
    owned = Q(organizer=None) | Q(AnyOf("organizer", organizer_ids))
    return Account.objects.filter(AnyOf("kind", kinds), owned, currency=currency)


@transaction.atomic
def snapshot_balances(*, now: dt.datetime) -> int:
    """Keep the settled balance of every account that moved since its last snapshot; how many."""
    taken = 0
    unsettled = Posting.objects.filter(entry__booked_at__gte=now - SETTLING_TIME)
    first_unsettled = unsettled.aggregate(id=Min("id"))["id"]
    for row in Account.objects.order_by("id"):
        last = row.snapshots.order_by("-up_to_id").first()
        settled = row.postings.all()
        if first_unsettled:
            settled = settled.filter(id__lt=first_unsettled)
        if last:
            settled = settled.filter(id__gt=last.up_to_id)
        moved = settled.aggregate(amount=Sum("amount"), up_to=Max("id"))
        if moved["up_to"] is None:
            continue
        amount = moved["amount"] + (last.amount if last else 0)
        BalanceSnapshot.objects.create(account=row, up_to_id=moved["up_to"], amount=amount, taken_at=now)
        taken += 1
    return taken
