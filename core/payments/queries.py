"""Proving what is known of payments."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from core.kernel.compiled import compiled
from core.kernel.violations import Violation
from core.payments.models import Payment, PaymentAttempt, Refund


def last_attempt(payment_id: int) -> PaymentAttempt | None:
    """The newest try to have the payment made."""
    return next(iter(_last_attempt(payment_id)), None)


@compiled
def _last_attempt(payment_id: int) -> QuerySet[PaymentAttempt]:
    return PaymentAttempt.objects.filter(payment=payment_id).order_by("-id")[:1]


def violations() -> Iterator[Violation]:
    """Payments with more sent back than came in, or with money and no PaymentIntent."""
    # Of a refund made at Stripe's own desk we hear afterwards. What we had on the way is refused there, and fails.
    outside = Exists(Refund.objects.filter(payment=OuterRef("pk"), reason=Refund.Reason.OUTSIDE))
    counts = ~Q(refunds__status=Refund.Status.FAILED) & ~Q(outside, refunds__status=Refund.Status.PREPARED)
    gone = Coalesce(Sum("refunds__amount", filter=counts), 0)
    over = Payment.objects.annotate(gone=gone, came=Coalesce("received", "amount")).filter(gone__gt=F("came"))
    for payment_id, amount, sent in over.values_list("id", "came", "gone"):
        yield Violation("refunds are at most the payment", f"payments.payment {payment_id}", f"{sent} of {amount}")
    unpaid = Refund.objects.exclude(payment__status=Payment.Status.SUCCEEDED)
    for refund_id in unpaid.values_list("id", flat=True):
        yield Violation("refunds are at most the payment", f"payments.refund {refund_id}", "its payment never came")
    bare = Payment.objects.filter(status=Payment.Status.SUCCEEDED, intent_id="")
    for payment_id in bare.values_list("id", flat=True):
        yield Violation("money in is known to Stripe", f"payments.payment {payment_id}", "no PaymentIntent")
    open_ = PaymentAttempt.objects.filter(payment__status=Payment.Status.EXPIRED).exclude(status__in=_ENDED)
    for attempt_id, status in open_.values_list("id", "status"):
        yield Violation("what has ended takes no money", f"payments.paymentattempt {attempt_id}", f"is {status}")


_ENDED = (*PaymentAttempt.DEAD, PaymentAttempt.Status.COMPLETE)
