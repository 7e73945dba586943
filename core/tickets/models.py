from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Dependent, User
from core.bookings.models import Booking, BookingLine
from core.catalog.models import Showtime, TicketType
from core.kernel.codes import readable_code
from core.seating.models import Place


def ticket_code() -> str:
    """Ten readable places: 46 bits."""
    return readable_code(10)


class SigningKey(models.Model):
    """A key that tickets are signed with (Ed25519). It belongs to the platform; its id stands in each QR code."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    public_key = models.CharField(max_length=64, help_text=_("Base64 of the raw 32 bytes."))
    sealed_private_key = models.TextField(blank=True, help_text=_("Encrypted under SECRET_KEY; blank when retired."))
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"key {self.pk}"


class TicketQuerySet(models.QuerySet["Ticket"]):
    def valid(self) -> Self:
        """Tickets that open a door."""
        return self.filter(status=Ticket.Status.VALID)

    def of(self, user: User) -> Self:
        """The tickets of a person who is logged in."""
        return self.filter(booking__user=user)


class Ticket(models.Model):
    """The right of one person to enter one showtime, in one place."""

    class Status(models.TextChoices):
        VALID = "valid", _("Valid")
        CANCELLED = "cancelled", _("Cancelled")

    code = models.CharField(max_length=12, unique=True, default=ticket_code)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="tickets")
    line = models.OneToOneField(BookingLine, on_delete=models.PROTECT, related_name="ticket")
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="tickets")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="tickets")
    ticket_type = models.CharField(max_length=12, choices=TicketType.choices)
    label = models.CharField(max_length=120)
    dependent = models.ForeignKey(
        Dependent, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets",
        help_text=_("Whom it was bought for, where the buyer said so."),
    )  # fmt: skip
    generation = models.PositiveSmallIntegerField(
        default=1, help_text=_("Counts up when the ticket changes hands; older QR codes stop working.")
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.VALID)
    issued_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place"], name="ticket_one_living", condition=Q(status="valid")),
        ]
        indexes = [models.Index(fields=["showtime", "status"], name="ticket_showtime")]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code
