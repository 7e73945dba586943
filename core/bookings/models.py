import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organizer, User
from core.catalog.models import Showtime, TicketType
from core.kernel.codes import access_key, readable_code
from core.payments.models import Payment
from core.seating.models import Place


class PromoCode(models.Model):
    """A word that makes a booking cheaper, a number of times."""

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="promo_codes")
    word = models.CharField(max_length=30)
    percent = models.PositiveSmallIntegerField(default=0)
    amount = models.PositiveIntegerField(default=0, help_text=_("Off the whole booking, in minor units."))
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    most_uses = models.PositiveIntegerField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("organizer", models.functions.Upper("word"), name="promo_code_once"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="promo_code_percent"),
            models.CheckConstraint(
                condition=Q(most_uses__isnull=True) | Q(used__lte=F("most_uses")),
                name="promo_code_not_overused",
            ),
        ]

    def __str__(self) -> str:
        return self.word


class BookingQuerySet(models.QuerySet["Booking"]):
    def of(self, user: User) -> Self:
        """The bookings of a person who is logged in."""
        return self.filter(user=user)


class Booking(models.Model):
    """What a customer buys in one go, for one showtime: the held places, their prices, fees, and the payment."""

    class Status(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        PARTLY_REFUNDED = "partly_refunded", _("Partly refunded")
        REFUNDED = "refunded", _("Refunded")

    LIVING = (Status.CONFIRMED, Status.PARTLY_REFUNDED)

    code = models.CharField(max_length=12, unique=True, default=readable_code)
    access_key = models.CharField(max_length=40, unique=True, default=access_key)
    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="bookings")
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="bookings")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings")
    holder = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    mobile = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, default="en")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.AWAITING_PAYMENT)
    reason = models.CharField(max_length=200, blank=True, help_text=_("Why it expired or was cancelled."))
    currency = models.CharField(max_length=3)
    subtotal = models.PositiveIntegerField()
    discount = models.PositiveIntegerField(default=0)
    fee = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    promo_code = models.ForeignKey(PromoCode, on_delete=models.PROTECT, null=True, blank=True)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="booking")
    created_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("subtotal") - F("discount") + F("fee")), name="booking_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False) | Q(total=0), name="booking_with_price_has_payment"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "created_at"], name="booking_user"),
            models.Index(fields=["email"], name="booking_email"),
            models.Index(fields=["holder", "showtime"], name="booking_holder"),
            models.Index(fields=["lease_until"], name="booking_open", condition=Q(status="awaiting_payment")),
            models.Index(
                fields=["showtime"], name="booking_living", condition=Q(status__in=["confirmed", "partly_refunded"])
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_living(self) -> bool:
        """True while at least one of its tickets is good."""
        return self.status in self.LIVING

    def can_be_paid(self, now: dt.datetime) -> bool:
        """True while "continue payment" may be offered."""
        return self.status == self.Status.AWAITING_PAYMENT and self.lease_until > now


class BookingLine(models.Model):
    """One place of a booking: what was agreed for it, kept even when prices change later."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="lines")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    ticket_type = models.CharField(max_length=12, choices=TicketType.choices)
    label = models.CharField(max_length=120)
    price = models.PositiveIntegerField()
    discount = models.PositiveIntegerField(default=0)
    fee = models.PositiveIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    refunded = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["booking", "place"], name="booking_line_once"),
            models.CheckConstraint(condition=Q(discount__lte=F("price")), name="booking_line_discount"),
            models.CheckConstraint(
                condition=Q(refunded__lte=F("price") - F("discount") + F("fee")), name="booking_line_refund"
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.booking} {self.label}"

    @property
    def paid(self) -> int:
        """What this place cost in all, in minor units."""
        return self.price - self.discount + self.fee


class BookingChange(models.Model):
    """One step in the life of a booking, for customer and organizer to read. Append-only."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=Booking.Status.choices)
    reason = models.CharField(max_length=200, blank=True)
    actor_label = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.booking} {self.status}"
