import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organizer


class Payment(models.Model):
    """Money that should move in. Knows no booking: what it pays for points at it."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for payment")
        PROCESSING = "processing", _("Being settled")
        SUCCEEDED = "succeeded", _("Paid")
        EXPIRED = "expired", _("Not paid")

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="payments")
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    received = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("What Stripe took, if it was not what was asked.")
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    intent_id = models.CharField(max_length=120, blank=True, help_text=_("Stripe's PaymentIntent."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["intent_id"], name="payment_intent_once", condition=~Q(intent_id="")),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(succeeded_at__isnull=False),
                name="payment_succeeded_has_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "created_at"], name="payment_open")]

    def __str__(self) -> str:
        return f"payment {self.pk} {self.amount} {self.currency}"

    @property
    def money(self) -> int:
        """What came, in minor units."""
        return self.amount if self.received is None else self.received


class PaymentAttempt(models.Model):
    """One Checkout Session, with every parameter it is made of, written down before Stripe is asked.

    `key` is the idempotency key: however often this attempt is sent, Stripe makes one session of it.
    """

    class Status(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        OPEN = "open", _("Open")
        COMPLETE = "complete", _("Complete")
        EXPIRED = "expired", _("Expired")
        REFUSED = "refused", _("Refused by Stripe")

    # No money can come of these.
    DEAD = (Status.EXPIRED, Status.REFUSED)

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    parameters = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREPARED)
    session_id = models.CharField(max_length=120, blank=True)
    session_url = models.TextField(blank=True)
    created_at = models.DateTimeField()
    session_expires_at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session_id"], name="payment_attempt_session_once", condition=~Q(session_id="")
            ),
            models.UniqueConstraint(
                fields=["payment"],
                name="payment_attempt_one_living",
                condition=Q(status__in=["prepared", "open"]),
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk} of payment {self.payment_id}"


class Refund(models.Model):
    """Money that should move back. Written first, asked of Stripe afterwards, with its key."""

    class Status(models.TextChoices):
        PREPARED = "prepared", _("On its way to Stripe")
        PENDING = "pending", _("Being refunded")
        SUCCEEDED = "succeeded", _("Refunded")
        FAILED = "failed", _("Failed")

    class Reason(models.TextChoices):
        CANCELLED = "cancelled", _("Cancelled by the customer")
        BY_HOUSE = "by_house", _("Cancelled by the house")
        SEATS_GONE = "seats_gone", _("The seats were gone when the money arrived")
        SHOWTIME_CANCELLED = "showtime_cancelled", _("The showtime was cancelled")
        PAID_TWICE = "paid_twice", _("Paid twice")
        OUTSIDE = "outside", _("Refunded at Stripe")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    amount = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREPARED)
    stripe_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stripe_id"], name="refund_stripe_id_once", condition=~Q(stripe_id="")),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_moves_money"),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk} of payment {self.payment_id}"


class StripeEvent(models.Model):
    """The inbox: what Stripe told us, once per event id."""

    event_id = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=80)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="stripe_event_received")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class MoneyIncident(models.Model):
    """Money that did not do what it should, for a person at the organizer's or the platform's desk to see."""

    class Kind(models.TextChoices):
        SEATS_GONE = "seats_gone", _("Paid for seats that were gone; refunded")
        LATE = "late", _("Paid late; the seats were still free")
        PAID_TWICE = "paid_twice", _("Paid twice; refunded")
        AMOUNT_DIFFERS = "amount_differs", _("Stripe took another amount than asked")
        REFUND_FAILED = "refund_failed", _("A refund failed")
        REFUNDED_OUTSIDE = "refunded_outside", _("Refunded at Stripe, not here")
        DISPUTED = "disputed", _("The customer disputes the charge")
        UNKNOWN = "unknown", _("Money that belongs to nothing here")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents")
    reference = models.CharField(max_length=120, help_text=_("What it is about, once per kind."))
    detail = models.TextField(blank=True)
    noticed_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="money_incident_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
