import datetime as dt
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organizer


class Venue(models.Model):
    """A building with an address and a time zone."""

    class Kind(models.TextChoices):
        CINEMA = "cinema", _("Cinema")
        CONCERT_HALL = "concert_hall", _("Concert hall")
        THEATRE = "theatre", _("Theatre")
        CLUB = "club", _("Club")
        ARENA = "arena", _("Arena")
        OTHER = "other", _("Venue")

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="venues")
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    street = models.CharField(max_length=160)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, default="AT")
    time_zone = models.CharField(max_length=60, default="Europe/Vienna")
    about = models.TextField(blank=True)
    getting_there = models.TextField(blank=True)
    amenities = models.JSONField(default=list, blank=True, help_text=_("Words such as bar, parking, air."))
    image = models.CharField(max_length=200, blank=True, help_text=_("Path below static/ or media/."))

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its showtimes are told."""
        return ZoneInfo(self.time_zone)

    def local(self, instant: dt.datetime) -> dt.datetime:
        """`instant` on the venue's clock."""
        return instant.astimezone(self.zone)


class Room(models.Model):
    """A hall in a venue. Its seat map has versions; showtimes keep the version they were sold with."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=80)
    slug = models.SlugField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["venue", "slug"], name="room_slug_once")]

    def __str__(self) -> str:
        return f"{self.venue} · {self.name}"


class SeatMap(models.Model):
    """One version of a room's plan. Never changed once a showtime uses it: a new plan is a new version."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="seat_maps")
    version = models.PositiveIntegerField()
    document = models.JSONField(help_text=_("The plan as it was imported, see docs/seat-map.md."))
    width = models.FloatField()
    height = models.FloatField()
    seat_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "version"], name="seat_map_version_once")]

    def __str__(self) -> str:
        return f"{self.room} v{self.version}"


class Zone(models.Model):
    """A part of a room: stalls, circle, a standing area."""

    class Kind(models.TextChoices):
        SEATED = "seated", _("Seats")
        STANDING = "standing", _("Standing")

    seat_map = models.ForeignKey(SeatMap, on_delete=models.CASCADE, related_name="zones")
    name = models.SlugField()
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SEATED)
    capacity = models.PositiveIntegerField(default=0, help_text=_("Standing places; 0 where there are seats."))
    rank = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seat_map", "name"], name="zone_name_once")]
        ordering = ["rank", "id"]

    def __str__(self) -> str:
        return self.label


class Seat(models.Model):
    """One seat of a seat map. Distances are those of docs/seat-map.md."""

    class Type(models.TextChoices):
        STANDARD = "standard", _("Standard")
        PREMIUM = "premium", _("Premium")
        SOFA = "sofa", _("Sofa for two")
        WHEELCHAIR = "wheelchair", _("Wheelchair space")
        COMPANION = "companion", _("Companion seat")

    seat_map = models.ForeignKey(SeatMap, on_delete=models.CASCADE, related_name="seats")
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="seats")
    row_label = models.CharField(max_length=10)
    seat_number = models.CharField(max_length=10)
    seat_type = models.CharField(max_length=12, choices=Type.choices, default=Type.STANDARD)
    x = models.FloatField()
    y = models.FloatField()
    rotation = models.FloatField(default=0)
    row_rank = models.PositiveIntegerField(default=0)
    order_in_row = models.PositiveIntegerField(default=0)
    block = models.PositiveIntegerField(default=0, help_text=_("Seats of one row and block have no aisle between."))
    restricted_view = models.BooleanField(default=False)
    step_free = models.BooleanField(default=False)
    pair = models.CharField(
        max_length=20, blank=True, help_text=_("Joins a sofa's halves, or companion and wheelchair.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "row_label", "seat_number"], name="seat_once"),
        ]
        ordering = ["zone__rank", "row_rank", "order_in_row"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As printed on its back: C7; 1/17 where a row has a number, or it would read as seat 117."""
        between = "/" if self.row_label[-1:].isdigit() and self.seat_number[:1].isdigit() else ""
        return f"{self.row_label}{between}{self.seat_number}"
