"""Proving the whole database: what each app says of itself, and what only holds across apps."""

from collections.abc import Iterator

from django.db.models import CharField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from core.audit import queries as audit
from core.bookings import queries as bookings
from core.kernel.violations import Violation
from core.ledger import queries as ledger
from core.ledger.models import Account, JournalEntry, Posting
from core.payments import queries as payments
from core.payments.models import Payment, Refund
from core.seating import queries as seating
from core.tickets import queries as tickets


def violations() -> Iterator[Violation]:
    """Every broken invariant in one pass over all apps."""
    yield from ledger.violations()
    yield from payments.violations()
    yield from seating.violations()
    yield from bookings.violations()
    yield from tickets.violations()
    yield from _money_is_booked()
    yield from audit.violations()


def _money_is_booked() -> Iterator[Violation]:
    """Money in = tickets + stray payments - refunds, payment by payment, as the clearing account tells it."""
    for model, kinds, sign, rows in (
        (Payment, [JournalEntry.Kind.SALE, JournalEntry.Kind.STRAY_PAYMENT], 1, Q(status=Payment.Status.SUCCEEDED)),
        (Refund, [JournalEntry.Kind.REFUND, JournalEntry.Kind.STRAY_REFUND], -1, Q()),
    ):
        name = model._meta.model_name
        booked = (
            Posting.objects.filter(
                account__kind=Account.Kind.CLEARING, entry__kind__in=kinds, entry__reference=OuterRef("reference")
            )
            .values("entry__reference")
            .annotate(sum=Sum("amount"))
            .values("sum")
        )
        reference = Concat(Value(f"{name}:"), Cast("pk", CharField()))
        wrong = (
            model._default_manager.filter(rows)
            .annotate(reference=reference)
            .annotate(booked=Coalesce(Subquery(booked), 0))
            .exclude(booked=F("amount") * sign)
        )
        for pk, amount, found in wrong.values_list("pk", "amount", "booked"):
            detail = f"moved {amount * sign}, the books say {found}"
            yield Violation("money in = tickets - refunds", f"payments.{name} {pk}", detail)
    yield from _entries_without_payment()


def _entries_without_payment() -> Iterator[Violation]:
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED)
    known = paid.annotate(reference=Concat(Value("payment:"), Cast("pk", CharField()))).values("reference")
    sales = JournalEntry.objects.filter(kind__in=[JournalEntry.Kind.SALE, JournalEntry.Kind.STRAY_PAYMENT])
    for entry_id, reference in sales.exclude(reference__in=known).values_list("id", "reference"):
        yield Violation("money in = tickets - refunds", f"ledger.journalentry {entry_id}", f"no such {reference}")
