import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.catalog.models import Seat, Showtime, Zone


class PlaceQuerySet(models.QuerySet["Place"]):
    def free(self, now: dt.datetime) -> Self:
        """Places that anybody could take at that instant. A lapsed hold is free by definition."""
        return self.filter(FREE).filter(Q(held_until=None) | Q(held_until__lte=now))


# What does not depend on the clock; the index of free places rests on it.
FREE = Q(sold=False, blocked=False, under_payment=False)


class Place(models.Model):
    """One seat, or one standing place, of one showtime: the row that is won.

    It exists from the day the showtime goes on sale, so there is always a row to lock. `held_until` and `holder`
    repeat the running Hold, so that "free" is a test on the locked row alone and the database re-checks it.
    """

    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="places")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField(default=0, help_text=_("Which standing place; 0 for a seat."))
    blocked = models.BooleanField(default=False)
    sold = models.BooleanField(default=False)
    under_payment = models.BooleanField(default=False)
    held_until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=80, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["showtime", "seat"], name="place_seat_once", condition=Q(seat__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["showtime", "zone", "number"],
                name="place_standing_once",
                condition=Q(seat__isnull=True),
            ),
            models.CheckConstraint(condition=~Q(sold=True, under_payment=True), name="place_sold_is_not_under_payment"),
            models.CheckConstraint(
                condition=Q(under_payment=False) | ~Q(holder=""), name="place_under_payment_has_holder"
            ),
            models.CheckConstraint(condition=Q(held_until__isnull=True) | ~Q(holder=""), name="place_held_has_holder"),
        ]
        indexes = [
            models.Index(
                fields=["showtime", "held_until"], name="place_running", condition=Q(held_until__isnull=False)
            ),
            models.Index(fields=["showtime", "zone", "number"], name="place_free", condition=FREE),
        ]

    def __str__(self) -> str:
        return f"place {self.pk} of showtime {self.showtime_id}"

    def is_free(self, now: dt.datetime) -> bool:
        """Could anybody take it at that instant?"""
        return not (self.sold or self.blocked or self.under_payment) and not (
            self.held_until is not None and self.held_until > now
        )

    def is_held_by(self, holder: str, now: dt.datetime) -> bool:
        """Does `holder` hold it, not yet paying, at that instant?"""
        return (
            self.holder == holder
            and not (self.sold or self.under_payment)
            and self.held_until is not None
            and self.held_until > now
        )

    @property
    def pair(self) -> str:
        """What joins this seat to another: the halves of a sofa, or a companion seat and its wheelchair space."""
        return self.seat.pair if self.seat else ""

    @property
    def is_companion(self) -> bool:
        """A seat that goes only with its wheelchair space."""
        return self.seat is not None and self.seat.seat_type == Seat.Type.COMPANION

    @property
    def is_half(self) -> bool:
        """Half of a sofa, which goes only whole."""
        return self.seat is not None and self.seat.seat_type == Seat.Type.SOFA

    @property
    def label(self) -> str:
        """What stands on the ticket: "C7", or the standing area's name."""
        return self.seat.label if self.seat else self.zone.label


class HoldQuerySet(models.QuerySet["Hold"]):
    def running(self, now: dt.datetime) -> Self:
        """Holds that keep their place at that instant."""
        return self.filter(Q(status=Hold.Status.ACTIVE, expires_at__gt=now) | Q(status=Hold.Status.UNDER_PAYMENT))


class Hold(models.Model):
    """One place taken for a short time by one person who has not paid. Kept after it ends; never taken up again."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Held")
        UNDER_PAYMENT = "under_payment", _("Under payment")
        SOLD = "sold", _("Sold")
        RELEASED = "released", _("Released")
        LAPSED = "lapsed", _("Lapsed")

    LIVING = (Status.ACTIVE, Status.UNDER_PAYMENT)

    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="holds")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="holds")
    holder = models.CharField(max_length=80)
    user_id = models.BigIntegerField(null=True, blank=True)
    address = models.CharField(max_length=45, blank=True)
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    extensions = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.ACTIVE)
    leased_at = models.DateTimeField(null=True, blank=True, help_text=_("When its payment was begun."))
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place"], name="hold_one_living", condition=Q(status__in=["active", "under_payment"])
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("held_at")), name="hold_expires_later"),
        ]
        indexes = [
            models.Index(fields=["holder", "showtime", "held_at"], name="hold_holder"),
            models.Index(fields=["expires_at"], name="hold_lapsing", condition=Q(status="active")),
            models.Index(
                fields=["showtime", "address"], name="hold_address", condition=Q(status__in=["active", "under_payment"])
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} on place {self.place_id}"
