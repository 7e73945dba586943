import datetime as dt
from functools import cached_property
from typing import Self

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.catalog.models.events import Event
from core.catalog.models.venues import Room, Seat, SeatMap, Zone
from core.catalog.pricing import PriceList, Tier, in_order
from core.kernel.compiled import compiled


class TicketType(models.TextChoices):
    """Who, not where."""

    ADULT = "adult", _("Adult")
    CHILD = "child", _("Child")
    REDUCED = "reduced", _("Reduced")


class ShowtimeQuerySet(models.QuerySet["Showtime"]):
    def public(self) -> Self:
        """Showtimes whose page anybody may open, past and cancelled ones too."""
        return self.exclude(status=Showtime.Status.DRAFT).filter(
            event__status__in=[Event.Status.PUBLISHED, Event.Status.CANCELLED]
        )

    def upcoming(self, now: dt.datetime) -> Self:
        """On sale or soon to be, and not begun."""
        return self.public().filter(status=Showtime.Status.ON_SALE, starts_at__gt=now)

    def cancelled(self) -> Self:
        """Showtimes that do not take place."""
        return self.filter(Q(status=Showtime.Status.CANCELLED) | Q(event__status=Event.Status.CANCELLED))


class Showtime(models.Model):
    """One dated performance of an event in a room."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ON_SALE = "on_sale", _("On sale")
        CANCELLED = "cancelled", _("Cancelled")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="showtimes")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="showtimes")
    seat_map = models.ForeignKey(SeatMap, on_delete=models.PROTECT, related_name="showtimes")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    doors_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    format = models.CharField(max_length=20, blank=True, help_text=_("2D, 3D, IMAX, live"))
    language = models.CharField(max_length=40, blank=True)
    subtitles = models.CharField(max_length=40, blank=True)
    sale_opens_at = models.DateTimeField(null=True, blank=True)
    sale_closes_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: when it starts."))

    objects = ShowtimeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["starts_at"], name="showtime_starts"),
            models.Index(fields=["event", "starts_at"], name="showtime_event"),
        ]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="showtime_ends_later")]

    def __str__(self) -> str:
        return f"{self.event} {self.local_start:%Y-%m-%d %H:%M}"

    @property
    def local_start(self) -> dt.datetime:
        """When it starts on the venue's clock."""
        return self.room.venue.local(self.starts_at)

    @property
    def is_cancelled(self) -> bool:
        """It does not take place."""
        return self.status == self.Status.CANCELLED or self.event.status == Event.Status.CANCELLED

    @cached_property
    def tiers(self) -> list[Tier]:
        """Its prices, in the order of the ticket types; read once for this object."""
        return in_order([Tier(*row) for row in _tiers(self.pk)], TicketType.values)

    @cached_property
    def prices(self) -> PriceList:
        """Its prices, ready to be asked."""
        return PriceList(self.tiers)

    @property
    def closes_at(self) -> dt.datetime:
        """Until when it can be bought."""
        return self.sale_closes_at or self.starts_at


class PriceTier(models.Model):
    """A price for a ticket type, for one zone or seat type, or for all where those are empty."""

    showtime = models.ForeignKey(Showtime, on_delete=models.CASCADE, related_name="price_tiers")
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, null=True, blank=True)
    seat_type = models.CharField(max_length=12, choices=Seat.Type.choices, blank=True)
    ticket_type = models.CharField(max_length=12, choices=TicketType.choices)
    amount = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["showtime", "zone", "seat_type", "ticket_type"],
                name="price_tier_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.showtime_id} {self.zone_id or '*'} {self.seat_type or '*'} {self.ticket_type}: {self.amount}"


@compiled
def _tiers(showtime_id: int) -> QuerySet[PriceTier, tuple[str, int, int | None, str]]:
    tiers = PriceTier.objects.filter(showtime=showtime_id).order_by("id")
    return tiers.values_list("ticket_type", "amount", "zone_id", "seat_type")
