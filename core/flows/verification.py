"""Proving the whole database: what each app says of itself, and what only holds across apps."""

from collections.abc import Iterator

from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from core.accounts import queries as accounts
from core.audit import queries as audit
from core.bookings import queries as bookings
from core.bookings.models import Booking, BookingLine
from core.kernel.violations import Violation
from core.ledger import queries as ledger
from core.ledger.models import Account, JournalEntry, Posting
from core.payments import queries as payments
from core.payments.models import Payment, Refund
from core.seating import queries as seating
from core.seating.models import Place
from core.tickets import queries as tickets

# Which rows move money, by how much at Stripe, and which entries of the books tell it.
MOVEMENTS = (
    (
        Payment,
        (JournalEntry.Kind.SALE, JournalEntry.Kind.STRAY_PAYMENT),
        Coalesce("received", "amount"),
        Q(status=Payment.Status.SUCCEEDED),
    ),
    (Refund, (JournalEntry.Kind.REFUND, JournalEntry.Kind.STRAY_REFUND), F("amount") * -1, Q()),
    (Refund, (JournalEntry.Kind.REFUND_FAILED,), F("amount") * 1, Q(status=Refund.Status.FAILED)),
)
# Refunds that take back what a line of a booking was paid.
GIVEN_BACK = (Refund.Reason.CANCELLED, Refund.Reason.SHOWTIME_CANCELLED)


def violations() -> Iterator[Violation]:
    """Every broken invariant in one pass over all apps."""
    yield from ledger.violations()
    yield from payments.violations()
    yield from seating.violations()
    yield from bookings.violations()
    yield from tickets.violations()
    yield from accounts.violations()
    yield from _places_belong_to_bookings()
    yield from _money_is_booked()
    yield from _sales_are_bookings()
    yield from audit.violations()


def _places_belong_to_bookings() -> Iterator[Violation]:
    """What is under payment or sold is so for the booking that says it, and for no other."""
    name = "a place belongs to its booking"
    waiting = Booking.objects.filter(status=Booking.Status.AWAITING_PAYMENT)
    lessees = waiting.annotate(lessee=Concat(Value("booking:"), Cast("pk", CharField()))).values("lessee")
    stray = Place.objects.filter(under_payment=True).exclude(holder__in=lessees)
    for place_id, holder in stray.values_list("id", "holder"):
        yield Violation(name, f"seating.place {place_id}", f"is under payment, but {holder} waits for none")
    lines = BookingLine.objects.annotate(lessee=Concat(Value("booking:"), Cast("booking_id", CharField())))
    unleased = lines.filter(booking__in=waiting).exclude(place__under_payment=True, place__holder=F("lessee"))
    for line_id in unleased.values_list("id", flat=True):
        yield Violation(name, f"bookings.bookingline {line_id}", "waits for payment, but does not have its place")
    living = lines.filter(booking__status__in=Booking.LIVING, cancelled_at=None, place__sold=True)
    for line_id, holder in living.exclude(place__holder=F("lessee")).values_list("id", "place__holder"):
        yield Violation(name, f"bookings.bookingline {line_id}", f"its place is sold to {holder}")


def _money_is_booked() -> Iterator[Violation]:
    """Money in = tickets + stray payments - refunds, payment by payment, as the clearing account tells it."""
    for model, kinds, moved, rows in MOVEMENTS:
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
            .annotate(booked=Coalesce(Subquery(booked), 0), moved=moved)
            .exclude(booked=F("moved"))
        )
        for pk, amount, found in wrong.values_list("pk", "moved", "booked"):
            detail = f"moved {amount}, the books say {found}"
            yield Violation("money in = tickets - refunds", f"payments.{name} {pk}", detail)
    yield from _entries_about_nothing()


def _entries_about_nothing() -> Iterator[Violation]:
    name = "money in = tickets - refunds"
    for model, kinds, _moved, rows in MOVEMENTS:
        reference = Concat(Value(f"{model._meta.model_name}:"), Cast("pk", CharField()))
        known = model._default_manager.filter(rows).alias(told=reference).filter(told=OuterRef("reference"))
        # NOT IN would be looked through anew for every entry as soon as its list outgrows PostgreSQL's memory.
        entries = JournalEntry.objects.filter(~Exists(known), kind__in=kinds)
        for entry_id, found in entries.values_list("id", "reference"):
            yield Violation(name, f"ledger.journalentry {entry_id}", f"no such {found}")


def _sales_are_bookings() -> Iterator[Violation]:
    """What the books call a sale was confirmed, what they call stray was not; no more goes back than lines say."""
    name = "a sale is a confirmed booking"
    sales = JournalEntry.objects.filter(kind=JournalEntry.Kind.SALE).values("reference")
    strays = JournalEntry.objects.filter(kind=JournalEntry.Kind.STRAY_PAYMENT).values("reference")
    reference = Concat(Value("payment:"), Cast("payment_id", CharField()))
    bookings = Booking.objects.filter(payment__isnull=False).annotate(reference=reference)
    for code in bookings.filter(confirmed_at__isnull=False, reference__in=strays).values_list("code", flat=True):
        yield Violation(name, f"bookings.booking {code}", "is confirmed, but its money is called stray")
    for code in bookings.filter(confirmed_at=None, reference__in=sales).values_list("code", flat=True):
        yield Violation(name, f"bookings.booking {code}", "was never confirmed, but its sale is booked")
    cancelled = (
        Refund.objects.filter(payment=OuterRef("payment"), reason__in=GIVEN_BACK)
        .exclude(status=Refund.Status.FAILED)
        .values("payment")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    lines = BookingLine.objects.filter(booking=OuterRef("pk")).values("booking").annotate(sum=Sum("refunded"))
    sent = bookings.annotate(sent=Subquery(cancelled), due=Coalesce(Subquery(lines.values("sum")), 0))
    for code, back, due in sent.filter(sent__gt=F("due")).values_list("code", "sent", "due"):
        yield Violation("refunds are what the lines say", f"bookings.booking {code}", f"{back} sent back, {due} due")
