import datetime as dt
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organizer
from core.catalog.folding import event_vector


class Category(models.Model):
    """What kind of evening: film, concert, comedy."""

    name = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)
    rank = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["rank", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class EventQuerySet(models.QuerySet["Event"]):
    def published(self) -> Self:
        """What the public may see."""
        return self.filter(status=Event.Status.PUBLISHED)

    def with_showtimes_after(self, instant: dt.datetime) -> Self:
        """Events that can still be seen after that instant."""
        return self.filter(showtimes__starts_at__gt=instant, showtimes__status="on_sale").distinct()


class Event(models.Model):
    """What people come to see: a film, a concert, a match."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Cancelled")

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="events")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="events")
    title = models.CharField(max_length=160)
    slug = models.SlugField(unique=True)
    tagline = models.CharField(max_length=200, blank=True)
    description = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    featured = models.BooleanField(default=False)
    poster = models.CharField(max_length=200, blank=True, help_text=_("Path below static/ or media/."))
    trailer_url = models.URLField(blank=True)
    runtime_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    age_rating = models.CharField(max_length=10, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "category"], name="event_public"),
            GinIndex(event_vector(), name="event_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_movie(self) -> bool:
        return hasattr(self, "film")


class FilmDetails(models.Model):
    """What only a movie has."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="film", primary_key=True)
    original_title = models.CharField(max_length=160, blank=True)
    director = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=80, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    original_language = models.CharField(max_length=40, blank=True)
    distributor = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name_plural = "film details"

    def __str__(self) -> str:
        return f"{self.event} ({self.year})"


class CastMember(models.Model):
    """Somebody on the screen or the stage."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="cast")
    name = models.CharField(max_length=120)
    part = models.CharField(max_length=120, blank=True, help_text=_("The role or instrument."))
    rank = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["rank", "id"]

    def __str__(self) -> str:
        return self.name
